"""A worker that can't start says why, on a real Apache Kafka."""

from __future__ import annotations

import pytest

from consumers.worker import Worker, WorkerFailed
from tests.broker.worker.acts import CHAIN


async def test_a_missing_topic_is_an_error_that_names_the_cure(settings):
    other = settings.model_copy(update={"topic_prefix": settings.topic_prefix + "none."})
    with pytest.raises(WorkerFailed, match="kawat topics create"):
        await Worker(other, chain=CHAIN).run()


async def test_a_broker_that_does_not_answer_is_an_error_that_names_the_setting(settings):
    other = settings.model_copy(update={"bootstrap_servers": "127.0.0.1:1"})
    with pytest.raises(WorkerFailed, match="bootstrap_servers"):
        await Worker(other, chain=CHAIN, startup_timeout_s=0.5).run()


async def test_a_chain_that_can_not_be_loaded_ends_the_worker_with_the_reason(settings):
    with pytest.raises(WorkerFailed, match="gated"):
        await Worker(settings, chain="tests.broker.gated:Missing").run()
