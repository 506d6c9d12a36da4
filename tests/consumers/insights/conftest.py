"""Studies without Kafka: tables are dicts, what is sent is kept in a list, and a process may die at any record."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from consumers.insights.study import Heard, Study

NOW = 1_790_000_000


class Channel:
    """A topic: what was sent to it, in order."""

    def __init__(self, name):
        self.name = name
        self.sent = []

    def get_topic_name(self):
        return self.name

    async def send(self, *, key, value, headers=(), partition=0):
        self.sent.append(SimpleNamespace(key=key, value=value, headers=dict(headers), partition=partition))
        return _done()


async def _done():
    return None


class App:
    """As much of the app as a study asks for."""

    def __init__(self):
        self.on_partitions_assigned = SimpleNamespace(connect=lambda _: None)
        self.rebalancing = False
        self.waiting = []
        self.consumer = SimpleNamespace(assignment=set)

    def keep(self, sent):
        sent.close()

    async def written(self):
        pass

    def page(self, *_, **__):
        return lambda handler: handler

    def timer(self, _):
        return lambda clock: clock


class Running:
    """A study at work. `tables` are what its changelogs hold; `topics` what it has sent."""

    def __init__(self, kind, settings, tables):
        self.tables, self.topics = tables, {}
        self.study = kind(App(), settings, 1)

    async def hear(self, topic, offset, value, *, key=b"", partition=0, at=NOW):
        await self.study.readers[topic](
            Heard(
                topic=topic,
                partition=partition,
                offset=offset,
                key=key,
                value=value,
                written=at,
                headers={},
            )
        )

    def sent(self, topic):
        return self.topics[topic].sent if topic in self.topics else []


@pytest.fixture
def running(monkeypatch):
    """Starts a study on tables that may be those of one that died."""
    here = []
    monkeypatch.setattr(Study, "table", lambda _, name, later: here[-1][0].setdefault(name, {}))  # noqa: ARG005 - its signature
    monkeypatch.setattr(
        Study, "topic", lambda _, topic: here[-1][1].setdefault(topic.name, Channel(topic.name))
    )

    def start(kind, settings, tables=None):
        tables, topics = {} if tables is None else tables, {}
        here.append((tables, topics))
        started = Running(kind, settings, tables)
        started.topics = topics
        return started

    return start
