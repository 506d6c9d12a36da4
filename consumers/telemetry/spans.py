"""Spans for `consumers.telemetry.traces`, by OpenTelemetry: an extra, imported only where traces are wanted."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from aiokafka import TopicPartition
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanContext, SpanKind, TraceFlags

from config.settings import Settings
from consumers.lanes.events import trace_context
from consumers.lanes.triage import Item

_MOST_LINKS = 1_024
_STOP_MS = 3_000


class Spans:
    """Makes spans of batches, and hands them to whoever sends them."""

    def __init__(self, settings: Settings, processor: SpanProcessor) -> None:
        """`processor` takes the spans that have ended, without making us wait."""
        known = {"service.name": "kawat", "service.instance.id": settings.instance_id}
        self._provider = TracerProvider(
            resource=Resource.create({name: value for name, value in known.items() if value}),
            span_limits=SpanLimits(max_links=_MOST_LINKS),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("kawat")
        self._group = settings.group

    def batch(self, partition: TopicPartition, items: Sequence[Item]) -> None:
        """Items of a partition were committed, just now: a span from when the first was read until now."""
        span = self._tracer.start_span(
            f"process {partition.topic}",
            kind=SpanKind.CONSUMER,
            links=[link for item in items if (link := _link(item))],
            start_time=min(item.read_ns for item in items),
            attributes={
                "messaging.system": "kafka",
                "messaging.operation.type": "process",
                "messaging.destination.name": partition.topic,
                "messaging.destination.partition.id": str(partition.partition),
                "messaging.consumer.group.name": self._group,
                "messaging.batch.message_count": len({item.record.offset for item in items}),
                "kawat.first_offset": min(item.record.offset for item in items),
                "kawat.last_offset": max(item.record.offset for item in items),
                **{f"kawat.{name}": count for name, count in _outcomes(items).items()},
            },
        )
        span.end(time.time_ns())

    def stop(self) -> None:
        """Send what there is, for a while. Blocks."""
        self._provider.force_flush(_STOP_MS)
        self._provider.shutdown()


def _outcomes(items: Sequence[Item]) -> Counter[str]:
    return Counter(item.outcome.value for item in items if item.outcome)


def _link(item: Item) -> Link | None:
    """To the trace that a story came with; None if it came with none."""
    context = trace_context(item.record.headers)
    if context is None:
        return None
    trace, span, flags = (int(part, 16) for part in context)
    known = {
        "messaging.kafka.offset": item.record.offset,
        "kawat.uri": item.article.uri if item.article else None,
        "kawat.outcome": item.outcome.value if item.outcome else None,
    }
    return Link(
        SpanContext(trace, span, is_remote=True, trace_flags=TraceFlags(flags)),
        {name: value for name, value in known.items() if value is not None},
    )


def to_collector(endpoint: str) -> SpanProcessor:
    """Sends spans in the background to a collector (OTLP over HTTP), whose address is `endpoint`."""
    return BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces"))
