"""The tag sets of the encoder's three heads, in the order of their scores."""

from __future__ import annotations

from processors.records import Label, QuoteKind

OUTSIDE = "O"


def bio(labels: list[str]) -> tuple[str, ...]:
    """The tag "O", then "B-x" and "I-x" of each label, in the labels' order."""
    return (OUTSIDE, *(f"{prefix}-{label}" for label in labels for prefix in "BI"))


# The order is that of the shipped weights: a change of it needs new ones.
ENTITY_LABELS = [
    Label.PERSON, Label.ORG, Label.GPE, Label.LOC, Label.FAC, Label.NORP, Label.EVENT, Label.PRODUCT,
    Label.WORK_OF_ART, Label.LAW, Label.DATE, Label.TIME, Label.MONEY, Label.PERCENT, Label.QUANTITY,
]  # fmt: skip
ENTITY_TAGS = bio([label.value for label in ENTITY_LABELS])
SPEECH_TAGS = bio([QuoteKind.DIRECT.value, QuoteKind.MIXED.value, QuoteKind.INDIRECT.value])
# cue: the reporting word of a quote; source: the words that name or describe its speaker beside it
SOURCE_TAGS = bio(["cue", "source"])

# how many scores each head gives, in the order of the network's output
HEADS = (len(ENTITY_TAGS), len(SPEECH_TAGS), len(SOURCE_TAGS))

# what may speak: the labels whose mentions compete to be a quote's speaker
SPEAKING_LABELS = frozenset({Label.PERSON, Label.ORG, Label.GPE, Label.NORP})
