"""A real Apache Kafka for the tests in this folder: `pytest -m broker tests/broker --kafka-version 3.9.2`."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from bench.apache_kafka import ApacheKafka
from bench.kafka_jars import VERSIONS
from bench.wire import COUNTABLE, create_topics
from config.settings import Settings, load
from config.topics import OUTPUTS

HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kafka-version", default=VERSIONS[0], help=f"Apache Kafka to start; tried: {VERSIONS}")


@pytest.hookimpl(tryfirst=True)  # before `-m` deselects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.broker)
            item.add_marker(pytest.mark.timeout(300))  # the first one may fetch the jars


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> Iterator[ApacheKafka]:
    """The session's broker. A test that stops it starts it again. Without Java or Maven this fails: a broker
    test was asked for, so it is no skip.
    """
    with ApacheKafka(request.config.getoption("--kafka-version")) as broker:
        yield broker


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., Settings]:
    """Makes settings of this test alone, on a broker: its own topics' names, which are not made, and its own group."""

    def own(bootstrap_servers: str, **more: object) -> Settings:
        name = f"t{uuid.uuid4().hex[:10]}"
        values = {
            "bootstrap_servers": bootstrap_servers,
            "topic_prefix": f"{name}.",
            "group": name,
            "session_timeout_ms": 3_000,
            "transaction_timeout_ms": 10_000,
            "pool_size": 1,
            "http_port": 0,
            "insights_http_port": 0,
            "live_http_port": 0,
            "state_dir": tmp_path / "state",
        }
        return load(overrides=values | more, environ={})[0]

    return own


@pytest.fixture
async def settings(kafka: ApacheKafka, own: Callable[..., Settings]) -> Settings:
    """Settings of this test alone; its topics are made, 3 partitions, nothing compacted away on the outputs."""
    made = own(kafka.bootstrap, partitions=3)
    await create_topics(made, {topic.name: COUNTABLE for topic in OUTPUTS})
    return made


Start = Callable[..., Awaitable[asyncio.subprocess.Process]]


@pytest.fixture
async def started(settings: Settings, tmp_path: Path) -> AsyncIterator[Start]:
    """Starts `kawat insights`, with further settings by name; gives its process."""
    processes = []
    keys = ("bootstrap_servers", "topic_prefix", "group", "session_timeout_ms")
    common = {key: getattr(settings, key) for key in keys} | {"insights_tick_s": 0.5, "insights_http_port": 0}

    async def start(**further: object) -> asyncio.subprocess.Process:
        options = [f"--set={key}={value}" for key, value in {**common, **further}.items()]
        with (tmp_path / "insights.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", "from consumers.cli import main; main()", "insights"),
                *options,
                stderr=log,
            )
        processes.append(process)
        return process

    yield start
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    print((tmp_path / "insights.log").read_text()[-8_000:])  # noqa: T201 - pytest shows it where a test fails
