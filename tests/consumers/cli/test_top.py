from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from prometheus_client import generate_latest

from consumers.telemetry.metrics import Metrics


@pytest.fixture
def worker():
    """Metrics of a worker on a port, and its address; it enriches ten stories between two looks."""
    metrics = Metrics()
    metrics.ready.set(1)
    metrics.pool_size.set(2)
    metrics.pool_alive.set(2)
    metrics.dead_letters.labels("timeout", "pool").inc(3)
    metrics.lag.labels("4").set(17)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            metrics.outcomes.labels("enriched").inc(10)
            for _ in range(10):
                metrics.latency.observe(0.2)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(generate_latest(metrics.registry))

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def once(kawat, *arguments):
    return kawat("top", "--once", "--interval", "0.1", *arguments)


def test_once_tells_what_was_between_two_looks_as_json(kawat, worker):
    result = once(kawat, worker, "--json")
    assert result.exit_code == 0
    (line,) = map(json.loads, result.stdout.splitlines())
    total = line["total"]
    assert total["outcomes"]["enriched"] == 20
    assert total["stories"] == pytest.approx(10 / total["window_s"])
    assert (total["waiting"], total["lag"]) == (17, {"4": 17})
    assert total["dead_letters"] == {"timeout": 3}
    assert 0.1 <= total["latency"]["p95"] <= 0.25
    assert line["each"].keys() == {worker}


def test_people_see_the_same(kawat, worker):
    told = once(kawat, worker).stdout
    for word in ("1 of 1 ready", "17 waiting", "enriched", "timeout", "2 of 2", "p95", "rebalances"):
        assert word in told


def test_one_of_several_that_does_not_answer_is_named(kawat, worker):
    told = once(kawat, worker, "127.0.0.1:1")
    assert told.exit_code == 0
    assert "1 of 2 ready" in told.stdout
    (line,) = [line for line in told.stdout.splitlines() if "127.0.0.1:1 " in line]
    assert "no answer" in line


def test_without_addresses_the_worker_of_the_settings_is_asked(kawat, worker):
    result = once(
        kawat, "--json", "--set", f"http_port={worker.rpartition(':')[2]}", "--set", "http_host=0.0.0.0"
    )
    assert json.loads(result.stdout)["total"]["workers"] == 1


def test_nobody_there_is_told_with_what_to_do(kawat):
    result = once(kawat, "127.0.0.1:1", "--json")
    assert result.exit_code == 1
    assert "no worker answers at 127.0.0.1:1" in result.stderr
    assert len(result.stderr.splitlines()) == 1
