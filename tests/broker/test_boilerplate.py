"""Proposals of boilerplate from a real Apache Kafka, by a process that is killed."""

from __future__ import annotations

import asyncio
import signal

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from bench.wire import read_all
from config.topics import ARTICLES, BOILERPLATE
from processors.records import ArticleRecord, Enrichment, Model, State

CALL = "Gulir untuk lanjut ke iklan"
TOLD = [
    "Nelayan Sukaraya pulang sebelum ombak meninggi.",
    "Bendungan Kalimulya dikuras sepekan penuh.",
    "Pasar malam Watu Putih kembali ramai pengunjung.",
    "Harga bawang merah turun tajam menjelang panen.",
    "Kereta wisata lama dipugar oleh bengkel kecil.",
    "Sekolah pesisir menerima murid pindahan baru.",
]


def article(number, text, state=State.USABLE):
    uri = f"urn:desa:{number}"
    enrichment = Enrichment(
        uri=uri,
        version="1",
        state=state,
        source="desa.example",
        language="id",
        model=Model(name="m", version="1"),
        text=text,
    )
    return ArticleRecord(article={"uri": uri}, enrichment=enrichment)


@pytest.fixture
async def feed(settings):
    """Writes enriched stories in one transaction, to the partitions of their numbers."""
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers, transactional_id=f"{settings.group}-feed"
    )
    await producer.start()

    async def send(*records):
        async with producer.transaction():
            for each in records:
                uri = each.enrichment.uri
                await producer.send_and_wait(
                    settings.topic(ARTICLES.name),
                    orjson.dumps(each),
                    key=uri.encode(),
                    partition=int(uri.rpartition(":")[2]) % settings.partitions,
                )

    yield send
    await producer.stop()


async def until(settings, wanted):
    """Waits until the newest record of each proposal is as `wanted` has it: value, state."""
    async with asyncio.timeout(60):
        while True:
            records = await read_all(settings.bootstrap_servers, settings.topic(BOILERPLATE.name))
            newest = {each.key: orjson.loads(each.value) for each in records}
            if [(one["value"], one["state"]) for one in newest.values()] == wanted:
                return
            await asyncio.sleep(0.2)


async def test_a_line_that_recurs_is_proposed_and_ended_whoever_is_killed_between(feed, started, settings):
    first = await started()
    await feed(*(article(number, f"{line}\n{CALL}") for number, line in enumerate(TOLD)))
    await until(settings, [(CALL, "open")])
    first.send_signal(signal.SIGKILL)
    await first.wait()
    await feed(*(article(number, "", State.CANCELED) for number in range(5)))
    await started()
    await until(settings, [(CALL, "ended")])
