"""The doctor on a broker that does not let everybody in."""

from __future__ import annotations

from config.settings import Settings
from consumers.doctor import brokers
from consumers.doctor.clock import skew
from consumers.doctor.finding import Status
from consumers.kafka import rights


async def findings(settings):
    return [finding async for finding in brokers.look(settings)]


async def test_the_doctor_finds_nothing_wrong_with_exactly_the_rights_of_a_worker(granted):
    settings = await granted("worker")
    found = await findings(settings)
    assert [f.found for f in found if f.status in (Status.FAIL, Status.UNKNOWN)] == []
    by_check = {f.check: f for f in found}
    assert "lets user" in by_check["broker"].found
    assert "certificate until" in by_check["broker"].found
    assert (by_check["rights"].status, by_check["clock"].status) == (Status.OK, Status.OK)


async def test_the_doctor_names_each_missing_right_with_what_grants_it(user):
    settings = user()
    found = [f for f in await findings(settings) if f.check == "rights"]
    assert {f.advice for f in found} == {right.command(settings) for right in rights.worker(settings)}
    assert {f.status for f in found} == {Status.FAIL, Status.WARN}


async def test_the_clock_of_a_broker_on_this_machine_is_ours_and_asking_leaves_nothing_behind(broker, ways):
    settings = Settings(**ways["scram-512"] | {"sasl_username": "kawat"}, group="asked")
    owner = settings.model_copy(
        update={"bootstrap_servers": broker.kafka.bootstrap, "security_protocol": "PLAINTEXT"}
    )
    for _ in range(3):  # a transaction that was left open would be in the way
        found = await skew(owner)
        assert abs(found.seconds) <= found.within + 0.1
