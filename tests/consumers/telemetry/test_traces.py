"""Spans of batches, as a collector gets them."""

from __future__ import annotations

import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from aiokafka import TopicPartition
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from config.settings import Settings
from consumers.lanes.accounts import Accounts
from consumers.lanes.triage import Item, Outcome
from consumers.telemetry import traces
from consumers.telemetry.metrics import Metrics
from consumers.telemetry.spans import Spans
from consumers.telemetry.traces import NoTraces
from processors.records import Article

RAW = TopicPartition("news.raw", 3)
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
STORY = "Hujan deras mengguyur kota"


def item(offset, *, traceparent=None, outcome=Outcome.ENRICHED):
    headers = [("traceparent", traceparent.encode())] if traceparent else []
    record = SimpleNamespace(offset=offset, headers=headers, timestamp=time.time() * 1000)
    return Item(record, Article(uri=f"urn:{offset}", title=STORY, body=STORY), outcome=outcome)


@pytest.fixture
def exporter():
    return InMemorySpanExporter()


@pytest.fixture
def spans(exporter):
    made = Spans(Settings(group="night", instance_id="w1"), SimpleSpanProcessor(exporter))
    yield made
    made.stop()


def test_a_batch_is_one_span_with_a_link_to_each_story_that_came_with_a_trace(spans, exporter):
    first = item(7, traceparent=f"00-{TRACE}-{SPAN}-01")
    Accounts(Metrics(), RAW, spans).items([first, item(8), item(9, outcome=Outcome.KILLED)])
    (span,) = exporter.get_finished_spans()
    assert (span.name, span.parent) == ("process news.raw", None)
    (link,) = span.links
    assert f"{link.context.trace_id:032x}-{link.context.span_id:016x}" == f"{TRACE}-{SPAN}"
    assert link.context.trace_flags.sampled
    assert dict(link.attributes) == {
        "messaging.kafka.offset": 7,
        "kawat.uri": "urn:7",
        "kawat.outcome": "enriched",
    }
    told = dict(span.attributes)
    assert told["messaging.destination.partition.id"] == "3"
    assert told["messaging.consumer.group.name"] == "night"
    assert told["messaging.batch.message_count"] == 3
    assert (told["kawat.first_offset"], told["kawat.last_offset"]) == (7, 9)
    assert (told["kawat.enriched"], told["kawat.killed"]) == (2, 1)
    assert span.resource.attributes["service.name"] == "kawat"
    assert span.resource.attributes["service.instance.id"] == "w1"
    assert STORY not in span.to_json()


def test_the_span_begins_when_its_first_story_was_read(spans, exporter):
    before = time.time_ns()
    early, late = item(1), item(2)
    early.read_ns = before - 3_000_000_000
    spans.batch(RAW, [late, early])
    (span,) = exporter.get_finished_spans()
    assert span.start_time == early.read_ns
    assert span.end_time >= before


@pytest.mark.parametrize(
    "traceparent",
    ["", "garbage", f"00-{'0' * 32}-{SPAN}-01", f"00-{TRACE}-{'0' * 16}-01", f"00-{TRACE.upper()}-{SPAN}-01"],
)
def test_a_header_that_is_no_trace_is_no_link(spans, exporter, traceparent):
    spans.batch(RAW, [item(1, traceparent=traceparent)])
    assert exporter.get_finished_spans()[0].links == ()


def test_an_empty_batch_is_no_span(spans, exporter):
    Accounts(Metrics(), RAW, spans).items([])
    assert exporter.get_finished_spans() == ()


def test_many_stories_keep_their_links(spans, exporter):
    spans.batch(RAW, [item(n, traceparent=f"00-{n + 1:032x}-{SPAN}-01") for n in range(500)])
    assert len(exporter.get_finished_spans()[0].links) == 500


def test_without_a_collector_there_are_no_traces():
    assert traces.opened(Settings()) is None


def test_without_the_extra_what_installs_it_is_told(monkeypatch):
    monkeypatch.delitem(sys.modules, "consumers.telemetry.spans")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(NoTraces, match=r"pip install 'kawat\[otel\]'"):
        traces.opened(Settings(otlp_endpoint="http://127.0.0.1:4318"))


def test_a_collector_gets_the_spans():
    got = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, ExportTraceServiceRequest.FromString(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        made = traces.opened(Settings(otlp_endpoint=f"http://127.0.0.1:{server.server_port}/"))
        made.batch(RAW, [item(7, traceparent=f"00-{TRACE}-{SPAN}-01")])
        made.stop()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    ((path, request),) = got
    (span,) = request.resource_spans[0].scope_spans[0].spans
    assert path == "/v1/traces"
    assert span.name == "process news.raw"
    assert span.links[0].trace_id.hex() == TRACE
