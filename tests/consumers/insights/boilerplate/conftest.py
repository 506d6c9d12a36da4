from __future__ import annotations

import random

import pytest


@pytest.fixture
def wire(syllables):
    """Makes so many stories of one outlet, in no language, each about words of its own; `add` puts lines into each:
    it is called with its number and its lines.
    """

    def make(number, add=lambda _, lines: lines):
        chance = random.Random(7)
        known = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(900)]
        stories = {}
        for index in range(number):
            matter = chance.sample(known, 8)
            lines = []
            for _ in range(6):
                told = [chance.choice(matter if chance.random() < 0.4 else known) for _ in range(12)]
                lines.append(" ".join(told).capitalize() + ".")
            stories[f"urn:desa:{index}"] = "\n".join(add(index, lines))
        return stories

    return make
