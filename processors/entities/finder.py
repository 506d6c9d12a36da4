"""Clean text -> entities: recognise, resolve, weigh."""

from __future__ import annotations

from typing import Self

from processors.entities.glued import Glue
from processors.entities.recogniser import Recogniser
from processors.entities.resolution import resolve
from processors.entities.salience import saliences
from processors.records import Entity, Label, Span
from processors.wordlists import mapping, rows


class EntityFinder:
    """Finds the entities of one story at a time."""

    def __init__(self, recogniser: Recogniser, aliases: dict[str, str], glue: Glue) -> None:
        """`recogniser` yields mentions that do not overlap, in reading order; `aliases`: other name -> full name;
        `glue`: see `load_glue`.
        """
        self._recogniser = recogniser
        self._aliases = aliases
        self._glue = glue

    @classmethod
    def load(cls) -> Self:
        """With the rules' recogniser; reads all data files.

        Raises:
            BrokenData: a data file can't be used.
        """
        return cls(Recogniser.load(), load_aliases(), load_glue())

    def find(self, text: str, language: str | None) -> tuple[Entity, ...]:
        """Entities with ids "e1", "e2", ... in order of first mention; their mentions do not overlap."""
        groups = resolve(text, self._recogniser.spans(text, language), self._aliases, self._glue)
        return tuple(
            Entity(
                id=f"e{number}",
                label=Label(group.label),
                name=group.name,
                mentions=tuple(
                    Span(start=one.start, end=one.end, text=text[one.start : one.end])
                    for one in group.mentions
                ),
                salience=salience,
            )
            for number, (group, salience) in enumerate(
                zip(groups, saliences(groups, len(text)), strict=True), 1
            )
        )


def load_aliases() -> dict[str, str]:
    """Other name -> full name, from `data/aliases.tsv`."""
    return {alias: full for _, (alias, full, *_rest) in rows("processors.entities", "aliases.tsv", 2)}


def load_glue() -> Glue:
    """What stands glued to names or is taken into them, from `data/glued.yaml`."""
    words = mapping("processors.entities", "glued.yaml")
    return Glue(words["behind"], words["small"], words["heads"], words["titles"])
