"""English stories: verbs before and behind their subject, participles, clauses on either side."""

import pytest

from processors.records import QuoteKind


@pytest.mark.parametrize(
    "verb", ["he said", "she said", "they said", "he added on Monday", "she told reporters"]
)
def test_a_pronoun_and_its_verb_behind_the_marks_mean_who_spoke(said, verb):
    story = (
        f'"The market is open," said [Rendra Wiguna|PERSON]. He walked to the pier.\n"We are ready," {verb}.'
    )
    assert said(story, "en-GB")[-1] == ("We are ready,", "Rendra Wiguna")


@pytest.mark.parametrize(
    ("story", "wanted"),
    [
        ('"We are ready," said [Rendra Wiguna|PERSON] on Monday.', "Rendra Wiguna"),
        ('"We are ready," [Rendra Wiguna|PERSON] said on Monday.', "Rendra Wiguna"),
        ('"We are ready," said former mayor [Rendra Wiguna|PERSON].', "Rendra Wiguna"),
        ('"We are ready," [Rendra Wiguna|PERSON], who runs the market, told traders.', "Rendra Wiguna"),
        ('"We are ready," [Darma Halim|PERSON]\'s lawyer, [Rendra Wiguna|PERSON], said.', "Rendra Wiguna"),
        ('[Rendra Wiguna|PERSON] said: "We are ready."', "Rendra Wiguna"),
        ('[Rendra Wiguna|PERSON] opened the gate, saying, "We are ready."', "Rendra Wiguna"),
        ('Continued [Rendra Wiguna|PERSON]: "We are ready."', "Rendra Wiguna"),
        ('[Rendra Wiguna|PERSON]: "We are ready."', "Rendra Wiguna"),
        ('"We are ready," his neighbour said.', "his neighbour"),
        ('"We are ready," Wiguna said.', "Wiguna"),
        ('"Prices are fair," [Rendra Wiguna|PERSON] said at the gate. "We are ready."', "Rendra Wiguna"),
    ],
)
def test_the_speaker_is_found(find, story, wanted):
    quote = next(quote for quote in find(story, "en") if "ready" in quote.text)
    assert quote.kind is QuoteKind.DIRECT
    assert quote.speaker is not None
    assert quote.speaker.name == wanted


@pytest.mark.parametrize(
    "story",
    [
        "[Rendra Wiguna|PERSON] said the market would open again.",
        "[Rendra Wiguna|PERSON] said on Monday that the market would open again.",
        "[Rendra Wiguna|PERSON] said Monday the market would open again.",
        "[Rendra Wiguna|PERSON] told traders that the market would open again.",
        "The market would open again, [Rendra Wiguna|PERSON] said.",
        "The market would open again, [Rendra Wiguna|PERSON] said in a statement on Monday.",
        "[Rendra Wiguna|PERSON] walked away, adding that the market would open again.",
        "[Rendra Wiguna|PERSON], who runs the port, believes the market would open again.",
    ],
)
def test_reported_speech_is_the_clause_on_either_side(find, story):
    (quote,) = find(story, "en")
    assert quote.kind is QuoteKind.INDIRECT
    assert quote.text.lower() == "the market would open again"
    assert quote.speaker.name == "Rendra Wiguna"


def test_words_around_a_fragment_in_marks_are_reported_speech(find):
    quotes = find('[Rendra Wiguna|PERSON] said that the new stalls were "far too small" for traders.', "en")
    assert [(quote.kind, quote.text) for quote in quotes] == [
        (QuoteKind.INDIRECT, "the new stalls were"), (QuoteKind.MIXED, "far too small"),
    ]  # fmt: skip
    assert {quote.speaker.name for quote in quotes} == {"Rendra Wiguna"}


@pytest.mark.parametrize(
    "story",
    [
        "[Rendra Wiguna|PERSON] did not say when the market would open again.",
        "[Rendra Wiguna|PERSON] reported the theft of nine crates of fish.",
        'She told the hosts of "Morning at the Pier," a show on local radio.',
        "I think the market will open again.",
    ],
)
def test_what_only_looks_like_speech_is_none(find, story):
    assert find(story, "en") == ()


@pytest.mark.parametrize(
    "story",
    [
        "\"We saw the 'sea wall,'\" Sen. [Rendra Wiguna|PERSON] (D-N.Y.) said Tuesday.",
        'Hours later, [Rendra Wiguna|PERSON] opened the gate, telling traders, "We are at the sea wall."',
        'Wiguna: "We are at the sea wall."',
    ],
)
def test_brackets_inner_marks_and_times_do_not_hide_the_speaker(find, story):
    (quote,) = find(story, "en")
    assert quote.speaker.name in {"Rendra Wiguna", "Wiguna"}


def test_a_quote_whose_speaker_stands_in_a_line_of_his_own_behind_it(said):
    story = '[Ann Weller|PERSON] opposed it.\n"The harbour belongs to all of us."\n- Tom Marsh.\nThat is not quite so.'
    assert said(story, "en") == [("The harbour belongs to all of us.", "Tom Marsh")]


def test_words_that_end_in_a_comma_or_colon_tell_whose_quote_follows(said):
    story = (
        '"The boats are safe," said [Tom Marsh|PERSON]. '
        '[Ann Weller|PERSON] has since apologised for what happened: "I should have asked the crews first."'
    )
    assert [speaker for _, speaker in said(story, "en")] == ["Tom Marsh", "Ann Weller"]
