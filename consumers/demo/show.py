"""What the demo shows of what arrived, for a terminal: clean text with its entities, what was removed, quotes, why
something could not be processed, and whether all is as it must be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from consumers.cli.records import harmless
from consumers.demo.arrivals import Arrivals, Check, header
from consumers.lanes.deadletter import PREFIX

_STYLES = {
    "PERSON": "bold cyan",
    "ORG": "bold magenta",
    "NORP": "magenta",
    "GPE": "bold green",
    "LOC": "green",
    "FAC": "green",
    "EVENT": "bold yellow",
    "WORK_OF_ART": "bold yellow",
    "PRODUCT": "yellow",
    "LAW": "yellow",
}
_NUMBER_STYLE = "blue"  # dates, money, quantities
_BYLINE = ("source", "language", "version")


def legend() -> Text:
    """What the colours of entities mean."""
    shown = Text("entities: ", style="dim")
    for label in ("PERSON", "ORG", "GPE", "LOC", "EVENT", "DATE"):
        shown.append(f"{label} ", style=_STYLES.get(label, _NUMBER_STYLE))
    return shown


def story(value: dict[str, Any], about: str) -> Panel:
    """One enriched story.

    Args:
        value: of `news.articles`.
        about: what the story is there to show.
    """
    enrichment, article = value["enrichment"], value["article"]
    titles = [headline["value"] for headline in article.get("headlines", ())]
    head = "  ".join(str(enrichment[part]) for part in _BYLINE if enrichment[part])
    parts: list[RenderableType] = [Text(head, style="dim"), Text(), _text(enrichment)]
    if enrichment["dateline"] or enrichment["removed"]:
        parts += [Text(), _removed(enrichment)]
    if enrichment["quotes"]:
        parts += [Text(), _quotes(enrichment["quotes"])]
    title = harmless(titles[0] if titles else enrichment["uri"])
    return Panel(
        Group(*parts),
        title=Text(title, style="bold"),
        subtitle=Text(about, style="dim"),
        title_align="left",
        subtitle_align="right",
    )


def _text(enrichment: dict[str, Any]) -> Text:
    """The clean text, each mention in its label's style. Piece by piece: making a piece harmless may lengthen it."""
    mentions = sorted(
        (mention["start"], mention["end"], _STYLES.get(entity["label"], _NUMBER_STYLE))
        for entity in enrichment["entities"]
        for mention in entity["mentions"]
    )
    text, shown, at = enrichment["text"], Text(), 0
    for start, end, style in mentions:
        shown.append(harmless(text[at:start]))
        shown.append(harmless(text[start:end]), style=style)
        at = end
    return shown.append(harmless(text[at:]))


def _removed(enrichment: dict[str, Any]) -> Group:
    pieces = [(piece["kind"], piece["text"]) for piece in enrichment["removed"]]
    if enrichment["dateline"]:
        pieces.insert(0, ("dateline", enrichment["dateline"]["text"]))
    return Group(
        *(
            Text.assemble(("taken out ", "dim"), (f"{kind} ", "dim red"), (harmless(text), "strike red"))
            for kind, text in pieces
        )
    )


def _quotes(quotes: Iterable[dict[str, Any]]) -> Table:
    table = Table("speaker", "role", "", "quote", box=None, pad_edge=False, header_style="dim")
    for quote in quotes:
        speaker = quote["speaker"] or {"name": "-", "role": None}
        cue = quote["cue"]
        table.add_row(
            Text(harmless(speaker["name"]), style="bold cyan"),
            harmless(speaker["role"] or ""),
            Text(f"{quote['kind']}{', ' + harmless(cue['text']) if cue else ''}", style="dim"),
            Text(harmless(quote["text"]), style="italic"),
        )
    return table


def dead_letters(arrivals: Arrivals) -> Table:
    """Why what could not be processed was not."""
    table = Table("from", "reason", "stage", "error", "bytes", box=None, pad_edge=False, header_style="dim")
    for record in arrivals.dead:
        place = f"{header(record, PREFIX + 'topic')}[{header(record, PREFIX + 'partition')}]"
        table.add_row(
            f"{place} @{header(record, PREFIX + 'offset')}",
            Text(header(record, PREFIX + "reason"), style="red"),
            header(record, PREFIX + "stage"),
            harmless(header(record, PREFIX + "error")),
            str(len(record.value or b"")),
        )
    return table


def counts(arrivals: Arrivals) -> Table:
    """How many records, entities and quotes there are."""
    enrichments = [value["enrichment"] for value in arrivals.newest["news.articles"].values()]
    quotes = [quote for enrichment in enrichments for quote in enrichment["quotes"]]
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, count in arrivals.records.items():
        table.add_row(f"records on {name}", str(count))
    table.add_row("entities", str(sum(len(enrichment["entities"]) for enrichment in enrichments)))
    table.add_row("quotes", str(len(quotes)))
    table.add_row("quotes with a speaker", str(sum(quote["speaker"] is not None for quote in quotes)))
    removed = Counter(piece["kind"] for enrichment in enrichments for piece in enrichment["removed"])
    told = ", ".join(f"{count} {kind}" for kind, count in removed.most_common())
    table.add_row("boilerplate taken out", told or "none")
    return table


def verdict(checks: Sequence[Check]) -> Table:
    """What had to arrive and what did."""
    table = Table("", "found", "", box=None, pad_edge=False, header_style="dim")
    for check in checks:
        table.add_row(check.what, check.found, "[green]as it must be" if check.holds else "[bold red]WRONG")
    return table
