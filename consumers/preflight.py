"""Before a worker joins its group: may it do what it must, and are the topics as it needs them?"""

from __future__ import annotations

import structlog

from config.settings import Settings
from consumers.kafka import admin, allowed, rights
from consumers.kafka.rights import Role

log = structlog.get_logger("kawat.worker")


class Unfit(Exception):
    """It could not work; the message says why and what to do."""


async def check(settings: Settings) -> None:
    """Returns if a worker can work; what is not as it should be but does no harm is logged.

    Raises:
        Unfit: a right is missing, or a topic, or one is set up in a way that breaks Kawat.
        KafkaError, OSError: the broker failed.
    """
    await check_rights(settings, "worker")
    await _check_topics(settings)


async def check_rights(settings: Settings, role: Role) -> None:
    """Returns if a role of `rights.ROLES` may do all that it needs to, as far as the broker tells.

    Raises:
        Unfit: naming each right that is missing, and what grants it.
        KafkaError, OSError: the broker failed.
    """
    lacking = await allowed.missing(settings, rights.ROLES[role](settings)) or []
    for right in lacking:
        if not right.needed:
            log.warning("a right is missing", right=str(right), grant=right.command(settings))
    if needed := [right for right in lacking if right.needed]:
        user = settings.sasl_username or "this client"
        told = [f"{right}\n    {right.command(settings)}" for right in needed]
        raise Unfit(
            "\n".join([f"{user} may not do what the role {role} must; missing on the broker:", *told])
        )


async def _check_topics(settings: Settings) -> None:
    states = await admin.describe(settings, rights.topics(settings, "worker"))
    if missing := [state.name for state in states if not state.exists]:
        raise Unfit(f"missing topics: {', '.join(missing)}; `kawat topics create` creates them")
    for state in states:
        for drift in state.drift:
            found = f"{state.name}: {drift.what} is {drift.found}, not {drift.wanted}: {drift.advice}"
            if drift.breaks:
                raise Unfit(found)
            log.warning("topic differs", drift=found)
