"""Brokers, topics, rights, the group, the clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from aiokafka.errors import IncompatibleBrokerVersion, KafkaError

from config.settings import Settings
from consumers.doctor.clock import skew
from consumers.doctor.finding import Finding, fail, ok, unknown, warn
from consumers.kafka import admin, rights
from consumers.kafka.connection import NoWayIn
from consumers.kafka.reach import Reached, reach
from consumers.preflight import WORKED_WITH
from consumers.repair.backlog import backlog

CERTIFICATE_ENDS_SOON = timedelta(days=14)
CLOCK_S = 1.0  # latencies and embargoes are told by clocks that should agree better than this
_MANY = 1_000  # records that wait


async def look(settings: Settings) -> AsyncIterator[Finding]:
    """Everything about Kafka, from the outside in; what can't be looked at for want of a broker is left out."""
    try:
        reached = await reach(settings)
    except NoWayIn as error:
        yield fail("way in", str(error), "mend the file, or the setting that names it")
        return
    for one in reached:
        yield _met(settings, one)
    if not any(one.problem is None for one in reached):
        yield unknown("topics, rights, group, clock", "no broker to ask")
        return
    for look_at in (_topics, _rights, _group, _clock):
        try:
            async for finding in look_at(settings):
                yield finding
        except (KafkaError, OSError, TimeoutError, admin.OperatorError) as error:
            told = f"{type(error).__name__}: {error}"
            yield unknown(look_at.__name__.lstrip("_"), told, "try again; is a broker just starting?")


def _met(settings: Settings, one: Reached) -> Finding:
    if one.problem:
        return fail(one.step, f"{one.address}: {one.problem}", one.advice)
    told = [f"{one.address} answers"]
    if settings.security_protocol.startswith("SASL_"):
        told.append(f"lets {settings.sasl_username or 'the token'} in by {settings.sasl_mechanism}")
    if one.certificate_ends:
        told.append(f"certificate until {one.certificate_ends:%Y-%m-%d}")
        if one.certificate_ends - datetime.now(UTC) < CERTIFICATE_ENDS_SOON:
            return warn("broker", ", ".join(told), "renew the broker's certificate")
    return ok("broker", ", ".join(told))


async def _topics(settings: Settings) -> AsyncIterator[Finding]:
    worked_with = {settings.topic(topic.name) for topic in WORKED_WITH}
    for state in await admin.describe(settings):
        if not state.exists:
            told, cure = f"{state.name} is not there, or may not be seen", "`kawat topics create` creates it"
            if state.name in worked_with:
                yield fail("topic", told, cure)
            else:
                yield warn("topic", told, f"{cure}; only `kawat insights` needs it")
        for drift in state.drift:
            told = f"{state.name}: {drift.what} is {drift.found}, wanted {drift.wanted}"
            yield (fail if drift.breaks else warn)("topic", told, drift.advice)
        if state.exists and not state.drift:
            copies = f"{state.partitions} partitions, {state.replication} copies"
            yield ok(
                "topic", f"{state.name}: {copies}" + ("" if state.config else ", configuration not told")
            )


async def _rights(settings: Settings) -> AsyncIterator[Finding]:
    wanted = rights.worker(settings)
    lacking = await rights.missing(settings, wanted)
    if lacking is None:
        yield unknown("rights", "the broker does not tell what we may do")
        return
    for right in lacking:
        yield (fail if right.needed else warn)("rights", f"missing: {right}", right.command(settings))
    if not lacking:
        yield ok("rights", f"all {len(wanted)} that a worker needs, as far as the broker tells")


async def _group(settings: Settings) -> AsyncIterator[Finding]:
    async with admin.connected(settings) as client:
        (answer,) = await client.describe_consumer_groups([settings.group])
        code, _, state, _, _, members, *_ = answer.groups[0]
        if code:
            yield unknown("group", f"{settings.group}: error {code}", "see docs/security.md for the rights")
            return
    waiting = await backlog(settings)
    told = f"{settings.group}: {len(members)} members, {state or 'no state'}, at most {waiting.records} records wait"
    if not members:
        yield warn("group", told, "no worker runs: start one with `kawat run`")
    elif state != "Stable":
        yield warn("group", told, "it rebalances; if that goes on, look for workers that come and go")
    elif waiting.records > _MANY:
        yield warn("group", told, "`kawat top` shows whether the workers come after")
    else:
        yield ok("group", told)
    if members and not waiting.begun:
        yield warn("group", "nothing was ever committed", "is anything in news.raw? `kawat tap raw`")


async def _clock(settings: Settings) -> AsyncIterator[Finding]:
    try:
        found = await skew(settings)
    except (IncompatibleBrokerVersion, NotImplementedError):  # the latter: no version of a request in common
        yield unknown("clock", "the broker does not tell its time")
        return
    except KafkaError as error:
        if not rights.denied(error):
            raise
        yield unknown("clock", "no right to begin a transaction", "see the rights above")
        return
    told = f"a broker's is {abs(found.seconds):.2f} s {'ahead of' if found.seconds > 0 else 'behind'} ours"
    if abs(found.seconds) - found.within > CLOCK_S:
        yield warn("clock", told, "let all machines keep time by the same servers (NTP)")
    else:
        yield ok("clock", told)
