"""A group's offset is never made up."""

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import GroupAuthorizationFailedError, GroupCoordinatorNotAvailableError
from aiokafka.structs import OffsetAndMetadata

from consumers.committed import committed

PARTITION = TopicPartition("news.raw", 3)


class Coordinator:
    """Gives one answer after the other: offsets, nothing at all (the group's own error), or an exception."""

    def __init__(self, *answers):
        self.answers = list(answers)

    async def list_consumer_group_offsets(self, group, partitions):
        assert (group, partitions) == ("kawat", [PARTITION])
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return {} if answer is None else {PARTITION: OffsetAndMetadata(answer, "")}


@pytest.mark.parametrize(("answer", "offset"), [(0, 0), (1673, 1673), (-1, None)])
async def test_an_answer_is_taken_as_it_is(answer, offset):
    assert await committed(Coordinator(answer), "kawat", PARTITION) == offset


async def test_a_coordinator_that_loads_is_asked_again_and_not_taken_for_an_empty_group():
    loading = Coordinator(None, GroupCoordinatorNotAvailableError(), None, 1673)
    assert await committed(loading, "kawat", PARTITION) == 1673
    assert loading.answers == []


async def test_an_error_that_asking_again_does_not_cure_is_raised():
    with pytest.raises(GroupAuthorizationFailedError):
        await committed(Coordinator(GroupAuthorizationFailedError("kawat")), "kawat", PARTITION)
