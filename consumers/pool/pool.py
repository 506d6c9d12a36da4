"""The pool of NLP processes: stories in, published bytes or an error for each out.

Each process has a window of stories in its socket, so that it never waits for us, works on one at a time and
answers it at once. So we always know which story a process was on when it hung or died, and only that one pays.
concurrent.futures gives up the whole pool when one process dies; pebble gives a process one task a message and
moves them with threads: neither can hold each story of a micro-batch to a limit of its own.

A time limit is counted in ticks of our own clock, not read off the wall: if we were frozen, so was the clock, and
no story pays for our absence.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import count

from consumers.pool.frames import Frame, Published, pack_article, read_result
from consumers.pool.handles import Batch, ProcessHandle, Story
from consumers.pool.keeper import Keeper, PoolFailed, PoolWatch
from processors.errors import StoryCrash, StoryError, StoryMemory, StoryTimeout
from processors.records import Article

MOST_STORIES = 16  # in a window
LOOKAHEAD_S = 0.05  # work in a window: enough to hide our latency, little to redo when a process ends
STORY_TICKS = 20  # ticks in the time limit of a story
NEAR_LIMIT = 0.8  # a process that dies having used so much of its story's memory died of it


class Pool:
    """Runs a chain in `size` processes.

    Args:
        chain: "module:factory"; the factory returns a `consumers.pool.process.Chain`. Never imported here.
        size: number of processes.
        story_timeout_s: a story that takes longer is a `StoryTimeout`, and its process is replaced.
        story_memory_mb: a story that takes more memory is a `StoryMemory`, and its process is replaced.
        watch: told what happens, for the metrics.
    """

    def __init__(
        self,
        chain: str,
        *,
        size: int,
        story_timeout_s: float,
        story_memory_mb: int,
        watch: PoolWatch | None = None,
    ) -> None:
        self._timeout_s = story_timeout_s
        self._memory_mb = story_memory_mb
        self._keeper = Keeper(chain, size=size, story_memory_mb=story_memory_mb, owner=self, watch=watch)
        self._numbers = count(1)
        self._queue: deque[Story] = deque()
        self._suspects: deque[Story] = deque()  # each ended a process and waits for a fresh one, alone
        self._batches: set[Batch] = set()
        self._story_s = 0.0  # moving average of what a story takes
        self._clock: asyncio.TimerHandle | None = None
        self._settled = asyncio.Event()  # ready or failed
        self._failed: PoolFailed | None = None

    @property
    def size(self) -> int:
        """How many processes there should be."""
        return self._keeper.size

    @property
    def alive(self) -> int:
        """Processes that are ready."""
        return sum(process.ready for process in self._keeper.processes.values())

    @property
    def busy(self) -> int:
        """Processes that have a story."""
        return sum(bool(process.window) for process in self._keeper.processes.values())

    @property
    def queued(self) -> int:
        """Stories that no process has yet."""
        return len(self._queue) + len(self._suspects)

    @property
    def restarts(self) -> int:
        """Processes that ended and had to be replaced."""
        return self._keeper.restarts

    def in_time(self, seconds: float) -> int:
        """How many stories one process does in so many seconds, at least one; many as long as none was done."""
        return max(1, int(seconds / self._story_s)) if self._story_s else MOST_STORIES

    async def start(self) -> None:
        """Begin to load the chain, and return at once."""
        self._tick()
        self._keeper.start()

    async def ready(self) -> None:
        """Wait until the first process can take stories.

        Raises:
            PoolFailed: the chain can't be loaded, or no process starts; why.
        """
        await self._settled.wait()
        if self._failed:
            raise self._failed

    async def enrich(self, articles: Sequence[Article]) -> list[Published | StoryError]:
        """The outcome of each story, in order. When cancelled, stories that no process has yet are dropped, and
        the outcomes of the others.

        Raises:
            PoolFailed: see `ready`; or the pool was stopped.
        """
        if self._failed:
            raise self._failed
        if not articles:
            return []
        batch = Batch([None] * len(articles), len(articles), asyncio.get_running_loop().create_future())
        for at, article in enumerate(articles):
            number = next(self._numbers)
            self._queue.append(Story(number, pack_article(number, article), article.uri, batch, at))
        self._batches.add(batch)
        try:
            self.dispatch()
            await batch.done
        finally:
            self._batches.remove(batch)
            if batch.left:
                self._queue = deque(story for story in self._queue if story.batch is not batch)
                self._suspects = deque(story for story in self._suspects if story.batch is not batch)
        return [result for result in batch.results if result is not None]

    async def stop(self, *, grace_s: float = 2.0) -> None:
        """End all processes. What is in hand has `grace_s` seconds; what then remains raises PoolFailed."""
        if self._batches:
            await asyncio.wait([batch.done for batch in self._batches], timeout=grace_s)
        self.pool_failed(PoolFailed("the pool was stopped"))
        await self._keeper.stop()

    def dispatch(self) -> None:
        """Give out the queue, each story to the process with the least to do."""
        takers = [
            process for process in self._keeper.processes.values() if process.ready and not process.alone
        ]
        if self._suspects and self._keeper.failing and takers:
            # no fresh process may come soon: the first of the old ones makes room for a suspect
            isolated = takers.pop(0)
            if not isolated.window:
                self._isolate(isolated)
        most = MOST_STORIES
        if self._story_s * MOST_STORIES > LOOKAHEAD_S:
            most = max(2, int(LOOKAHEAD_S / self._story_s))
        # a window is filled up when half of it is done: one message for many short stories, not one for each
        takers = [process for process in takers if len(process.window) <= most // 2]
        fed = set()
        while self._queue and takers:
            taker = min(takers, key=lambda process: len(process.window))
            if taker.has_room(self._queue[0], most):
                taker.give(self._queue.popleft())
                fed.add(taker)
            else:
                takers.remove(taker)
        for process in fed:
            process.flush()

    def process_ready(self, process: ProcessHandle) -> None:
        """A fresh process is the place for a story that ended another."""
        self._settled.set()
        if self._suspects:
            self._isolate(process)

    def _isolate(self, process: ProcessHandle) -> None:
        process.alone = True
        process.give(self._suspects.popleft())
        process.flush()

    def process_answered(self, process: ProcessHandle, frame: Frame) -> None:
        """A story is done."""
        story = process.take_back(frame.number)
        process.alone = False
        result = read_result(frame)
        if isinstance(result, Published):
            self._story_s += (result.facts.seconds - self._story_s) / 16
        story.batch.settle(story.at, result)

    def process_lost(self, process: ProcessHandle, *, died: bool, peak_kb: int = 0) -> None:
        """A process is no more; when it `died`, the story that it worked on may be why."""
        stories = list(process.window.values())
        if died and stories:
            self._blame(stories.pop(0), process, peak_kb)
        self._requeue(stories)

    def pool_failed(self, error: PoolFailed) -> None:
        """Nothing more will come out of the pool."""
        self._failed = self._failed or error
        self._settled.set()
        if self._clock:
            self._clock.cancel()
        for batch in self._batches:
            if not batch.done.done():
                batch.done.set_exception(error)

    def _blame(self, story: Story, process: ProcessHandle, peak_kb: int) -> None:
        story.deaths += 1
        if not story.wanted:
            return
        if story.deaths == 1:  # once may be an accident
            self._suspects.append(story)
            return
        used_mb = (peak_kb - process.resident_kb) / 1024
        error: StoryError
        if used_mb >= NEAR_LIMIT * self._memory_mb:
            message = f"its process died twice, near the limit of {self._memory_mb} MB"
            error = StoryMemory(message, stage="pool", uri=story.uri)
        else:
            error = StoryCrash("its process died twice", stage="pool", uri=story.uri)
        story.batch.settle(story.at, error)

    def _requeue(self, stories: Iterable[Story]) -> None:
        """Before all others, as they have waited longest."""
        wanted = [story for story in stories if story.wanted]
        self._suspects.extend(story for story in wanted if story.deaths)
        self._queue.extendleft(reversed([story for story in wanted if not story.deaths]))
        self.dispatch()

    def _tick(self) -> None:
        tick_s = self._timeout_s / STORY_TICKS
        self._clock = asyncio.get_running_loop().call_later(tick_s, self._tick)
        for process in list(self._keeper.processes.values()):
            if not process.window:
                continue
            process.ticks += 1
            if process.ticks > STORY_TICKS:
                process.read()  # its answer may lie in the socket; that would start the count again
            if process.ticks > STORY_TICKS:
                self._overdue(process)

    def _overdue(self, process: ProcessHandle) -> None:
        self._keeper.end(process, "timeout")
        late, *others = process.window.values()
        error = StoryTimeout(f"took longer than {self._timeout_s:g} s", stage="pool", uri=late.uri)
        late.batch.settle(late.at, error)
        self._requeue(others)
