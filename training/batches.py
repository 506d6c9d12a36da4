"""Stories into windows with targets, and windows of like length into batches."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from processors.encoder.pieces import PAD, Pieces
from processors.encoder.windows import Window, cut, encode
from processors.encoder.words import split
from training.stories import Speech, Story

UNTAGGED = -100  # a piece that no word starts with


@dataclass(frozen=True, slots=True)
class Question:
    """Who speaks? The quote's first and last piece, the mentions' pieces, who they are, and the quote itself."""

    quote: tuple[int, int]
    mentions: list[int]
    names: list[str | None]
    speech: Speech

    @property
    def right(self) -> list[int]:
        """The places of right answers: 0 for nobody here, else 1 + the mention's place."""
        who = self.speech.who
        return [i + 1 for i, name in enumerate(self.names) if who and name == who] or [0]


@dataclass(frozen=True, slots=True)
class Example:
    """A window of a story with its targets: `tags`, (length, 3), and the questions about its quotes.

    A story that nobody has annotated has no tags, and no questions.
    """

    story: int
    window: Window
    tags: Tensor
    questions: list[Question]


def examples(stories: Sequence[Story], pieces: Pieces) -> list[Example]:
    """The windows of all stories."""
    return [
        _example(number, story, window)
        for number, story in enumerate(stories)
        for window in cut(story.words, encode(story.text, story.words, pieces))
    ]


def unlabelled(texts: Iterable[str], pieces: Pieces) -> list[Example]:
    """The windows of stories that nobody has annotated."""
    found = []
    for text in texts:
        words = split(text)
        found.extend(
            Example(-1, window, torch.full((len(window.ids), 3), UNTAGGED), [])
            for window in cut(words, encode(text, words, pieces))
        )
    return found


def _example(number: int, story: Story, window: Window) -> Example:
    tags = torch.full((len(window.ids), 3), UNTAGGED)
    tags[window.firsts] = torch.tensor(story.tags[window.first_word : window.end_word])
    here = range(window.first_word, window.end_word)
    piece = dict(zip(here, window.firsts, strict=True))
    mentions = [mention for mention in story.mentions if mention.word in piece]
    places, names = [piece[mention.word] for mention in mentions], [mention.who for mention in mentions]
    questions = []
    for speech in story.quotes:
        inside = [i for i in (speech.first, speech.last) if i in piece]
        if inside:
            first = piece.get(speech.first, 1)
            last = piece.get(speech.last, window.firsts[-1])
            questions.append(Question((first, last), places, names, speech))
    return Example(number, window, tags, questions)


def batches(found: Sequence[Example], size: int, chance: random.Random) -> Iterator[list[Example]]:
    """All examples once, in random order, those of like length together."""
    order = sorted(found, key=lambda example: (len(example.window.ids) // 16, chance.random()))
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    chance.shuffle(groups)
    yield from groups


def padded(batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """Piece ids (batch, length), mask (batch, length), tags (batch, length, 3)."""
    length = max(len(example.window.ids) for example in batch)
    ids = torch.full((len(batch), length), PAD)
    tags = torch.full((len(batch), length, 3), UNTAGGED)
    for i, example in enumerate(batch):
        ids[i, : len(example.window.ids)] = torch.tensor(example.window.ids)
        tags[i, : len(example.window.ids)] = example.tags
    return ids, ids != PAD, tags
