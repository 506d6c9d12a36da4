"""How far we come with brokers; TLS and logins are tested on a real Apache Kafka (tests/broker/security)."""

from __future__ import annotations

import asyncio

import pytest

from config.settings import Settings
from consumers.kafka import reach
from consumers.kafka.reach import Reached, obstacle


async def test_a_broker_that_answers_names_its_cluster(broker):
    (found,) = await reach.reach(Settings(bootstrap_servers=broker.bootstrap))
    assert (found.step, found.problem, found.certificate_ends) == ("answer", None, None)
    assert str(found) == f"{broker.bootstrap} answers"


@pytest.mark.parametrize(
    ("address", "step"),
    [("kafka.invalid:9092", "dns"), ("127.0.0.1:1", "connect")],
)
async def test_where_it_ends_is_told(address, step):
    (found,) = await reach.reach(Settings(bootstrap_servers=address))
    assert (found.step, found.lasting) == (step, False)
    assert str(found).startswith(f"{address}: ")
    assert len(str(found).splitlines()) == 1


async def test_who_ends_connections_at_once_or_says_nothing_is_told(monkeypatch):
    monkeypatch.setattr(reach, "TIMEOUT_S", 0.5)

    async def hang_up(_, writer):
        writer.close()

    async def say_nothing(reader, writer):
        await reader.read()
        writer.close()

    for behave, told in ((hang_up, "ends the connection at once"), (say_nothing, "no answer to the first")):
        server = await asyncio.start_server(behave, "127.0.0.1", 0)
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        (found,) = await reach.reach(Settings(bootstrap_servers=address))
        server.close()
        assert told in found.problem


GOOD = Reached(address="a:1", step="answer")
DOWN = Reached(address="b:1", step="connect", problem="nothing listens there", advice="start it")
WRONG = Reached(address="c:1", step="login", problem="it refuses", advice="check", lasting=True)


@pytest.mark.parametrize(
    ("given", "named", "expected"),
    [
        ([GOOD], [], None),
        ([DOWN, GOOD], [], None),  # one address of the settings is enough
        ([DOWN, DOWN], [], DOWN),
        ([DOWN, WRONG], [], WRONG),  # what waiting won't cure comes first
        ([GOOD], [DOWN], DOWN),  # but who is named must be there
        ([DOWN, GOOD], [WRONG], WRONG),
    ],
)
async def test_what_is_in_the_way_is_what_clients_need(monkeypatch, given, named, expected):
    async def found(_):
        return [*given, *named]

    monkeypatch.setattr(reach, "reach", found)
    assert await obstacle(Settings(bootstrap_servers=",".join(one.address for one in given))) == expected
