from __future__ import annotations

from pathlib import Path

import pytest
import re2

from config.outlets import OWN_FOLDER, Outlet, OutletError, Outlets, load, use

GENERIC = "name: generic\nlinks: [Baca juga]\n"


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in {"generic": GENERIC, **files}.items():
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def shipped() -> Outlets:
    return load()


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("kompas.com", "Kompas.com"),
        ("Kompas", "Kompas.com"),
        ("nasional.kompas.com", "Kompas.com"),
        ("www.tribunnews.com", "Tribunnews"),
        ("CNN Indonesia", "CNN Indonesia"),
        ("reuters", "Reuters"),
    ],
)
def test_an_outlet_is_found_by_its_name_or_host(shipped, source, name):
    assert shipped.find(source).name == name


def test_an_outlet_is_found_by_the_url_when_the_source_says_nothing(shipped):
    assert shipped.find("", "https://finance.detik.com/berita/d-1/x").name == "detikcom"


@pytest.mark.parametrize(("source", "url"), [("", None), ("koran-desa.id", "https://[broken"), ("com", None)])
def test_an_outlet_never_seen_has_no_profile_of_its_own(shipped, source, url):
    assert shipped.find(source, url) is None


def test_profiles_ship_for_the_outlets_that_indonesian_desks_read_most(shipped):
    hosts = {host for outlet in shipped.outlets for host in outlet.hosts}
    wanted = "kompas.com detik.com liputan6.com tribunnews.com okezone.com jpnn.com tempo.co antaranews.com"
    wanted += " cnnindonesia.com republika.co.id merdeka.com kapanlagi.com kontan.co.id bisnis.com suara.com"
    wanted += " sindonews.com kumparan.com reuters.com apnews.com afp.com"
    assert set(wanted.split()) <= hosts


def patterns(outlet: Outlet) -> list[str]:
    shapes = [shape for rules in outlet.lines.values() for shape in rules.shapes]
    return shapes + [shape for pieces in outlet.inside.values() for shape in pieces]


def test_shipped_patterns_stay_within_a_line_and_small(shipped):
    checked = [pattern for outlet in (*shipped.generic, *shipped.outlets) for pattern in patterns(outlet)]
    assert len(checked) > 100
    for pattern in checked:
        assert not any(escape in pattern for escape in (r"\s", r"\W", r"\D", r"\n")), pattern
        # a counted repetition of "any character" makes the automaton explode
        assert re2.compile(pattern).programsize < 1_500, pattern


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: Koran\ncolour: red\n", ["koran.yaml", "colour", "there are: name, names"]),
        ("name: Koran\nlines:\n  promo:\n    begins: [x]\n", ["lines.promo.begins", "whole, starts, shapes"]),
        ("name: Koran\nlines:\n  advert:\n    whole: [x]\n", ["lines.advert", "'related'", "'promo'"]),
        ("name: Koran\ninside:\n  promo: ['(']\n", ["inside.promo.0 = '('", "RE2"]),
        ("name: Koran\nhosts: koran.id\n", ["hosts = 'koran.id'"]),
        ("name: ''\n", ["name = ''"]),
        ("- name\n", ["a mapping is expected, not a list"]),
        ("name: [\n", ["not readable as YAML"]),
    ],
)
def test_a_wrong_profile_is_refused_with_file_key_value_and_what_is_allowed(tmp_path, text, told):
    with pytest.raises(OutletError) as caught:
        load(folder(tmp_path, koran=text))
    assert all(part in str(caught.value) for part in ["koran.yaml", *told])


def test_two_profiles_may_not_claim_one_host(tmp_path):
    one = "name: Koran\nhosts: [koran.id]\n"
    with pytest.raises(OutletError, match=r"'koran\.id' is already claimed by koran\.yaml"):
        load(folder(tmp_path, koran=one, lain=one.replace("Koran", "Lain")))


def test_a_folder_without_a_generic_profile_is_refused(tmp_path):
    with pytest.raises(OutletError, match=r"there is no generic\.yaml"):
        load(tmp_path)


@pytest.fixture
def own(tmp_path):
    """A folder of one's own, beside one of shipped profiles with an outlet Koran."""
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    folder(
        shipped, koran="name: Koran\nhosts: [koran.id]\nlinks: [Klik]\nlines:\n  ad:\n    whole: [Iklan]\n"
    )
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


def test_a_profile_of_ones_own_adds_to_the_shipped_one_of_the_same_file_name(own):
    text = "links: [Ketuk, Klik]\nlines:\n  ad:\n    whole: [Gulir]\n  promo:\n    starts: [Ayo]\n"
    (own / "koran.yaml").write_text(text, "utf-8")
    found = load(own.parent / "shipped", own).find("koran.id")
    assert (found.name, found.links) == ("Koran", ("Klik", "Ketuk"))
    assert found.lines["ad"].whole == ("Iklan", "Gulir")
    assert found.lines["promo"].starts == ("Ayo",)


def test_a_profile_of_ones_own_may_be_a_new_outlet(own):
    (own / "desa.yaml").write_text("name: Desa\nhosts: [desa.example]\n", "utf-8")
    found = load(own.parent / "shipped", own)
    assert found.find("desa.example").name == "Desa"
    assert found.find("koran.id").name == "Koran"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("links: nothing\n", "links = 'nothing'"),
        ("colour: red\n", "colour"),
        ("name: Lain\nhosts: [generic.id\n", "not readable"),
    ],
)
def test_a_wrong_profile_of_ones_own_is_refused_by_its_name(own, text, told):
    (own / "koran.yaml").write_text(text, "utf-8")
    with pytest.raises(OutletError) as caught:
        load(own.parent / "shipped", own)
    assert str(own / "koran.yaml") in str(caught.value)
    assert told in str(caught.value)


def test_a_folder_of_ones_own_that_is_not_there_is_told(own):
    with pytest.raises(OutletError, match="outlets_dir"):
        load(own.parent / "shipped", own / "nowhere")


def test_the_folder_of_ones_own_is_known_to_processes_that_clean(own, monkeypatch):
    monkeypatch.delenv(OWN_FOLDER, raising=False)
    (own / "desa.yaml").write_text("name: Desa\nhosts: [desa.example]\n", "utf-8")
    assert load().find("desa.example") is None
    use(own)
    assert load().find("desa.example").name == "Desa"
    use(None)
    assert load().find("desa.example") is None
