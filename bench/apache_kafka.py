"""A real Apache Kafka on this machine: one KRaft node, broker and controller in one process.

For tests, chaos and benchmarks: it can be stopped, killed and started again on the same port and data. Topics
have one copy, so this is no way to run a newsroom.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import time
import uuid
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import psutil

from bench.kafka_jars import CACHE, VERSIONS, jars, tool

RUN = CACHE / "run"  # one folder a broker, named by its owner's pid: data, log, the broker's pid
HEAP = ("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC")
PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}{listeners}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}{listeners}
controller.listener.names=CONTROLLER
log.dirs={data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=5
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=5
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=4000
broker.heartbeat.interval.ms=500
group.min.session.timeout.ms=1000
auto.create.topics.enable=false
log.cleaner.dedupe.buffer.size=16777216
"""


class BrokerFailed(RuntimeError):
    """The broker did not start, or not in time; the message holds the end of its log."""


@dataclass(frozen=True)
class Guard:
    """What keeps strangers out of a broker.

    Attributes:
        listeners: names and ports, beside the one without TLS and login that the broker has for its owner.
        properties: lines of `server.properties` that say what they are.
        users: as StorageTool's --add-scram takes them: `SCRAM-SHA-512=[name=...,password=...]`.
    """

    listeners: dict[str, int]
    properties: str
    users: tuple[str, ...] = ()


class ApacheKafka:
    """One broker. `with ApacheKafka("4.4.0") as kafka:` starts it and removes it afterwards, data included.

    All methods block (up to a minute for a start): in a coroutine call them by `asyncio.to_thread`.

    Attributes:
        version: Apache Kafka's version.
        bootstrap: host:port, the same for the broker's whole life.
        folder: its data.
        log: its warnings and errors.
    """

    def __init__(self, version: str = VERSIONS[0], *, guard: Guard | None = None) -> None:
        """Fetches the jars if need be, chooses ports, formats the storage; does not start.

        Args:
            version: Apache Kafka's version.
            guard: listeners with TLS and login, users and rights; None: whoever comes may do anything.

        Raises:
            MissingTool, FetchFailed: see `bench.kafka_jars`.
            BrokerFailed: the storage could not be formatted.
        """
        self._java = tool("java", "openjdk-17-jre-headless")
        self._classpath = f"{jars(version)}/*"
        _sweep()
        self.version = version
        self.folder = RUN / f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.folder.mkdir(parents=True)
        self.log = self.folder / "broker.log"
        self.log.touch()
        self.port, controller = free_port(), free_port()
        self.bootstrap = f"127.0.0.1:{self.port}"
        self._properties = self.folder / "server.properties"
        self._properties.write_text(
            PROPERTIES.format(
                port=self.port,
                controller=controller,
                data=self.folder / "data",
                listeners="".join(f",{name}://127.0.0.1:{port}" for name, port in guard.listeners.items())
                if guard
                else "",
            )
            + (guard.properties if guard else "")
        )
        self._users = guard.users if guard else ()
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.close)
        self._format()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self, timeout_s: float = 60) -> None:
        """Starts the process and waits until it answers on its port.

        Coordinators of groups and transactions may need a second more on fresh data: clients retry, and so does
        `bench.wire.create_topics`.

        Raises:
            BrokerFailed: it died, or does not answer in time.
        """
        if self.running:
            return
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._command(*HEAP), "kafka.Kafka", str(self._properties)],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the owner, who stops the broker last
            )
        (self.folder / "broker.pid").write_text(str(self._process.pid))
        deadline = time.monotonic() + timeout_s
        while not _answers(self.port):
            if not self.running or time.monotonic() > deadline:
                raise BrokerFailed(f"Apache Kafka {self.version} did not start:\n{self.log_tail()}")
            time.sleep(0.1)

    def stop(self, timeout_s: float = 30) -> None:
        """An orderly end (SIGTERM), by force after the time is up."""
        if self._process is not None and self.running:
            self._process.terminate()
            try:
                self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """SIGKILL. What the broker acknowledged stays: it is in the page cache of the machine."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def pause(self) -> None:
        """SIGSTOP: it keeps its connections and answers nothing."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """Ends the process and removes its folder; may be called twice."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.close)

    def log_tail(self, lines: int = 15) -> str:
        """The last lines of the broker's log (warnings and errors)."""
        log = self.folder / "broker.log"
        return (
            "\n".join(log.read_text("utf-8", "replace").splitlines()[-lines:]) if log.exists() else "(no log)"
        )

    def _command(self, *options: str) -> list[str]:
        level = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
        return [self._java, *options, level, "-cp", self._classpath]

    def _format(self) -> None:
        cluster = "kawatTestCluster000000"  # any 16 bytes in base64
        tool_call = ["kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(self._properties)]
        for user in self._users:
            tool_call += ["--add-scram", user]
        done = subprocess.run(
            [*self._command(), *tool_call], capture_output=True, text=True, check=False, timeout=60
        )
        if done.returncode != 0:
            raise BrokerFailed(f"storage could not be formatted:\n{(done.stdout + done.stderr)[-2000:]}")


def free_port() -> int:
    """A free loopback port below the range the system hands out, so that a restart finds it free again."""
    while True:
        port = random.randrange(15_000, 32_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _sweep() -> None:
    """Ends brokers whose owner was killed, by pid, and removes their folders."""
    for folder in RUN.glob("*-*"):
        if psutil.pid_exists(int(folder.name.partition("-")[0])):
            continue
        with contextlib.suppress(OSError, ValueError, psutil.Error):
            broker = psutil.Process(int((folder / "broker.pid").read_text()))
            if str(folder / "server.properties") in broker.cmdline():  # the pid may be another's by now
                broker.kill()
                broker.wait(10)
        shutil.rmtree(folder, ignore_errors=True)
