"""The local copy of one partition of the ledger: on disk, so that memory stays flat however many stories there are.

SQLite holds what was read from the topic, with the checkpoint up to which it was read, and apart from it what this
lane has committed since its claim. The next claim forgets the latter and reads it from the topic instead: what
counts is what the topic says. (A broker that is killed just after it has answered a commit may lose it: measured on
Apache Kafka 4.4.0, whose restarted coordinator can take the partitions of a prepared transaction for deleted ones.)
"""

from __future__ import annotations

import contextlib
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from consumers.lanes.ledger import Entry

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (uri TEXT PRIMARY KEY, value BLOB NOT NULL, release_at REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS recent (uri TEXT PRIMARY KEY, value BLOB NOT NULL, release_at REAL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entry_embargo ON entry (release_at) WHERE release_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS recent_embargo ON recent (release_at) WHERE release_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS claim (one INTEGER PRIMARY KEY CHECK (one = 1), token TEXT, checkpoint INTEGER NOT NULL);
INSERT OR IGNORE INTO claim VALUES (1, NULL, 0);
"""
_AT_ONCE = 500  # places of a statement: SQLite allows a thousand at least


class StoreMovedOn(Exception):
    """Somebody else claimed this copy: this process was frozen and is no longer the partition's owner."""


class LedgerStore:
    """Entries by story uri, and the checkpoint.

    Not for use by two threads at once. The file is made if it is missing, and made anew if it is damaged: the
    topic has it all.
    """

    def __init__(self, path: Path) -> None:
        """`path` is the SQLite file; its folder must exist."""
        self._path = path
        self._token: str | None = None
        try:
            self._db = self._open()
        except sqlite3.DatabaseError:
            self._remove()
            self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, isolation_level=None, timeout=1.0)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=OFF")  # a lost machine loses the copy's tail; the topic restores it
        db.execute("PRAGMA cache_size=-256")  # kB
        db.executescript(_SCHEMA)
        return db

    def _remove(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)

    def claim(self) -> None:
        """Begin anew as the owner: forget what was not read from the topic, and lock out who claimed before."""
        self._token = uuid.uuid4().hex
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("UPDATE claim SET token = ?", (self._token,))
            self._db.execute("DELETE FROM recent")

    @property
    def checkpoint(self) -> int:
        """Offset in `news.ledger` of the first record that was not read yet."""
        (position,) = self._db.execute("SELECT checkpoint FROM claim").fetchone()
        return int(position)

    def known(self, uris: Sequence[str]) -> dict[str, Entry]:
        """What is known of these stories, by uri: one look costs little more for many than for one."""
        found: dict[str, Entry] = {}
        for start in range(0, len(uris), _AT_ONCE):
            some = uris[start : start + _AT_ONCE]
            rows = self._db.execute(_look_up(len(some)), (*some, *some))
            found.update((uri, Entry.decode(value)) for uri, value in rows)
        return found

    def restore(self, entries: Iterable[tuple[str, Entry | None]], *, checkpoint: int) -> None:
        """Take over what was read from the topic, in its order (None: the story is forgotten), up to `checkpoint`."""
        with self._ours():
            self._db.execute("UPDATE claim SET checkpoint = ?", (checkpoint,))
            for uri, entry in entries:
                if entry is None:
                    self._db.execute("DELETE FROM entry WHERE uri = ?", (uri,))
                else:
                    self._db.execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", _row(uri, entry))

    def add(self, entries: Iterable[tuple[str, Entry]]) -> None:
        """Remember what this lane has just committed.

        Raises:
            StoreMovedOn: somebody else has claimed the copy since.
        """
        with self._ours():
            self._db.executemany(
                "INSERT OR REPLACE INTO recent VALUES (?, ?, ?)", [_row(uri, entry) for uri, entry in entries]
            )

    @contextlib.contextmanager
    def _ours(self) -> Iterator[None]:
        """A transaction of the copy's owner."""
        with self._db:  # commits, or rolls back on an error
            self._db.execute("BEGIN IMMEDIATE")
            (token,) = self._db.execute("SELECT token FROM claim").fetchone()
            if token != self._token:
                raise StoreMovedOn(f"{self._path.name}: another process claimed it; this one was fenced")
            yield

    def embargoed(self, before: datetime) -> list[tuple[str, Entry]]:
        """Stories whose embargo ended before a moment, the longest waiting first."""
        rows = self._db.execute(
            "SELECT uri, value, release_at FROM recent WHERE release_at <= ?1 UNION ALL "
            "SELECT uri, value, release_at FROM entry WHERE release_at <= ?1 "
            "AND uri NOT IN (SELECT uri FROM recent) ORDER BY release_at",
            (before.timestamp(),),
        )
        return [(uri, Entry.decode(value)) for uri, value, _ in rows]

    def clear(self) -> None:
        """Forget everything: the topic is not the one that this copy was made of."""
        with self._ours():
            for table in ("entry", "recent"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own two names
            self._db.execute("UPDATE claim SET checkpoint = 0")

    def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._db.close()


@cache
def _look_up(count: int) -> str:
    """What this lane has committed comes last and counts."""
    places = ",".join("?" * count)
    return " UNION ALL ".join(
        f"SELECT uri, value FROM {table} WHERE uri IN ({places})"  # noqa: S608 - our own two names
        for table in ("entry", "recent")
    )


def _row(uri: str, entry: Entry) -> tuple[str, bytes, float | None]:
    return uri, entry.encode(), entry.release_at.timestamp() if entry.release_at else None
