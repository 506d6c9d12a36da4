import pytest

from processors.encoder.quotes import HeardQuotes
from processors.encoder.reading import Candidate, Heard, Place, Reading
from processors.records import Entity, Label, QuoteKind, Span

TEXT = 'Wali Kota Sari Dewi datang. "Kami siap," ujarnya. Ia menyebut air surut. "Lari," kata seorang saksi.'


def place(part, cls=Place, **more):
    start = TEXT.index(part)
    return cls(start, start + len(part), **more)


def heard(part, kind=QuoteKind.DIRECT, nobody=0.1, candidates=()):
    return place(part, Heard, kind=kind, score=0.9, nobody=nobody, candidates=candidates)


SARI = place("Sari Dewi", Candidate, label=Label.PERSON, probability=0.8)
WITNESS = place("seorang saksi", Candidate, label=None, probability=0.7)
CUES = (place("ujarnya", score=0.9), place("menyebut", score=0.9), place("kata", score=0.9))
SOURCES = (place("Ia", score=0.9), place("seorang saksi", score=0.9))


class Reads:
    def __init__(self, *speech, end=None):
        self.reading = Reading(len(TEXT) if end is None else end, (), speech, CUES, SOURCES)

    def read(self, text):
        assert text == TEXT
        return self.reading


class Rules:
    """Finds one quote at the end of whatever it is given."""

    def find(self, text, entities, language):  # noqa: ARG002 - the signature of the rules
        from processors.records import Quote

        return (
            Quote(
                id="q1", kind=QuoteKind.DIRECT, text=text[-3:], start=len(text) - 3, end=len(text),
                speaker=None, cue=None, confidence=0.1,
            ),
        )  # fmt: skip


@pytest.fixture
def entities():
    mention = Span(start=SARI.start, end=SARI.end, text="Sari Dewi")
    return (Entity(id="e1", label=Label.PERSON, name="Sari Dewi", mentions=(mention,), salience=1.0),)


def find(entities, *speech, language="id", **options):
    return HeardQuotes(Reads(*speech, **options), Rules(), frozenset({"wali", "kota"})).find(
        TEXT, entities, language
    )


def test_a_speaker_who_is_named_is_the_entity_with_title_and_the_words_at_the_quote(entities):
    (quote,) = find(entities, heard("Kami siap,", candidates=(SARI,)))
    assert (quote.speaker.name, quote.speaker.entity, quote.speaker.role) == ("Sari Dewi", "e1", "Wali Kota")
    assert (quote.speaker.mention.text, quote.cue.text) == ("ujarnya", "ujarnya")
    assert quote.confidence == pytest.approx(0.72)


def test_marks_that_were_heard_too_are_not_said(entities):
    (quote,) = find(entities, heard('"Kami siap,"', candidates=(SARI,)))
    assert quote.text == "Kami siap,"


def test_a_description_speaks_under_its_own_words(entities):
    (quote,) = find(entities, heard("Lari,", candidates=(WITNESS,)))
    assert (quote.speaker.name, quote.speaker.entity) == ("seorang saksi", None)


def test_mentions_of_one_entity_count_together(entities):
    again = Candidate(SARI.start, SARI.end, Label.PERSON, 0.3)
    pair = (again, Candidate(SARI.start, SARI.end, Label.PERSON, 0.3))
    (quote,) = find(entities, heard("air surut", QuoteKind.INDIRECT, nobody=0.4, candidates=pair))
    assert quote.speaker.name == "Sari Dewi"
    assert quote.cue.text == "menyebut"


def test_nobody_is_better_than_a_bad_guess(entities):
    (quote,) = find(entities, heard("Kami siap,", nobody=0.9, candidates=()))
    assert quote.speaker is None


def test_marks_alone_are_no_quote(entities):
    assert find(entities, heard('"')) == ()


def test_rules_read_what_lies_behind_the_end_of_the_reading(entities):
    quotes = find(entities, heard("Kami siap,"), end=60)
    assert [(quote.id, quote.text) for quote in quotes] == [("q1", "Kami siap,"), ("q2", TEXT[-3:])]


def test_rules_read_english(entities):
    (quote,) = find(entities, heard("Kami siap,"), language="en-GB")
    assert quote.text == TEXT[-3:]
