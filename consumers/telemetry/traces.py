"""Traces for those who follow a story across services: one span a batch, linked to the trace of each story in it.

A story's own trace goes on as it came (`traceparent` is passed through): a batch belongs to many, so its span is
linked to them and a child of none. Spans hold uris, offsets and outcomes, never text of a story.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from aiokafka import TopicPartition

from config.settings import Settings
from consumers.lanes.triage import Item


class NoTraces(Exception):
    """Traces are wanted, but what sends them isn't installed; the message says how to."""


class Traces(Protocol):
    """Makes spans of batches and sends them, without making the batches wait."""

    def batch(self, partition: TopicPartition, items: Sequence[Item]) -> None:
        """Items of a partition were committed, just now: a span from when the first was read until now."""

    def stop(self) -> None:
        """Send what there is, for a while. Blocks."""


def opened(settings: Settings) -> Traces | None:
    """What makes and sends spans; None if the settings name no collector.

    Raises:
        NoTraces: OpenTelemetry isn't installed.
    """
    if settings.otlp_endpoint is None:
        return None
    try:
        from consumers.telemetry.spans import Spans, to_collector  # noqa: PLC0415 - an extra, and not small
    except ModuleNotFoundError:
        raise NoTraces(
            "otlp_endpoint is set, but OpenTelemetry is not installed: pip install 'kawat[otel]'"
        ) from None
    return Spans(settings, to_collector(settings.otlp_endpoint))
