"""What one NLP process does, without the pool around it."""

import resource
import socket
import subprocess
import sys
import threading

import pytest

from consumers.pool import process as nlp_process
from consumers.pool.frames import Kind, Unpacker, pack_article, read_result
from consumers.pool.process import MemoryLimit, Stopwatch, serve
from processors.errors import Invalid
from processors.records import Article

AMPLE_MB = 1 << 20  # the limit would hold for the tests' own process


class Refusing:
    """Needs no records: every story is an error that repeats its body."""

    def __init__(self):
        self.met = []

    def enrich(self, article, on_stage=None):  # noqa: ARG002 - as `Chain` has it
        self.met.append(article.body)
        raise Invalid(article.body, stage="clean")


@pytest.fixture(autouse=True)
def _limits():
    before = resource.getrlimit(resource.RLIMIT_DATA)
    yield
    resource.setrlimit(resource.RLIMIT_DATA, before)


def run(sock, chain):
    with sock:
        return serve(sock, chain, story_memory_mb=AMPLE_MB)


@pytest.fixture
def served():
    """Our end of the socket, the thread that serves the other, and its exit status in a list."""
    started = []

    def begin(chain):
        ours, theirs = socket.socketpair()
        ours.settimeout(5)
        status = []
        thread = threading.Thread(target=lambda: status.append(run(theirs, chain)), daemon=True)
        thread.start()
        started.append((ours, thread))
        return ours, thread, status

    yield begin
    for ours, thread in started:
        ours.close()
        thread.join(5)


def receive(sock, count, frames):
    out = []
    while len(out) < count:
        out += frames.feed(sock.recv(1 << 16))
    return out


def test_it_says_that_it_is_ready_with_its_memory_in_kib(served):
    sock, *_ = served(Refusing())
    (ready,) = receive(sock, 1, Unpacker())
    assert ready.kind is Kind.READY
    assert 5_000 < int(ready.parts[0]) < 5_000_000


def test_it_answers_each_story_before_it_begins_the_next(served):
    chain, frames = Refusing(), Unpacker()
    sock, *_ = served(chain)
    receive(sock, 1, frames)
    for number in (1, 2):
        sock.sendall(pack_article(number, Article(uri=f"urn:{number}", body=f"{number}")))
        (answer,) = receive(sock, 1, frames)
        assert (answer.number, str(read_result(answer))) == (number, f"{number}")
    sock.sendall(b"".join(pack_article(n, Article(uri="urn:x", body=f"{n}")) for n in range(3, 20)))
    assert [answer.number for answer in receive(sock, 17, frames)] == list(range(3, 20))


def test_it_fills_in_the_uri_of_a_story_that_fails(served):
    frames = Unpacker()
    sock, *_ = served(Refusing())
    sock.sendall(pack_article(1, Article(uri="urn:mine", body="x")))
    assert read_result(receive(sock, 2, frames)[1]).uri == "urn:mine"


def test_it_ends_well_when_its_stories_end(served):
    sock, thread, status = served(Refusing())
    sock.sendall(pack_article(1, Article(uri="urn:1", body="x")))
    sock.shutdown(socket.SHUT_WR)
    thread.join(5)
    assert status == [0]
    assert [frame.kind for frame in receive(sock, 2, Unpacker())] == [Kind.READY, Kind.FAILED]


def test_it_ends_quietly_when_nobody_listens(served):
    sock, thread, status = served(Refusing())
    receive(sock, 1, Unpacker())
    sock.sendall(b"".join(pack_article(n, Article(uri="urn:1", body="x")) for n in range(1, 5)))
    sock.close()
    thread.join(5)
    assert status == [0]


def test_it_says_why_it_cannot_start(served):
    class Broken(Refusing):
        def after_fork(self):
            raise OSError("no room")

    sock, thread, status = served(Broken())
    (broken,) = receive(sock, 1, Unpacker())
    thread.join(5)
    assert (broken.kind, broken.parts, status) == (Kind.BROKEN, (b"OSError: no room",), [1])


def test_the_time_of_a_stage_lasts_until_the_next_begins_or_the_story_ends(monkeypatch):
    now = iter([10.0, 11.0, 13.0, 16.0, 20.0])
    cpu = iter([1.0, 1.5])
    monkeypatch.setattr(nlp_process, "perf_counter", lambda: next(now))
    monkeypatch.setattr(nlp_process, "process_time", lambda: next(cpu))
    watch = Stopwatch()
    for stage in ("clean", "entities", "clean"):
        watch(stage)
    assert watch.stage == "clean"
    assert watch.stop() == {
        "seconds": 10.0,
        "cpu_seconds": 0.5,
        "stages": {"clean": 2.0 + 4.0, "entities": 3.0},
    }


STORIES_THAT_KEEP = """
from consumers.pool.process import MemoryLimit
limit = MemoryLimit(100)
kept = []
for _ in range(3):
    assert limit.arm()
    try:
        bytearray(120 << 20)
    except MemoryError:
        pass
    else:
        raise SystemExit("120 MB were had under a limit of 100")
    kept.append(bytearray(30 << 20))
limit.lift()
kept.append(bytearray(120 << 20))
assert not limit.arm(), "what it keeps must not grow for ever"
"""


def test_each_story_may_take_the_same_whatever_was_kept_before():
    # in a process of its own: one that has freed a lot can allocate without asking the system
    done = subprocess.run(
        [sys.executable, "-c", STORIES_THAT_KEEP], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_hard_limit_of_the_system_stays(monkeypatch):
    calls = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1 << 30, 1 << 30))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: calls.append(limits))
    limit = MemoryLimit(1 << 20)
    limit.arm()
    limit.lift()
    assert calls == [(1 << 30, 1 << 30)] * 2
