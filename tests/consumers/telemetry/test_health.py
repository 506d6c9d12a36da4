"""One port tells machines and people whether the worker lives, works, and how much."""

import aiohttp
import pytest
from prometheus_client import CollectorRegistry, Counter

from consumers.telemetry.health import HttpServer


@pytest.fixture
async def server():
    registry = CollectorRegistry()
    Counter("kawat_test", "Something counted", registry=registry).inc(3)
    problems = []
    server = HttpServer(host="127.0.0.1", port=0, registry=registry, alive=list, ready=lambda: list(problems))
    server.problems = problems
    await server.start()
    yield server
    await server.stop()


async def get(server, path):
    async with aiohttp.ClientSession() as session, session.get(f"http://{server.address}{path}") as answer:
        return answer.status, await answer.text(), answer.headers["Content-Type"]


async def test_metrics_are_served_as_prometheus_reads_them(server):
    status, text, content_type = await get(server, "/metrics")
    assert status == 200
    assert "kawat_test_total 3.0" in text
    assert content_type.startswith("text/plain; version=")


async def test_what_is_well_is_ok_and_what_is_not_says_why(server):
    assert (await get(server, "/readyz"))[:2] == (200, "ok\n")
    server.problems.append("no assignment from the group yet")
    assert (await get(server, "/readyz"))[:2] == (503, "no assignment from the group yet\n")
    assert (await get(server, "/healthz"))[:2] == (200, "ok\n")


async def test_a_port_that_is_taken_is_an_error_at_start(server):
    host, port = server.address.split(":")
    other = HttpServer(host=host, port=int(port), registry=CollectorRegistry(), alive=list, ready=list)
    with pytest.raises(OSError, match="in use"):
        await other.start()
    await other.stop()
