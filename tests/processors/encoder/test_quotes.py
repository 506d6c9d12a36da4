from dataclasses import dataclass, replace

import pytest

from processors.encoder.quotes import VoicedQuotes
from processors.encoder.reading import Place, Reading
from processors.encoder.trust import MOST, Trust, log_odds
from processors.encoder.voices import Candidate, Voice
from processors.quotes.whom import How
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
    def __init__(self, how, *quotes):
        self.how = how
        self.quotes = quotes

    def attributed(self, text, entities, language):
        assert (text, entities) == (TEXT, (SARI, BUDI))
        assert language in {"id", "en-GB"}
        return tuple((one, self.how) for one in self.quotes)


TRUST = Trust((0.4, 0.6, 0.3, -0.6), {("marked", How.CARRIED): 0.8, ("marked", How.NAMED): 0.95})


def find(said, *quotes, language="id", how=How.CARRIED):
    titles = frozenset({"wali", "kota"})
    voiced = VoicedQuotes(said, Rules(how, *quotes), titles, TRUST)
    return voiced.find(TEXT, (SARI, BUDI), language)


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


@pytest.mark.parametrize(("how", "speaker"), [(How.CARRIED, "Sari Dewi"), (How.NAMED, "Budi Pane")])
def test_how_sure_it_must_be_depends_on_how_rules_found_their_speaker(how, speaker):
    (found,) = find(Says(sari=0.9, budi=0.05), quote("Kami siap,", BUDI, "ujarnya"), how=how)
    assert found.speaker.name == speaker


def test_who_was_described_is_never_overruled():
    said = quote("Kami siap,", None, "ujarnya")
    (found,) = find(Says(sari=1.0, budi=0.0), said, how=How.DESCRIBED)
    assert found.speaker is None


def test_a_person_whom_the_encoder_does_not_see_is_not_overruled():
    stranger = replace(BUDI, id="e3", name="Tono Halim", mentions=(span("datang"),))
    titles = frozenset({"wali", "kota"})
    rules = Rules(How.CARRIED, quote("Kami siap,", stranger, "ujarnya"))
    rules.attributed = lambda *_: tuple((one, How.CARRIED) for one in rules.quotes)
    voiced = VoicedQuotes(Says(sari=0.99, budi=0.0), rules, titles, TRUST)
    (found,) = voiced.find(TEXT, (SARI, BUDI, stranger), "id")
    assert found.speaker.name == "Tono Halim"


def test_what_is_told_apart_by_marks_has_levels_of_its_own():
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
