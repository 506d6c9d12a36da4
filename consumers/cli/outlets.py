"""`kawat outlets`: what recurs over an outlet's stories, and what a person makes of it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from consumers.cli.common import (
    PATH,
    Failure,
    Group,
    Invocation,
    Misuse,
    console,
    counted,
    json_line,
    json_option,
    pass_invocation,
    run_quietly,
    stdin,
)

if TYPE_CHECKING:
    from config.settings import Settings
    from consumers.insights.boilerplate.records import BoilerplateRecord
    from consumers.review.profile import Change
    from consumers.review.trial import Trial
    from processors.records import Article

KINDS = ("related", "promo", "ad", "media", "credit", "copyright", "nav", "other")


@click.group(cls=Group, short_help="Propose and review what outlets repeat.")
def outlets() -> None:
    """Profiles of outlets: what cleaning lets pass again and again, and what to do about it."""


@outlets.command(
    short_help="Look into files for what recurs.",
    example="""
    kawat outlets propose archive.jsonl
    kawat outlets propose archive/ --json > proposals.jsonl
""",
)
@click.argument("paths", nargs=-1, required=True, type=PATH)
@json_option("A JSON line for each proposal, as on news.boilerplate: for review --proposals.")
@pass_invocation
def propose(invocation: Invocation, paths: tuple[Path, ...], as_json: bool) -> None:
    """Propose what recurs over the stories of files, by outlet, without Kafka.

    The same as `kawat insights` publishes on news.boilerplate for the stories of the wire. Files as for `kawat process`.
    """
    from consumers.review import material

    settings = invocation.settings
    articles = material.stories_in(paths, stdin(), settings.max_story_bytes)
    _list(material.proposals_for(articles, _profiles(settings)), as_json=as_json)


@outlets.command(
    short_help="Accept or reject what is proposed.",
    example="""
    kawat outlets review
    kawat outlets review --source koran.example --json
    kawat outlets review --accept 3f9a0c12de --dry-run
    kawat outlets review --accept 3f9a0c12de --kind promo --set outlets_dir=/etc/kawat/outlets
    kawat outlets review --proposals proposals.jsonl --stories archive.jsonl --reject 77b01cafe1
""",
)
@click.option("--source", help="Only this outlet, as its stories name it.")
@click.option("--accept", "accepted", multiple=True, metavar="ID", help="Put this one into the profile.")
@click.option("--reject", "refused", multiple=True, metavar="ID", help="Never show this one again.")
@click.option("--kind", type=click.Choice(KINDS), help="The kind of what is accepted, if not as proposed.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--proposals", "given", type=PATH, help="Proposals from a file instead of news.boilerplate.")
@click.option(
    "--stories",
    "paths",
    multiple=True,
    type=PATH,
    help="Try rules on stories of files instead of the newest on news.raw; may be repeated.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    help="Most stories of an outlet to try rules on.",
)
@click.option(
    "--ask/--list", default=None, help="Ask about each, or list them.  [default: ask on a terminal]"
)
@json_option("JSON lines; nothing is asked.")
@pass_invocation
def review(
    invocation: Invocation,
    source: str | None,
    accepted: tuple[str, ...],
    refused: tuple[str, ...],
    kind: str | None,
    dry_run: bool,
    given: Path | None,
    paths: tuple[Path, ...],
    limit: int,
    ask: bool | None,
    as_json: bool,
) -> None:
    """Show what `kawat insights` proposes for outlets' profiles; on a terminal, ask about each.

    Before anything changes, the profile's diff is shown, and what the rule would remove from the outlet's newest
    stories. What is accepted goes into the folder of the setting outlets_dir; without it, into the shipped profiles.
    Workers read profiles when they start; `kawat replay` does stories once more. Rejections are noted beside the
    profiles.
    """
    desk = _Desk(invocation, paths, limit, kind, dry_run=dry_run, as_json=as_json)
    found = [each for each in desk.proposals(given) if source in (None, each.source)]
    by_id = {each.id: each for each in found}
    for name in (*accepted, *refused):
        if name not in by_id:
            raise Misuse(f"no open proposal has the id {name}; `kawat outlets review --list` shows them")
    if accepted or refused:
        for name in accepted:
            desk.accept(by_id[name])
        for name in refused:
            desk.reject(by_id[name])
        return
    if ask is None:
        ask = sys.stdin.isatty() and sys.stdout.isatty()
    if as_json or not ask:
        _list(found, as_json=as_json)
        return
    for number, each in enumerate(found, 1):
        if not desk.ask(each, f"{number} of {len(found)}"):
            break
    else:
        click.echo("nothing more is proposed" if found else "nothing is proposed")


class _Desk:
    """One review: its settings, and the stories that were read for it."""

    def __init__(
        self,
        invocation: Invocation,
        paths: tuple[Path, ...],
        limit: int,
        kind: str | None,
        *,
        dry_run: bool,
        as_json: bool,
    ) -> None:
        from config.outlets import FOLDER

        self._invocation = invocation
        self._settings = settings = invocation.settings
        self._paths, self._limit, self._kind = paths, limit, kind
        self._dry_run, self._as_json = dry_run, as_json
        self._folder = settings.outlets_dir or FOLDER
        self._outlets = _profiles(settings)
        self._stories: dict[str, list[Article]] = {}

    def proposals(self, file: Path | None) -> list[BoilerplateRecord]:
        """Those that are open and undecided."""
        from consumers.review import material, profile

        try:
            known = (
                material.proposals_in(file, stdin())
                if file
                else run_quietly(self._invocation, material.proposals_on(self._settings))
            )
        except material.NoProposals as error:
            raise Misuse(str(error)) from error
        decided = profile.rejected(self._folder)
        return [
            each
            for each in known
            if each.id not in decided
            and not profile.holds(self._outlets, each.source, self._key(each), each.value)
        ]

    def accept(self, proposal: BoilerplateRecord) -> None:
        """Show what changes, and change it."""
        change, tried = self._prepared(proposal)
        self._show(proposal, change, tried)
        if not self._dry_run:
            self._write(change)

    def reject(self, proposal: BoilerplateRecord) -> None:
        from consumers.review import profile

        if not self._dry_run:
            profile.reject(self._folder, proposal.id, proposal.source, proposal.key, proposal.value)
        if self._as_json:
            json_line({"id": proposal.id, "rejected": not self._dry_run})
        else:
            click.echo(f"{proposal.id}: {'would be ' if self._dry_run else ''}rejected")

    def ask(self, proposal: BoilerplateRecord, place: str) -> bool:
        """Show one and ask; whether to go on."""
        click.echo(f"\n{place}")
        try:
            change, tried = self._prepared(proposal)
        except Failure as error:
            error.show()
            return True
        self._show(proposal, change, tried)
        choice = click.Choice(["accept", "reject", "skip", "quit", "a", "r", "s", "q"])
        answer = click.prompt(
            "[a]ccept, [r]eject, [s]kip, [q]uit", type=choice, show_choices=False, default="skip"
        )
        if answer.startswith("a") and not self._dry_run:
            self._write(change)
        elif answer.startswith("r"):
            self.reject(proposal)
        return not str(answer).startswith("q")

    def _key(self, proposal: BoilerplateRecord) -> str:
        """Where the rule goes, with the kind that was asked for."""
        return ".".join(
            self._kind if self._kind and part == proposal.kind.value else part
            for part in proposal.key.split(".")
        )

    def _prepared(self, proposal: BoilerplateRecord) -> tuple[Change, Trial]:
        from config.outlets import OutletError
        from consumers.review import profile
        from consumers.review.trial import trial

        try:
            change = profile.change(
                proposal.source, self._key(proposal), proposal.value, self._settings.outlets_dir
            )
        except (OutletError, profile.NotChanged) as error:
            raise Failure(f"{proposal.id} is not accepted: {error}") from error
        return change, trial(self._outlets, change.outlets, self._of(proposal.source))

    def _of(self, source: str) -> list[Article]:
        """Stories of an outlet."""
        from consumers.review import material

        if source not in self._stories:
            if self._paths:
                every = material.stories_in(self._paths, stdin(), self._settings.max_story_bytes)
                mine = [article for article in every if material.source_of(article) == source]
                self._stories[source] = mine[-self._limit :]
            else:
                read = material.stories_on(self._settings, source, self._limit)
                self._stories[source] = run_quietly(self._invocation, read)
        return self._stories[source]

    def _show(self, proposal: BoilerplateRecord, change: Change, tried: Trial) -> None:
        if self._as_json:
            json_line(
                {
                    "id": proposal.id,
                    "accepted": not self._dry_run,
                    "file": str(change.file),
                    "diff": change.diff,
                    "trial": asdict(tried) | {"share": tried.share},
                }
            )
            return
        _show(proposal, change, tried)

    def _write(self, change: Change) -> None:
        try:
            change.write()
        except PermissionError as error:
            raise Failure(
                f"{change.file.parent}: not writable; name a folder of your own with the setting outlets_dir"
            ) from error
        self._outlets = change.outlets
        if not self._as_json:
            click.echo(f"written to {change.file}; workers read it when they start")


def _profiles(settings: Settings) -> Any:
    """All profiles.

    Raises:
        Misuse: one is wrong.
    """
    from config import outlets as profiles

    try:
        return profiles.load(own=settings.outlets_dir)
    except profiles.OutletError as error:
        raise Misuse(str(error)) from error


def _list(proposals: list[BoilerplateRecord], *, as_json: bool) -> None:
    if as_json:
        for each in proposals:
            json_line(asdict(each))
        return
    if not proposals:
        click.echo("nothing is proposed")
        return
    from rich.table import Table

    from consumers.cli.records import harmless

    table = Table("id", "outlet", "stories", "where", "what", "for example", box=None, pad_edge=False)
    for each in proposals:
        row = (each.id, each.source, f"{each.stories} of {each.of}", each.key, each.value, each.samples[0])
        table.add_row(*(_plain(harmless(cell)) for cell in row))
    console().print(table)


def _plain(text: str) -> Any:
    from rich.text import Text

    return Text(" ".join(text.split()), overflow="ellipsis")


def _show(proposal: BoilerplateRecord, change: Change, tried: Trial) -> None:
    from rich.text import Text

    from consumers.cli.records import harmless

    out = console()

    def say(text: str, style: str = "") -> None:
        out.print(Text(harmless(text), style=style))

    say(f"{proposal.id}  {proposal.source}: {proposal.key}", "bold")
    stood = f"in {proposal.stories} of {counted(proposal.of, 'story', 'stories')}"
    say(f"stands {stood}, such as {', '.join(proposal.examples)}")
    for sample in proposal.samples:
        say(f"  {sample}", "dim")
    for line in change.diff.splitlines():
        say(line, {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], ""))
    if not tried.stories:
        say("tried on no story: none of this outlet was found", "yellow")
        return
    say(
        f"tried on {counted(tried.stories, 'story', 'stories')}: {tried.removed} of {tried.words} words would go "
        f"({tried.share:.2%}), in {counted(tried.touched, 'story', 'stories')}"
    )
    for uri, text in tried.examples:
        say(f"  {uri}: {text}", "dim")
