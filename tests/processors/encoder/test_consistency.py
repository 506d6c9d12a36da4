import itertools

from hypothesis import given
from hypothesis import strategies as st

from processors.encoder.consistency import agree
from processors.encoder.decode import TaggedSpan
from processors.encoder.words import split

TEXT = "Budi Pane tiba. Budi pergi. Kata Budi, Pane pulang. Budi Pane diam."
WORDS = split(TEXT)


def spans(*found):
    return [TaggedSpan(first, end, label, score) for first, end, label, score in found]


def named(kept):
    return [(TEXT[WORDS[s.first].start : WORDS[s.end - 1].end], s.label) for s in kept]


def test_a_name_found_often_enough_is_found_wherever_it_stands():
    kept = agree(TEXT, WORDS, spans((4, 5, "PERSON", 0.9), (8, 9, "PERSON", 0.8)))
    assert named(kept) == [("Budi", "PERSON")] * 4


def test_longer_names_are_not_cut_by_shorter_ones():
    kept = agree(TEXT, WORDS, spans((0, 2, "PERSON", 0.9), (4, 5, "PERSON", 0.9)))
    assert named(kept) == [
        ("Budi Pane", "PERSON"),
        ("Budi", "PERSON"),
        ("Budi", "PERSON"),
        ("Budi Pane", "PERSON"),
    ]


def test_the_label_with_most_of_the_score_wins():
    kept = agree(TEXT, WORDS, spans((0, 2, "ORG", 0.4), (13, 15, "PERSON", 0.9)))
    assert named(kept) == [("Budi Pane", "PERSON")] * 2


def test_words_that_are_a_name_at_one_place_of_many_are_none():
    text = "Kota " * 10
    assert agree(text, split(text), spans((3, 4, "GPE", 0.9))) == []


def test_a_name_that_repeats_a_word_does_not_overlap_itself():
    text = "Budi Budi Budi"
    kept = agree(text, split(text), spans((0, 2, "PERSON", 0.8)))
    assert [(one.first, one.end) for one in kept] == [(0, 2)]


@given(st.data())
def test_what_comes_out_is_in_order_and_never_overlaps(data):
    words = data.draw(st.lists(st.sampled_from(["Budi", "Pane", "Kota", "tiba"]), min_size=1, max_size=30))
    text = " ".join(words)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(words)), max_size=12)))
    labels = data.draw(st.lists(st.sampled_from(["PERSON", "GPE"]), min_size=13, max_size=13))
    found = [
        TaggedSpan(a, b, labels[i], 0.8) for i, (a, b) in enumerate(zip(cuts[::2], cuts[1::2], strict=False))
    ]
    kept = agree(text, split(text), found)
    assert all(one.end <= two.first for one, two in itertools.pairwise(kept))
    by_name = {text[split(text)[s.first].start : split(text)[s.end - 1].end]: set() for s in kept}
    for s in kept:
        by_name[text[split(text)[s.first].start : split(text)[s.end - 1].end]].add(s.label)
    assert all(len(labels) == 1 for labels in by_name.values())
