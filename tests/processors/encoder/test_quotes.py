from dataclasses import dataclass, replace

from processors.encoder.quotes import MOST, VoicedQuotes, log_odds
from processors.encoder.reading import Place, Reading
from processors.encoder.voices import Candidate, Voice
from processors.records import Entity, Label, Quote, QuoteKind, Span, Speaker

TEXT = 'Wali Kota Sari Dewi datang. "Kami siap," ujarnya. Lalu Budi Pane tiba. "Lari," kata dia.'


def span(part):
    start = TEXT.index(part)
    return Span(start=start, end=start + len(part), text=part)


def entity(number, name):
    return Entity(id=f"e{number}", label=Label.PERSON, name=name, mentions=(span(name),), salience=1.0)


SARI, BUDI = entity(1, "Sari Dewi"), entity(2, "Budi Pane")


def quote(part, speaker, cue):
    place = span(part)
    return Quote(
        id="q1", kind=QuoteKind.DIRECT, text=part, start=place.start, end=place.end,
        speaker=speaker and Speaker(name=speaker.name, entity=speaker.id), cue=span(cue), confidence=0.8,
    )  # fmt: skip


@dataclass
class Says:
    """Gives each person a probability, of any stretch; knows the words "dia" for a source."""

    sari: float
    budi: float

    def of(self, start, end):
        assert TEXT[start:end] in {"Kami siap,", "Lari,"}
        people = ((SARI, self.sari), (BUDI, self.budi))
        candidates = (Candidate(e.mentions[0].start, e.mentions[0].end, e.label, p / 2) for e, p in people)
        twice = tuple(candidate for candidate in candidates for _ in range(2))
        return Voice(1 - self.sari - self.budi, twice)

    def read(self, text, known=()):
        assert (text, known) == (TEXT, ())
        return Reading(len(text), (), (), (), (Place(span("dia").start, span("dia").end, 0.9),), self)


class Rules:
    def __init__(self, *quotes):
        self.quotes = quotes

    def find(self, text, entities, language):
        assert (text, entities) == (TEXT, (SARI, BUDI))
        assert language in {"id", "en-GB"}
        return self.quotes


def find(said, *quotes, language="id"):
    titles = frozenset({"wali", "kota"})
    return VoicedQuotes(said, Rules(*quotes), titles).find(TEXT, (SARI, BUDI), language)


def test_where_the_encoder_is_sure_of_somebody_else_it_overrules():
    (found,) = find(Says(sari=0.92, budi=0.05), quote("Kami siap,", BUDI, "ujarnya"))
    assert (found.speaker.name, found.speaker.entity, found.speaker.role) == ("Sari Dewi", "e1", "Wali Kota")
    assert found.speaker.mention.text == "ujarnya"


def test_a_pronoun_beside_the_quote_is_the_mention():
    (found,) = find(Says(sari=0.05, budi=0.95), quote("Lari,", SARI, "kata"))
    assert (found.speaker.name, found.speaker.mention.text) == ("Budi Pane", "dia")


def test_a_quote_whose_speaker_rules_did_not_find_gets_one():
    (found,) = find(Says(sari=0.0, budi=0.95), quote("Lari,", None, "kata"))
    assert found.speaker.name == "Budi Pane"


def test_where_it_is_not_sure_rules_keep_their_word():
    (found,) = find(Says(sari=0.7, budi=0.1), quote("Kami siap,", BUDI, "ujarnya"))
    assert found.speaker.name == "Budi Pane"


def test_what_is_reported_without_marks_is_left_to_the_rules():
    said = replace(quote("Kami siap,", BUDI, "ujarnya"), kind=QuoteKind.INDIRECT)
    (found,) = find(Says(sari=0.95, budi=0.0), said)
    assert found.speaker.name == "Budi Pane"


def test_a_quote_is_surer_the_more_the_encoder_holds_of_its_speaker():
    said = quote("Kami siap,", SARI, "ujarnya")
    levels = [find(Says(sari=sari, budi=0.85 - sari), said)[0] for sari in (0.05, 0.4, 0.8)]
    assert {found.speaker for found in levels} == {said.speaker}
    low, middle, high = (found.confidence for found in levels)
    assert 0 < low < middle < high < 1


def test_an_overruled_quote_is_less_sure_than_one_on_which_both_agree():
    agreed = find(Says(sari=0.95, budi=0.0), quote("Kami siap,", SARI, "ujarnya"))[0]
    overruled = find(Says(sari=0.95, budi=0.0), quote("Kami siap,", BUDI, "ujarnya"))[0]
    assert overruled.speaker.name == agreed.speaker.name
    assert overruled.confidence < agreed.confidence


def test_no_probability_gives_more_log_odds_than_most():
    assert (log_odds(0.0), log_odds(1.0), log_odds(0.5)) == (-MOST, MOST, 0.0)


def test_rules_alone_read_english():
    said = quote("Kami siap,", BUDI, "ujarnya")
    assert find(Says(sari=0.95, budi=0.0), said, language="en-GB") == (said,)
