"""Brokers; and of one role: topics, rights, the group, the clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from aiokafka.errors import IncompatibleBrokerVersion, KafkaError

from config.settings import Settings
from consumers.doctor.clock import skew
from consumers.doctor.finding import Finding, fail, ok, unknown, warn
from consumers.kafka import admin, allowed, rights
from consumers.kafka.connection import NoWayIn
from consumers.kafka.reach import Reached, reach
from consumers.kafka.rights import Role
from consumers.repair.backlog import backlog

CERTIFICATE_ENDS_SOON = timedelta(days=14)
CLOCK_S = 1.0  # latencies and embargoes are told by clocks that should agree better than this
_MANY = 1_000  # records that wait


async def look(settings: Settings, role: Role = "worker") -> AsyncIterator[Finding]:
    """Everything about Kafka that a role needs, from the outside in; what can't be looked at for want of a broker is left out."""
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
            async for finding in look_at(settings, role):
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


async def _topics(settings: Settings, role: Role) -> AsyncIterator[Finding]:
    for state in await admin.describe(settings, rights.topics(settings, role)):
        if not state.exists:
            told = f"{state.name} is not there, or may not be seen"
            yield fail("topic", told, "`kawat topics create` creates it")
        for drift in state.drift:
            told = f"{state.name}: {drift.what} is {drift.found}, wanted {drift.wanted}"
            yield (fail if drift.breaks else warn)("topic", told, drift.advice)
        if state.exists and not state.drift:
            copies = f"{state.partitions} partitions, {state.replication} copies"
            yield ok(
                "topic", f"{state.name}: {copies}" + ("" if state.config else ", configuration not told")
            )


async def _rights(settings: Settings, role: Role) -> AsyncIterator[Finding]:
    wanted = rights.ROLES[role](settings)
    lacking = await allowed.missing(settings, wanted)
    if lacking is None:
        yield unknown("rights", "the broker does not tell what we may do")
        return
    for right in lacking:
        yield (fail if right.needed else warn)("rights", f"missing: {right}", right.command(settings))
    if not lacking:
        yield ok("rights", f"all {len(wanted)} that the role {role} needs, as far as the broker tells")


async def _group(settings: Settings, role: Role) -> AsyncIterator[Finding]:
    for name in (right.name for right in rights.ROLES[role](settings) if right.kind == "group"):
        workers = name == settings.group
        async with admin.connected(settings) as client:
            (answer,) = await client.describe_consumer_groups([name])
        code, _, state, _, _, members, *_ = answer.groups[0]
        if code:
            yield unknown("group", f"{name}: error {code}", "see docs/security.md for the rights")
            continue
        told = f"{name}: {len(members)} members, {state or 'no state'}"
        waiting = await backlog(settings) if workers else None
        if waiting:
            told += f", at most {waiting.records} records wait"
        if not members:
            start = (
                "no worker runs: start one with `kawat run`" if workers else "start one with `kawat insights`"
            )
            yield warn("group", told, start)
        elif state != "Stable":
            yield warn("group", told, "it rebalances; if that goes on, look for members that come and go")
        elif waiting and waiting.records > _MANY:
            yield warn("group", told, "`kawat top` shows whether the workers come after")
        else:
            yield ok("group", told)
        if members and waiting and not waiting.begun:
            yield warn("group", "nothing was ever committed", "is anything in news.raw? `kawat tap raw`")


async def _clock(settings: Settings, role: Role) -> AsyncIterator[Finding]:
    if not any(right.kind == "transactional-id" for right in rights.ROLES[role](settings)):
        return  # it takes a transaction to learn a broker's time
    try:
        found = await skew(settings)
    except (IncompatibleBrokerVersion, NotImplementedError):  # the latter: no version of a request in common
        yield unknown("clock", "the broker does not tell its time")
        return
    except KafkaError as error:
        if not allowed.denied(error):
            raise
        yield unknown("clock", "no right to begin a transaction", "see the rights above")
        return
    told = f"a broker's is {abs(found.seconds):.2f} s {'ahead of' if found.seconds > 0 else 'behind'} ours"
    if abs(found.seconds) - found.within > CLOCK_S:
        yield warn("clock", told, "let all machines keep time by the same servers (NTP)")
    else:
        yield ok("clock", told)
