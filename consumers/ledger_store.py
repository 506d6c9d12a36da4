"""The local copy of one partition of the ledger: on disk, so that memory stays flat however many stories there are.

SQLite holds, in one transaction each time, the entries and the checkpoint: the offset in `news.ledger` up to which
they are known. A lane restores from the checkpoint to the end of the partition, and applies its own entries only
after their Kafka transaction is committed: the copy may lag behind the topic, but never runs ahead of it.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from consumers.ledger import Entry

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (uri TEXT PRIMARY KEY, value BLOB NOT NULL, release_at REAL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS embargo ON entry (release_at) WHERE release_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS checkpoint (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL);
INSERT OR IGNORE INTO checkpoint VALUES (1, 0);
"""


class StoreMovedOn(Exception):
    """Somebody else advanced this copy: this process was frozen and is no longer the partition's owner."""


class LedgerStore:
    """Entries by story uri, and the checkpoint.

    Not for use by two threads at once. The file is made if it is missing, and made anew if it is damaged: the
    topic has it all.
    """

    def __init__(self, path: Path) -> None:
        """`path` is the SQLite file; its folder must exist."""
        self._path = path
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

    @property
    def checkpoint(self) -> int:
        """Offset in `news.ledger` of the first record that is not in this copy."""
        (position,) = self._db.execute("SELECT position FROM checkpoint").fetchone()
        return int(position)

    def get(self, uri: str) -> Entry | None:
        row = self._db.execute("SELECT value FROM entry WHERE uri = ?", (uri,)).fetchone()
        return None if row is None else Entry.decode(row[0])

    def apply(self, entries: Iterable[tuple[str, Entry | None]], *, checkpoint: int) -> None:
        """Take over entries in order (None: the story is forgotten) and advance the checkpoint, both or neither.

        Raises:
            StoreMovedOn: the checkpoint already stands beyond `checkpoint`.
        """
        with self._db:  # commits, or rolls back on an error
            self._db.execute("BEGIN IMMEDIATE")
            moved = self._db.execute(
                "UPDATE checkpoint SET position = ? WHERE position <= ?", (checkpoint, checkpoint)
            )
            if moved.rowcount == 0:
                raise StoreMovedOn(f"{self._path.name}: another process wrote here; this one was fenced")
            for uri, entry in entries:
                if entry is None:
                    self._db.execute("DELETE FROM entry WHERE uri = ?", (uri,))
                else:
                    due = entry.release_at.timestamp() if entry.release_at else None
                    self._db.execute(
                        "INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", (uri, entry.encode(), due)
                    )

    def embargoed(self, before: datetime) -> list[tuple[str, Entry]]:
        """Stories whose embargo ended before a moment, the longest waiting first."""
        rows = self._db.execute(
            "SELECT uri, value FROM entry WHERE release_at IS NOT NULL AND release_at <= ? ORDER BY release_at",
            (before.timestamp(),),
        )
        return [(uri, Entry.decode(value)) for uri, value in rows]

    def clear(self) -> None:
        """Forget everything: the topic is not the one that this copy was made of."""
        self._db.executescript("BEGIN; DELETE FROM entry; UPDATE checkpoint SET position = 0; COMMIT;")

    def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._db.close()
