"""Where the ledger's local copies live."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from config.settings import Settings


@contextlib.contextmanager
def state_dir(settings: Settings) -> Iterator[Path]:
    """A folder of this worker's own: kept for a static member with a `state_dir`, else gone with the worker.

    Raises:
        OSError: it can't be made.
    """
    if settings.state_dir and settings.instance_id:
        kept = settings.state_dir / settings.instance_id
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
    else:
        if settings.state_dir:
            settings.state_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="kawat-", dir=settings.state_dir) as temporary:
            yield Path(temporary)
