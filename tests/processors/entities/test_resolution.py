import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.entities.finder import load_glue
from processors.entities.recogniser import Mention
from processors.entities.resolution import initials, name_words, resolve
from processors.entities.spelling import holds

GLUE = load_glue()
ALIASES = {"Wak Dul": "Abdul Hamid Sarwono", "MKT": "Mahkamah Tirtajaya"}


def groups(marked, aliases=ALIASES):
    """Names and surfaces of the groups in a text with mentions written ``[Rendra Wiguna|PERSON]``."""
    text, mentions = "", []
    for part in re.split(r"(\[[^]]*\])", marked):
        if part.startswith("["):
            surface, label = part[1:-1].split("|")
            mentions.append(Mention(len(text), len(text) + len(surface), label))
            text += surface
        else:
            text += part
    return [
        (group.name, [text[m.start : m.end] for m in group.mentions])
        for group in resolve(text, mentions, aliases, GLUE)
    ]


@pytest.mark.parametrize("short", ["Rendra", "Wiguna", "Rendra Wiguna", "RENDRA WIGUNA", "Rendra Sasmita"])
def test_any_words_of_a_full_name_in_order_stand_for_the_person(short):
    found = groups(f"[Rendra Wiguna Sasmita|PERSON] tiba, lalu [{short}|PERSON] pergi.")
    assert found == [("Rendra Wiguna Sasmita", ["Rendra Wiguna Sasmita", short])]


def test_a_short_form_before_the_full_name_is_the_same_person():
    found = groups("[Rendra|PERSON] tiba. Bupati [Rendra Wiguna|PERSON] disambut warga.")
    assert found == [("Rendra Wiguna", ["Rendra", "Rendra Wiguna"])]


def test_people_who_share_a_word_are_kept_apart_and_the_word_goes_to_the_one_named_last():
    found = groups(
        "[Rendra Wiguna|PERSON] dan [Sari Wiguna|PERSON] hadir. [Wiguna|PERSON] dan [Rendra|PERSON] pulang."
    )
    assert found == [
        ("Rendra Wiguna", ["Rendra Wiguna", "Rendra"]),
        ("Sari Wiguna", ["Sari Wiguna", "Wiguna"]),
    ]


def test_words_in_another_order_are_another_person():
    assert len(groups("[Rendra Wiguna|PERSON] dan [Wiguna Rendra|PERSON] hadir.")) == 2


def test_a_long_word_may_be_cut_short():
    found = groups("[Hikmatullah Sarwo|PERSON] tiba. [Hikmat|PERSON] pergi.")
    assert found == [("Hikmatullah Sarwo", ["Hikmatullah Sarwo", "Hikmat"])]


def test_accents_do_not_part_a_name():
    assert len(groups("[José Sarwono|PERSON] tiba. [Jose Sarwono|PERSON] pergi.")) == 1


@pytest.mark.parametrize(
    "glued",
    [
        "olehRendra Wiguna",
        "BupatiRendra Wiguna",
        "Rendra Wigunamengatakan",
        "Rendra Wigunabakal",
        "Rendra WigunaSekretaris",
        "Rendra WigunadanSari Dewi",
        "Rendra Wiguna atauGus Acil",
    ],
)
def test_a_word_that_lost_its_space_is_taken_off_the_name(glued):
    assert groups(f"kata [{glued}|PERSON].") == [("Rendra Wiguna", [glued])]


def test_a_small_word_is_taken_off_only_where_the_story_has_the_name_without_it():
    (name, surfaces), *others = groups("[Rendra Wigunadi|PERSON] tiba. [Rendra Wiguna|PERSON] pergi.")
    assert (name, len(surfaces), others) == ("Rendra Wiguna", 2, [])
    assert groups("[Rendra Wigunadi|PERSON] tiba.")[0][0] == "Rendra Wigunadi"


@pytest.mark.parametrize(
    "titled", ["Haji Rendra Wiguna", "Kapten Inf Rendra Wiguna", "Prof. Dr. Rendra Wiguna"]
)
def test_a_title_that_was_taken_into_a_name_is_taken_off_it(titled):
    found = groups(f"kata [{titled}|PERSON]. [Rendra|PERSON] tertawa.")
    assert found == [("Rendra Wiguna", [titled, "Rendra"])]


def test_a_nickname_in_marks_that_cut_a_name_in_two_is_a_part_of_it():
    found = groups('Pelatih [Rendra|PERSON] "[Tata" Wiguna|PERSON] tiba. [Wiguna|PERSON] tertawa.')
    assert [name for name, _ in found] == ['Rendra "Tata" Wiguna']


def test_a_degree_is_no_part_of_a_name():
    assert [name for name, _ in groups("[Rendra Wiguna S.T|PERSON] tiba.")] == ["Rendra Wiguna"]


def test_a_longer_name_that_comes_later_is_not_of_the_short_one_before_only_because_it_begins_so():
    assert len(groups("[Hikma|PERSON] tiba. Lalu [Sari Hikmayanti|PERSON] bicara.")) == 2


def test_two_words_that_belong_to_a_body_are_taken_off_a_name():
    story = "dosen Universitas [Tirta Raya Rendra Wiguna|PERSON] mengajar di [Universitas Tirta Raya|ORG]."
    assert groups(story)[0][0] == "Rendra Wiguna"


def test_a_title_alone_stays_a_name():
    assert groups("[Prof|PERSON] tiba.") == [("Prof", ["Prof"])]


def test_a_word_that_belongs_to_the_place_before_a_name_is_taken_off_it():
    story = "Wali Kota [Tirta Rendra Wiguna|PERSON] tiba di [Kota Tirta|GPE]."
    assert groups(story)[0][0] == "Rendra Wiguna"
    assert (
        groups("Wali Kota [Tirta Rendra Wiguna|PERSON] tiba di [Kota Sukaraya|GPE].")[0][0]
        == "Tirta Rendra Wiguna"
    )


@pytest.mark.parametrize("name", ["Ian McCarthy", "Sari Sebayang", "AlGhazali Umar", "Setiawan", "Ramadan"])
def test_names_that_only_look_glued_stay(name):
    assert groups(f"[{name}|PERSON] tiba.") == [(name, [name])]


def test_an_abbreviation_in_brackets_is_tied_to_what_stands_before():
    found = groups("[Komisi Pasar Tirtajaya|ORG] ([Kompas Raya|ORG]) buka. [Kompas Raya|ORG] tutup.")
    assert found == [("Komisi Pasar Tirtajaya", ["Komisi Pasar Tirtajaya", "Kompas Raya", "Kompas Raya"])]


def test_initials_are_tied_without_brackets_even_when_they_come_first():
    found = groups("[KPT|ORG] buka. [Komisi Pasar Tirtajaya|ORG] menyambut warga.")
    assert found == [("Komisi Pasar Tirtajaya", ["KPT", "Komisi Pasar Tirtajaya"])]


def test_initials_that_fit_two_names_are_tied_to_neither():
    found = groups("[Komisi Pasar Tani|ORG] dan [Kantor Pajak Timur|ORG] pindah, begitu [KPT|ORG].")
    assert len(found) == 3


def test_a_nickname_in_the_story_is_the_person():
    found = groups("[Azhar Jayadi|PERSON] yang akrab disapa [Acil|PERSON] tiba. [Acil|PERSON] tertawa.")
    assert found == [("Azhar Jayadi", ["Azhar Jayadi", "Acil", "Acil"])]


@pytest.mark.parametrize(
    "between",
    [
        " atau yang akrab disapa ",
        " alias ",
        ", yang biasa dipanggil ",
        " yang lebih dikenal dengan nama ",
        " (40) alias ",
        " atau yang lebih dikenal dengan Ustaz ",
    ],
)
def test_what_stands_between_two_names_may_say_that_they_are_one_persons(between):
    found = groups(f"[Azhar Jayadi|PERSON]{between}[Bang Acil|PERSON] tiba. [Bang Acil|PERSON] tertawa.")
    assert found == [("Azhar Jayadi", ["Azhar Jayadi", "Bang Acil", "Bang Acil"])]


@pytest.mark.parametrize("between", [" atau ", " dan ", ", ", " disapa warga lalu "])
def test_two_names_side_by_side_are_two_people(between):
    assert len(groups(f"[Azhar Jayadi|PERSON]{between}[Rendra Wiguna|PERSON] tiba.")) == 2


def test_or_ties_names_that_share_a_word():
    found = groups("[Muslih Kasim|PERSON] atau [Gus Muslih|PERSON] tiba. [Gus Muslih|PERSON] tertawa.")
    assert [name for name, _ in found] == ["Muslih Kasim"]


def test_a_name_alone_in_brackets_is_another_name_and_a_substitute_is_not():
    assert [name for name, _ in groups("[Azhar Jayadi|PERSON] ([Acil|PERSON]) tiba.")] == ["Azhar Jayadi"]
    assert len(groups("[Azhar Jayadi|PERSON] ([Acil|PERSON] 46') bermain.")) == 2


def test_who_is_called_so_may_stand_in_the_sentence_before():
    found = groups("[Azhar Jayadi|PERSON] tiba. Pria yang akrab disapa [Acil|PERSON] itu tertawa.")
    assert [name for name, _ in found] == ["Azhar Jayadi"]
    found = groups('[Azhar Jayadi|PERSON] tiba. "Siap," kata [Acil|PERSON], sapaan akrabnya.')
    assert [name for name, _ in found] == ["Azhar Jayadi"]


def test_a_nickname_may_come_before_the_name_it_is_of():
    found = groups("kata [Acil|PERSON], sapaan akrab [Azhar Jayadi|PERSON].")
    assert found == [("Azhar Jayadi", ["Acil", "Azhar Jayadi"])]


def test_a_known_other_name_is_not_the_fullest_however_often_it_stands():
    found = groups(
        "[Wak Dul|PERSON] tiba. [Wak Dul|PERSON] tertawa. [Hamid Sarwono|PERSON]",
        {"Wak Dul": "Hamid Sarwono"},
    )
    assert [name for name, _ in found] == ["Hamid Sarwono"]


@pytest.mark.parametrize("short", ["Kus", "Barno", "Dayat"])
def test_a_part_of_one_word_of_a_name_is_the_person(short):
    full = {"Kus": "Kusworo Adi", "Barno": "Subarno", "Dayat": "Ahmad Hidayatullah"}[short]
    assert [name for name, _ in groups(f"[{full}|PERSON] tiba. [{short}|PERSON] tertawa.")] == [full]


def test_a_part_that_fits_two_people_is_neither():
    found = groups("[Kusworo Adi|PERSON] dan [Kusnadi Amir|PERSON] tiba. [Kus|PERSON] tertawa.")
    assert len(found) == 3


def test_initials_behind_a_name_stand_for_its_other_words():
    found = groups("[Herman IP|PERSON] melatih. [Herman Iman Prakoso|PERSON] pensiun.")
    assert found == [("Herman Iman Prakoso", ["Herman IP", "Herman Iman Prakoso"])]


def test_a_name_that_lost_its_last_letter_before_a_full_stop_gets_it_back():
    found = groups("kata [Rendra Wigun|PERSON]. Lalu [Wiguna|PERSON] tertawa.")
    assert found == [("Rendra Wiguna", ["Rendra Wigun", "Wiguna"])]


def test_a_misspelt_name_is_the_persons_and_the_usual_spelling_is_the_name():
    found = groups("[Mukhlasin|PERSON] tiba. [Mulhlasin|PERSON] pergi. [Mukhlasin|PERSON] tertawa.")
    assert [name for name, _ in found] == ["Mukhlasin"]


def test_short_names_of_one_letter_apart_are_two_people():
    assert len(groups("[Dewi|PERSON] tiba. [Devi|PERSON] pergi.")) == 2


def test_a_known_other_name_counts_only_where_the_story_holds_both():
    assert len(groups("[Wak Dul|PERSON] tiba. [Abdul Hamid Sarwono|PERSON] berpidato.")) == 1
    assert groups("[Wak Dul|PERSON] tiba.") == [("Wak Dul", ["Wak Dul"])]


@pytest.mark.parametrize(
    ("short", "full"),
    [("Maju Jaya", "PT Maju Jaya Tbk"), ("Persija", "Persija Tirtajaya"), ("Golkar", "Partai Golkar")],
)
def test_a_body_goes_by_its_first_words_and_without_its_legal_form(short, full):
    assert groups(f"[{full}|ORG] untung. [{short}|ORG] rugi.") == [(full, [full, short])]


def test_one_form_with_two_labels_is_two_things():
    assert len(groups("[Sukaraya|GPE] dan [Sukaraya|ORG] bertanding.")) == 2


def test_dates_are_never_brought_together_by_their_words():
    assert len(groups("[Senin|DATE] lalu [Senin (3/2)|DATE].")) == 2


def test_initials_are_the_first_letters_with_and_without_small_words():
    assert initials(name_words("Kantor Dinas Air dan Niaga")) == {"kdadn", "kdan"}


def test_lower_case_letters_are_no_initials():
    assert len(groups("[kpt|ORG] buka. [Komisi Pasar Tirtajaya|ORG] menyambut warga.")) == 2


def test_holds_keeps_the_order():
    assert holds(("a", "b", "c"), ("a", "c"))
    assert not holds(("a", "b"), ("b", "a"))


NAMES = st.sampled_from(
    ["Rendra", "Rendra Wiguna", "Wiguna", "Sari Wiguna", "KPT", "Komisi Pasar Tani", "Sukaraya", "2024"]
)
LABELS = st.sampled_from(["PERSON", "ORG", "GPE", "DATE"])


@given(st.lists(st.tuples(NAMES, LABELS), max_size=12))
def test_each_mention_is_in_exactly_one_group_of_its_label(pairs):
    text, mentions = "", []
    for name, label in pairs:
        mentions.append(Mention(len(text), len(text) + len(name), label))
        text += name + ", "
    found = resolve(text, mentions, ALIASES, GLUE)
    assert sorted((m for group in found for m in group.mentions), key=lambda m: m.start) == mentions
    assert all(m.label == group.label for group in found for m in group.mentions)
    assert [group.mentions[0].start for group in found] == sorted(group.mentions[0].start for group in found)
    assert all(group.name in {text[m.start : m.end] for m in group.mentions} for group in found)


def test_a_name_without_end_is_known_by_its_first_words():
    first = " ".join(f"Kata{chr(97 + at)}" for at in range(20))
    found = groups(f"[{first} {'Rendra ' * 3_000}|PERSON] dan [{first} {'Wiguna ' * 2_000}|PERSON]")
    assert [len(surfaces) for _, surfaces in found] == [2]
