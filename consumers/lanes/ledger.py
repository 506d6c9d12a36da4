"""What is known of each story: its newest version, whether that is still to be used, and what follows for the next.

The ledger decides between new, duplicate and stale. One entry a story lives in `news.ledger` (compacted), written in
the same transaction as the story's records; `ledger_store` holds the local copy of one partition.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import orjson

from processors.records import Article, State


class Verdict(StrEnum):
    """What a story is to the ledger."""

    NEW = "new"
    DUPLICATE = "duplicate"
    STALE = "stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The newest version of a story that was published.

    Attributes:
        version, version_created: as the newsroom stated them; None when it did not.
        digest: 16 bytes of `Article.digest`, as hexadecimal digits.
        offset: where its raw record stands in its partition of `news.raw`: the order of arrival.
        release_at: for a story under embargo: when it may go out; None otherwise.
    """

    version: int | None
    version_created: datetime | None
    digest: str
    state: State
    offset: int
    release_at: datetime | None = None

    def encode(self) -> bytes:
        return orjson.dumps(self)

    @classmethod
    def decode(cls, value: bytes) -> Entry:
        read = orjson.loads(value)
        return cls(
            version=read["version"],
            version_created=_moment(read["version_created"]),
            digest=read["digest"],
            state=State(read["state"]),
            offset=read["offset"],
            release_at=_moment(read["release_at"]),
        )


def entry_of(article: Article, offset: int, *, embargoed: bool = False) -> Entry:
    """The entry that publishing `article`, read at `offset` of its raw partition, leaves behind.

    Args:
        article: what is published.
        offset: where its raw record stands.
        embargoed: what is published now is only that there is an embargo.
    """
    return Entry(
        version=article.version,
        version_created=article.version_created,
        digest=article.digest().hex(),
        state=State.WITHHELD if embargoed else article.state,
        offset=offset,
        release_at=article.embargoed if embargoed else None,
    )


def judge(article: Article, offset: int, known: Entry | None, *, again: bool = False) -> Verdict:
    """What a story, read at `offset` of its raw partition, is beside what is known of it.

    Newer wins: by integer version where both have one, else by `version_created`, else by arrival. An older or
    equal version with the same content is a duplicate, an older one is stale. An equal version with other content
    is new when it arrived later: a desk that corrects without counting is a desk that corrects.

    Arrival counts by offset, not by the order of calls: a kill is published ahead of stories that arrived before
    it, and those must not bring the story back.

    With `again` it is to be done once more, but only if it is just what was published (`offset` is then that at which
    it stood first): a replay never takes the place of anything else.
    """
    if known is None:
        return Verdict.NEW
    if again:
        if article.digest().hex() != known.digest:
            return Verdict.STALE
        return Verdict.NEW if known.offset == offset else Verdict.DUPLICATE
    order = _order(article, offset, known)
    if order > 0:
        return Verdict.NEW
    if article.digest().hex() == known.digest:
        return Verdict.DUPLICATE
    return Verdict.NEW if order == 0 else Verdict.STALE


def _order(article: Article, offset: int, known: Entry) -> int:
    """1: a newer version; -1: an older one; 0: as far as versions tell the same one, but not an earlier arrival."""
    if article.version is not None and known.version is not None and article.version != known.version:
        return 1 if article.version > known.version else -1
    if article.version_created is not None and known.version_created is not None:
        created, before = article.version_created, known.version_created
        if created != before:
            return 1 if created > before else -1
    return 0 if offset >= known.offset else -1


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
