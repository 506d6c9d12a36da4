"""Plain text or HTML with boilerplate inside the story becomes clean text.

In order: HTML to lines, repair, whole lines, pieces inside lines, what is printed twice, dateline. Pure: the outlets' data are passed in.
"""

from __future__ import annotations

from dataclasses import dataclass

from config.outlets import Outlet, Outlets
from processors.cleaning.cuts import Draft
from processors.cleaning.dateline import Datelines
from processors.cleaning.html import fragment_text, page_text
from processors.cleaning.inside import mark_inside
from processors.cleaning.layout import mark_layout
from processors.cleaning.lines import mark_lines
from processors.cleaning.repair import repair
from processors.cleaning.repeats import mark_repeats
from processors.cleaning.rules import Rules, shapes_of
from processors.cleaning.sourcemap import SourceMap, Traced
from processors.records import Article, Dateline, Removed

__all__ = ["Cleaned", "Cleaner", "SourceMap"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    r"""A story without what is not the story.

    Attributes:
        text: NFC, paragraphs by "\n", no empty lines, no white space at the ends of lines.
        dateline: the opening stamp, taken off the text; None when there is none.
        removed: what was taken out, in reading order, as it stood after repair.
        source: what `source_map` leads back to: the body; for HTML the text that was found in it.
        source_map: offsets of `text` to offsets of `source`.
    """

    text: str
    dateline: Dateline | None
    removed: tuple[Removed, ...]
    source: str
    source_map: SourceMap


class Cleaner:
    """Cleans stories with the profiles of the outlets."""

    def __init__(self, outlets: Outlets) -> None:
        """Compiles the patterns of all profiles (a tenth of a second)."""
        self._outlets = outlets
        # an outlet's own shapes go before the generic ones
        self._all = (*outlets.outlets, *outlets.generic)
        self._shapes = shapes_of(self._all)
        self._datelines = Datelines(outlets.signatures, outlets.bylines)
        self._rules: dict[str | None, Rules] = {}

    def clean(self, article: Article) -> Cleaned:
        """The story's clean text, its dateline, and what was removed. An empty body gives empty text."""
        source = _source(article)
        traced = repair(Traced.of(source))
        outlet = self._outlets.find(article.source, article.url)
        rules = self._rules_of(outlet)
        draft = Draft(traced.text)
        look = rules.look(draft.data)
        mark_lines(draft, rules, look)
        mark_layout(draft, rules, article.title)
        mark_inside(draft, rules, look)
        mark_repeats(draft)
        dateline = self._datelines.take(draft)
        clean = draft.assemble(traced)
        return Cleaned(
            text=clean.text,
            dateline=dateline,
            removed=draft.removed(),
            source=source,
            source_map=clean.map,
        )

    def _rules_of(self, outlet: Outlet | None) -> Rules:
        key = outlet.name if outlet else None
        if key not in self._rules:
            profiles = (outlet, *self._outlets.generic) if outlet else self._outlets.generic
            owners = frozenset(number for number, profile in enumerate(self._all) if profile in profiles)
            self._rules[key] = Rules(profiles, self._shapes, owners)
        return self._rules[key]


def _source(article: Article) -> str:
    if article.body_type == "text":
        return article.body
    return page_text(article.body) if article.page else fragment_text(article.body)
