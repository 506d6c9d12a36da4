import pytest

from processors.encoder.tags import ENTITY_TAGS, SOURCE_TAGS, SPEECH_TAGS
from training.stories import attribution, blanked, read

BODY = (
    "KOTA LAMA - Wali Kota Sari Dewi datang.\n"
    '"Kami siap," kata Sari. Ia menyebut banjir surut.\n'
    'Baca juga: Banjir Lagi\n"Air naik," ujarnya. "Lari," kata seorang saksi.'
)


def at(part, nth=0):
    start = -1
    for _ in range(nth + 1):
        start = BODY.index(part, start + 1)
    return start, start + len(part)


def quote(said, kind, speaker, who, cue):
    start, end = at(said)
    return {
        "start": start,
        "end": end,
        "kind": kind,
        "speaker": speaker,
        "who": who,
        "role": None,
        "cue": cue,
    }


RECORD = {
    "id": "1",
    "body": BODY,
    "boilerplate": [[*at("KOTA LAMA - "), "dateline"], [*at("Baca juga: Banjir Lagi"), "related"]],
    "entities": [[*at("Sari Dewi"), "PERSON", "Sari Dewi"], [*at("Sari", 1), "PERSON", "Sari Dewi"]],
    "quotes": [
        quote("Kami siap,", "direct", "Sari", "Sari Dewi", "kata"),
        quote("banjir surut", "indirect", "Ia", "Sari Dewi", "menyebut"),
        quote("Air naik,", "direct", "ujarnya", "Sari Dewi", "ujarnya"),
        quote("Lari,", "direct", "seorang saksi", "seorang saksi", "kata"),
    ],
}


@pytest.fixture(scope="module")
def story():
    return read(RECORD)


def tagged(story, head, tags):
    return [
        (story.text[word.start : word.end], tags[numbers[head]])
        for word, numbers in zip(story.words, story.tags, strict=True)
        if tags[numbers[head]] != "O"
    ]


def test_boilerplate_is_blank_and_offsets_stay(story):
    assert len(story.text) == len(BODY)
    assert "Baca juga" not in story.text
    assert story.text.count("\n") == BODY.count("\n")
    assert blanked("ab\ncd", [[1, 4, "ad"]]) == "a \n d"


def test_each_mention_is_tagged_on_its_words(story):
    assert tagged(story, 0, ENTITY_TAGS) == [("Sari", "B-PERSON"), ("Dewi", "I-PERSON"), ("Sari", "B-PERSON")]


def test_each_quote_is_tagged_with_its_kind(story):
    assert tagged(story, 1, SPEECH_TAGS)[:3] == [
        ("Kami", "B-direct"),
        ("siap", "I-direct"),
        (",", "I-direct"),
    ]
    assert ("banjir", "B-indirect") in tagged(story, 1, SPEECH_TAGS)


def test_cues_and_sources_are_found_beside_their_quotes(story):
    found = tagged(story, 2, SOURCE_TAGS)
    assert [word for word, tag in found if tag == "B-cue"] == ["kata", "menyebut", "ujarnya", "kata"]
    assert [word for word, tag in found if tag.endswith("source")] == ["Sari", "Ia", "seorang", "saksi"]


def test_a_pronoun_is_a_candidate_that_is_nobody_and_a_description_is_itself(story):
    who = {story.text[story.words[m.word].start : story.words[m.word].end]: m.who for m in story.mentions}
    assert who == {"Sari": "Sari Dewi", "Ia": None, "seorang": "seorang saksi"}


def test_of_two_cues_the_nearer_to_quote_and_source_wins():
    text = 'Budi kata orang jauh. "Siap," kata Budi.'
    start = text.index("Siap")
    cue, source = attribution(text, {"start": start, "end": start + 5, "cue": "kata", "speaker": "Budi"})
    assert cue == (text.rindex("kata"), text.rindex("kata") + 4)
    assert source == (text.rindex("Budi"), text.rindex("Budi") + 4)
