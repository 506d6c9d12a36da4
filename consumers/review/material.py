"""What a review needs: proposals, and stories to try them on; from the broker, or from files."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import orjson
from aiokafka import ConsumerRecord

from config.outlets import Outlets
from config.settings import Settings
from config.topics import BOILERPLATE, RAW
from consumers import sources
from consumers.insights.boilerplate.pieces import pieces_of
from consumers.insights.boilerplate.propose import propose
from consumers.insights.boilerplate.records import BoilerplateRecord
from consumers.insights.boilerplate.window import proposal_of
from consumers.tap import Start, tap
from processors import intake
from processors.cleaning import Cleaner
from processors.errors import StoryError
from processors.records import Article, State


class NoProposals(Exception):
    """A file holds something else than proposals."""


async def proposals_on(settings: Settings) -> list[BoilerplateRecord]:
    """The open proposals on `news.boilerplate`.

    Raises:
        TopicMissing: it isn't there.
    """
    newest: dict[bytes, bytes | None] = {}
    topic = settings.topic(BOILERPLATE.name)
    async for record in tap(settings, topic, start=Start.BEGINNING, limit=None, follow=False):
        newest[record.key] = record.value
    told = (proposal_of(orjson.loads(value)) for value in newest.values() if value)
    return ordered(each for each in told if each.state == "open")


def proposals_in(file: Path, stdin: BinaryIO) -> list[BoilerplateRecord]:
    """The proposals of a file of JSON lines, as `kawat outlets propose` writes them.

    Raises:
        NoProposals: it holds something else.
    """
    found = []
    for payload in sources.payloads([file], stdin):
        try:
            found.append(proposal_of(orjson.loads(payload.value)))
        except (ValueError, KeyError, TypeError) as error:
            raise NoProposals(f"{payload.where}: no proposal: {type(error).__name__}") from None
    return ordered(each for each in found if each.state == "open")


def ordered(proposals: Iterable[BoilerplateRecord]) -> list[BoilerplateRecord]:
    """By outlet, those of most stories first."""
    return sorted(proposals, key=lambda each: (each.source, -each.stories, each.id))


def source_of(article: Article) -> str:
    """The outlet of a story as proposals name it."""
    host = (article.url or "").partition("://")[2].partition("/")[0].partition(":")[0]
    return " ".join((article.source or host).split()).casefold().removeprefix("www.")


def stories_in(paths: Iterable[Path], stdin: BinaryIO, max_bytes: int) -> Iterator[Article]:
    """The usable stories of files; what can't be read is left out."""
    for payload in sources.payloads(paths, stdin):
        yield from _usable(payload.value, payload.content_type, payload.where.encode(), max_bytes)


async def stories_on(settings: Settings, source: str, limit: int) -> list[Article]:
    """The newest usable stories of an outlet on `news.raw`, each as it came last.

    Raises:
        TopicMissing: it isn't there.
    """
    found: dict[str, Article] = {}

    def wanted(record: ConsumerRecord) -> bool:
        content = dict(record.headers).get("content-type")
        articles = _usable(
            record.value, content.decode("latin-1") if content else None, record.key, settings.max_story_bytes
        )
        mine = [article for article in articles if source_of(article) == source]
        found.update((article.uri, article) for article in mine)
        return bool(mine)

    async for _ in tap(
        settings, settings.topic(RAW.name), start=Start.END, limit=limit, follow=False, wanted=wanted
    ):
        pass
    return list(found.values())[-limit:]


def _usable(
    value: bytes | None, content_type: str | None, key: bytes | None, max_bytes: int
) -> list[Article]:
    try:
        articles = intake.read(value or b"", content_type=content_type, max_bytes=max_bytes, key=key)
    except StoryError:
        return []
    return [article for article in articles if article.state is State.USABLE and article.body]


def proposals_for(articles: Iterable[Article], outlets: Outlets) -> list[BoilerplateRecord]:
    """What is proposed for each outlet of these stories, cleaned by these profiles."""
    cleaner = Cleaner(outlets)
    stories: dict[str, dict[str, str]] = {}
    for article in articles:
        if source := source_of(article):
            stories.setdefault(source, {})[article.uri] = cleaner.clean(article).text
    now = int(time.time())
    return ordered(
        BoilerplateRecord.of_proposal(made, source, at=now, since=now)
        for source, texts in stories.items()
        for made, _ in propose({uri: pieces_of(text) for uri, text in texts.items()})
    )
