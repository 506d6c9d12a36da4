"""Logs: one line an event to stderr, for people or as JSON.

Callers bind what they know (`trace`, `uri`, `topic`, `partition`, `offset`) with `structlog.contextvars` or
`logger.bind`. Text of a story is never logged; so tracebacks are shown without the values of local variables,
which would hold it.
"""

from __future__ import annotations

import logging
import sys
import time
from typing import TextIO

import structlog
from structlog.typing import Processor

from config.settings import Settings

QUIET_S = 10.0

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "off": 60}


def configure(settings: Settings, *, libraries: str = "warning", stream: TextIO | None = None) -> None:
    """Set up structlog and the standard library's logging, once a process; a second call replaces the first.

    Args:
        settings: `log_format` and `log_level`.
        libraries: the level from which records of libraries (aiokafka, faust, ...) come through: a key of
            `LEVELS`; "off" for a command that reports their errors itself.
        stream: where lines go; None: stderr.
    """
    out = sys.stderr if stream is None else stream
    enrich: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    render = _render(settings.log_format, colors=out.isatty())
    structlog.configure(
        processors=[*enrich, *render],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[settings.log_level]),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,  # loggers made at import must follow a later `configure`
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*enrich, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
        )
    )
    handler.addFilter(_Repeats())
    logging.basicConfig(handlers=[handler], level=LEVELS[libraries], force=True)


def _render(log_format: str, *, colors: bool) -> list[Processor]:
    if log_format == "console":
        plain = structlog.dev.plain_traceback  # the default shows locals
        return [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain)]
    tracebacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return [
        structlog.processors.ExceptionRenderer(tracebacks),
        structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False),
    ]


class _Repeats(logging.Filter):
    """Lets a library say the same thing once in a while: when a broker is gone, aiokafka says so in a loop."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        place, now = (record.pathname, record.lineno), time.monotonic()
        if now - self._said.get(place, -QUIET_S) < QUIET_S:
            return False
        self._said[place] = now
        return True
