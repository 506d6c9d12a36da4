"""A group's offset is taken from an answer that knows what was just committed."""

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import GroupAuthorizationFailedError, GroupCoordinatorNotAvailableError
from aiokafka.structs import OffsetAndMetadata

from consumers.kafka.committed import committed

PARTITION = TopicPartition("news.raw", 3)
LEDGER = TopicPartition("news.ledger", 3)
MARK = 77


class Coordinator:
    """Gives one answer after the other: offsets of both partitions, nothing at all, or an exception."""

    def __init__(self, *answers):
        self.answers = list(answers)

    async def list_consumer_group_offsets(self, group, partitions):
        assert (group, partitions) == ("kawat", [PARTITION, LEDGER])
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return {part: OffsetAndMetadata(offset, "") for part, offset in answer.items()}


def offsets(raw, ledger=MARK):
    return {PARTITION: raw, LEDGER: ledger}


async def ask(*answers):
    coordinator = Coordinator(*answers)
    offset = await committed(coordinator, "kawat", PARTITION, mark=(LEDGER, MARK))
    assert coordinator.answers == []
    return offset


@pytest.mark.parametrize(("answer", "offset"), [(0, 0), (1673, 1673), (-1, None)])
async def test_an_answer_with_the_mark_is_taken_as_it_is(answer, offset):
    assert await ask(offsets(answer)) == offset


async def test_a_coordinator_that_loads_is_not_taken_for_a_group_that_committed_nothing():
    assert await ask({}, GroupCoordinatorNotAvailableError(), {}, offsets(1673)) == 1673


@pytest.mark.parametrize("stale", [offsets(862, 40), offsets(-1, -1), offsets(1532, 76)])
async def test_an_answer_from_before_the_mark_is_not_believed(stale):
    assert await ask(stale, stale, offsets(3830)) == 3830


async def test_an_error_that_asking_again_does_not_cure_is_raised():
    with pytest.raises(GroupAuthorizationFailedError):
        await ask(GroupAuthorizationFailedError("kawat"))
