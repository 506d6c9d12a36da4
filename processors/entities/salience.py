"""Salience: the share of a story's attention that an entity gets, in [0, 1].

``salience = 0.5 * mentions / mentions of the most named entity + 0.5 * (1 - first mention / length of the text)``.
How often and how early a thing is named are the two strongest cues of what a news story is about, which is told
in order of weight. Figures and dates, which refer to nothing, have 0.
"""

from __future__ import annotations

from processors.entities.resolution import UNRESOLVED, Group


def saliences(groups: list[Group], length: int) -> list[float]:
    """One for each group, rounded to three digits; `length` is the text's, in code points."""
    most = max((len(group.mentions) for group in groups if group.label not in UNRESOLVED), default=1)
    return [
        0.0
        if group.label in UNRESOLVED
        else round(0.5 * len(group.mentions) / most + 0.5 * (1 - group.mentions[0].start / max(1, length)), 3)
        for group in groups
    ]
