from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from config.outlets import OutletError, load
from consumers.review.profile import NotChanged, change, holds, reject, rejected

GENERIC = "name: generic\nlinks: [Baca juga]\n"
KORAN = """\
# What Koran prints.
name: Koran
hosts: [koran.id]
lines:
  promo:
    # asked for by the desk
    starts:
      - Ayo baca koran  # every day

  ad:
    whole: [Iklan]

# within lines
inside:
  credit:
    - "\\\\([a-z]+\\\\)$"
"""


@pytest.fixture
def shipped(tmp_path):
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / "generic.yaml").write_text(GENERIC, "utf-8")
    (folder / "koran.yaml").write_text(KORAN, "utf-8")
    return folder


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


def test_a_rule_goes_behind_those_that_are_there_and_all_comments_stay(shipped):
    made = change("www.koran.id", "lines.promo.starts", "Ikuti kami", None, shipped)
    assert made.file == shipped / "koran.yaml"
    assert made.after == KORAN.replace("# every day\n", "# every day\n      - Ikuti kami\n")
    assert "+      - Ikuti kami" in made.diff.splitlines()
    assert (shipped / "koran.yaml").read_text("utf-8") == KORAN
    made.write()
    assert load(shipped).find("koran.id").lines["promo"].starts == ("Ayo baca koran", "Ikuti kami")


def test_a_list_on_one_line_stays_on_one_line(shipped):
    made = change("koran.id", "lines.ad.whole", "Gulir", None, shipped)
    assert "    whole: [Iklan, Gulir]\n" in made.after


def test_a_key_that_is_not_there_yet_is_made(shipped):
    made = change("koran.id", "lines.nav.whole", "Halaman: depan", None, shipped)
    assert yaml.safe_load(made.after)["lines"]["nav"] == {"whole": ["Halaman: depan"]}
    assert made.after.startswith("# What Koran prints.\n")


def test_with_a_folder_of_ones_own_only_what_is_added_stands_there(shipped, own):
    made = change("koran.id", "links", "Klik juga", own, shipped)
    made.write()
    assert yaml.safe_load((own / "koran.yaml").read_text("utf-8")) == {
        "name": "Koran",
        "links": ["Klik juga"],
    }
    assert (shipped / "koran.yaml").read_text("utf-8") == KORAN
    assert load(shipped, own).find("koran.id").links == ("Klik juga",)
    change("koran.id", "links", "Klik pula", own, shipped).write()
    assert load(shipped, own).find("koran.id").links == ("Klik juga", "Klik pula")


@pytest.mark.parametrize(("source", "file"), [("desa.example", "desa-example"), ("Kabar Desa", "kabar-desa")])
def test_an_outlet_without_a_profile_gets_one_by_which_its_stories_find_it(shipped, own, source, file):
    made = change(source, "lines.ad.whole", "Gulir", own, shipped)
    assert made.file == own / f"{file}.yaml"
    assert made.outlets.find(source).lines["ad"].whole == ("Gulir",)


def test_an_outlet_may_not_take_the_place_of_the_generic_profiles(shipped, own):
    made = change("generic", "lines.ad.whole", "Gulir", own, shipped)
    assert made.file.stem == "outlet-generic"


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("inside.credit", "(", "RE2"),
        ("lines.advert.whole", "Gulir", "lines.advert"),
        ("hosts.first", "Gulir", "hosts is not a mapping"),
        ("name", "Gulir", "name is not a list"),
        ("lines.ad.whole", "Iklan", "already"),
        ("lines.ad.whole", "", "at least 1 character"),
    ],
)
def test_a_rule_with_which_the_profile_would_be_wrong_is_refused_and_nothing_written(
    shipped, key, value, told
):
    with pytest.raises(NotChanged) as caught:
        change("koran.id", key, value, None, shipped)
    assert told in str(caught.value)
    assert "kawat-outlets-" not in str(caught.value)  # the copy it was tried on
    assert (shipped / "koran.yaml").read_text("utf-8") == KORAN


def test_a_profile_that_is_wrong_already_is_told(shipped):
    (shipped / "koran.yaml").write_text("name: Koran\nhosts: 7\n", "utf-8")
    with pytest.raises(OutletError, match="hosts"):
        change("koran.id", "links", "Klik", None, shipped)


def test_a_rule_that_a_profile_has_is_known_whatever_its_case(shipped):
    known = load(shipped)
    assert holds(known, "koran.id", "lines.ad.whole", "IKLAN")
    assert not holds(known, "koran.id", "lines.promo.whole", "Iklan")
    assert not holds(known, "desa.example", "lines.ad.whole", "Iklan")


def test_what_was_rejected_is_noted_once_and_is_no_profile(shipped, own):
    for _ in range(2):
        reject(own, "0123456789", "koran.id", "lines.ad.whole", "Gulir\tuntuk")
    assert rejected(own) == {"0123456789"}
    assert (own / "rejected.tsv").read_text("utf-8").count("\n") == 1
    assert load(shipped, own).find("koran.id") is not None


@given(value=st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=60))
@given_settings(deadline=None, max_examples=60)
def test_any_phrase_is_read_as_it_was_written(tmp_path_factory, value):
    folder = tmp_path_factory.mktemp("shipped")
    (folder / "generic.yaml").write_text(GENERIC, "utf-8")
    (folder / "koran.yaml").write_text(KORAN, "utf-8")
    made = change("koran.id", "lines.promo.starts", value, None, folder)
    assert made.outlets.find("koran.id").lines["promo"].starts[-1] == value
    assert made.outlets.find("koran.id").lines["ad"].whole == ("Iklan",)
