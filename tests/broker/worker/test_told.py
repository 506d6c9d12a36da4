"""What a worker tells of itself, on a real Apache Kafka: metrics, health, traces."""

from __future__ import annotations

import asyncio

import aiohttp
from aiohttp import web

from tests.broker.worker.acts import settled, story, until, working


async def test_metrics_and_health_tell_what_happens(settings, feed):
    await feed(story("urn:a"))
    async with working(settings) as worker, aiohttp.ClientSession() as session:

        async def ready():
            async with session.get(f"http://{worker.http.address}/readyz") as answer:
                return answer.status == 200

        await until(ready)
        await settled(worker, 1)
        async with session.get(f"http://{worker.http.address}/healthz") as answer:
            assert (answer.status, await answer.text()) == (200, "ok\n")

        async def shown():
            async with session.get(f"http://{worker.http.address}/metrics") as answer:
                text = await answer.text()
            return text if 'kawat_lag_records{partition="0"} 0.0' in text else None

        text = await until(shown)
        assert 'kawat_story_outcomes_total{outcome="enriched"} 1.0' in text
        assert 'kawat_published_records_total{topic="news.articles"} 1.0' in text
        assert "kawat_assigned_partitions 3.0" in text
        await worker._close_lanes()
        async with session.get(f"http://{worker.http.address}/metrics") as answer:
            assert "kawat_lag_records{" not in await answer.text()


async def test_each_batch_is_told_to_a_collector_if_there_is_one(settings, feed):
    told = asyncio.Queue()

    async def take(request):
        told.put_nowait((request.path, await request.read()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/v1/traces", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    trace = "0af7651916cd43dd8448eb211c80319c"
    await feed(story("urn:a"), headers=[("traceparent", f"00-{trace}-b7ad6b7169203331-01".encode())])
    endpoint = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with working(settings.model_copy(update={"otlp_endpoint": endpoint})) as worker:
            await settled(worker, 1)
        path, body = told.get_nowait()  # all is sent by the end
    finally:
        await runner.cleanup()
    assert path == "/v1/traces"
    assert bytes.fromhex(trace) in body
