"""Which events of a partition were fetched, in order, and which are done: nothing is passed over, whoever loses it.

Between the consumer and an agent Faust clears queues, skips events of a rebalance that is over, and books what it
never handed on as done. So the two ends speak to each other here: the consumer says what it fetched, the agent asks
before it does an event. Only the next one in line is done; where that is missing, the partition is read again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

Partition = tuple[str, int]
"""Topic and number; Faust's and aiokafka's own types are such tuples."""

PATIENCE_S = 5.0
"""For so long an event that was fetched may wait, while nothing of its topic is done, before it is fetched again."""
LONGEST_S = 60.0
"""And for so long while others are, before which it may stand in line. What comes twice does no harm, but takes time."""


class Line:
    """One partition, for as long as it is assigned.

    Attributes:
        position: offset before which everything is done; what the group commits.
        committed: offset that the group has committed, as far as we know.
        lost: what was fetched did not arrive: it must be read again from `position`.
        working: the next event is being done.
    """

    def __init__(self, position: int) -> None:
        self.position = position
        self.committed = position
        self.lost = True  # nobody knows where the fetching stands
        self.working = False
        self._waiting: deque[int] = deque()
        self._since: float | None = None  # when the first of them was seen waiting

    def sought(self) -> None:
        """The next thing that is fetched is what stands at `position` or after it."""
        self.lost = False
        self._waiting.clear()
        self._since = None

    def fetched(self, offsets: Iterable[int]) -> None:
        """These follow what was fetched before."""
        self._waiting.extend(offset for offset in offsets if offset >= self.position)

    def is_next(self, offset: int) -> bool:
        """Whether it is this event's turn. If not, it comes twice, or those before it were lost on the way."""
        if self._waiting and self._waiting[0] == offset:
            return True
        self.lost = self.lost or offset in self._waiting
        return False

    @contextmanager
    def doing(self, offset: int) -> Iterator[None]:
        """The event is done when the block ends, unless it fails."""
        self.working = True
        try:
            yield
        finally:
            self.working = False
        self.position = max(self.position, offset + 1)
        while self._waiting and self._waiting[0] < self.position:
            self._waiting.popleft()
        self._since = None

    def look(self, now: float, moved: float) -> None:
        """Gives up waiting for an event that should have been there long ago: maybe none follows to tell.

        Args:
            now: seconds, of any clock that does not go back.
            moved: when something of the topic was last seen to be done, by the same clock.
        """
        if not self._waiting or self.working:
            return
        self._since = now if self._since is None else self._since
        idle = now - max(self._since, moved)
        self.lost = self.lost or idle >= PATIENCE_S or now - self._since >= LONGEST_S


class Lines:
    """The lines of all partitions that are assigned. A partition without one is not ready: its records are nobody's."""

    def __init__(self) -> None:
        self._lines: dict[Partition, Line] = {}
        self._moved: dict[
            str, tuple[int, float]
        ] = {}  # by topic: the sum of positions, and since when it is that

    def __bool__(self) -> bool:
        return bool(self._lines)

    def begin(self, positions: Mapping[Partition, int]) -> None:
        """Partitions are to be read from these offsets on. Whoever still works on an older line counts no more."""
        for partition, position in positions.items():
            self._lines[partition] = Line(position)

    def end(self, partitions: Iterable[Partition]) -> None:
        """They are ours no longer."""
        for partition in partitions:
            self._lines.pop(partition, None)

    def keep(self, partitions: Collection[Partition]) -> None:
        """No others are ours."""
        self.end([partition for partition in self._lines if partition not in partitions])

    def lost(self, now: float) -> dict[Partition, int]:
        """What must be sought before more is fetched, and the offset to seek."""
        reached: dict[str, int] = {}
        for (topic, _), line in self._lines.items():
            reached[topic] = reached.get(topic, 0) + line.position
        for topic, position in reached.items():
            if self._moved.get(topic, (-1, now))[0] != position:
                self._moved[topic] = position, now
        for (topic, _), line in self._lines.items():
            line.look(now, self._moved[topic][1])
        return {partition: line.position for partition, line in self._lines.items() if line.lost}

    def sought(self, positions: Mapping[Partition, int]) -> None:
        """These were sought as `lost` said, with no fetch under way; one that has begun anew since then was not."""
        for partition, position in positions.items():
            line = self._lines.get(partition)
            if line is not None and line.position == position:
                line.sought()

    def fetched(self, records: Mapping[Partition, Sequence[int]]) -> set[Partition]:
        """Takes in the offsets that one fetch gave; the partitions whose records may be handed on."""
        ready = {partition for partition in records if partition in self._lines}
        ready = {partition for partition in ready if not self._lines[partition].lost}
        for partition in ready:
            self._lines[partition].fetched(records[partition])
        return ready

    def dropped(self, partitions: Iterable[Partition]) -> None:
        """Records of these were fetched, but not handed on."""
        for partition in partitions:
            if partition in self._lines:
                self._lines[partition].lost = True

    def next(self, partition: Partition, offset: int) -> Line | None:
        """The line, if it is this event's turn; an event that gives None is not to be done."""
        line = self._lines.get(partition)
        return line if line is not None and line.is_next(offset) else None

    def positions(self) -> dict[Partition, int]:
        """The offset of each partition before which everything is done."""
        return {partition: line.position for partition, line in self._lines.items()}

    def committable(self) -> dict[Partition, int]:
        """The offsets to commit: of partitions where more is done than is committed."""
        return {
            partition: line.position
            for partition, line in self._lines.items()
            if line.position > line.committed
        }

    def committed(self, offsets: Mapping[Partition, int]) -> None:
        """The broker has them."""
        for partition, offset in offsets.items():
            if partition in self._lines:
                self._lines[partition].committed = offset
