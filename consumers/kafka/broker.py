"""A Kafka broker inside a Python package (noida-db), for the demo and for tests that need no real one.

It knows transactions, fencing and compaction, but never evicts dead members, ignores the transaction timeout and
loses data when killed: nothing for production, and nothing to test rebalances or crashes with.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Self

from consumers.kafka.admin import OperatorError

HOST = "127.0.0.1"
_LISTENS = re.compile(rf"^\s*kafka\s+{re.escape(HOST)}:(\d+)\s*$", re.MULTILINE)
_POLL_S = 0.05


class BrokerError(OperatorError):
    """The embedded broker can't run; the message says what to do."""


class EmbeddedBroker:
    """One broker on a loopback port, with its data in a folder of its own; a context manager.

    Attributes:
        port: where it listens, once started.
    """

    def __init__(self, port: int = 0, data: Path | None = None) -> None:
        """Nothing runs yet.

        Args:
            port: 0 for any free one.
            data: folder that outlives the broker; None: a temporary one, removed at the end.
        """
        self.port = port
        self._data = data
        self._temporary: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """host:port for clients."""
        return f"{HOST}:{self.port}"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, timeout_s: float = 20.0) -> None:
        """Start the broker and wait until it takes connections.

        Raises:
            BrokerError: the package isn't installed, or the broker doesn't come up.
        """
        program = _program()
        if self._data is None:
            self._temporary = Path(tempfile.mkdtemp(prefix="kawat-broker-"))
        folder = self._data or self._temporary
        assert folder is not None  # noqa: S101 - one of the two was just set
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / "broker.log"
        where = ["--data-dir", str(folder), "--host", HOST, "--only", "kafka", "--kafka-port", str(self.port)]
        with log.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 - the program of an installed package
                [str(program), "start", *where],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us: clients stop first, then the broker
            )
        try:
            self._await_port(log, time.monotonic() + timeout_s)
        except BaseException:
            self.stop()
            raise

    def _await_port(self, log: Path, deadline: float) -> None:
        while time.monotonic() < deadline:
            told = log.read_text("utf-8", "replace")
            if not self.running:
                raise BrokerError(f"the embedded broker stopped at once; it said:\n{told.strip()[-500:]}")
            found = _LISTENS.search(told)
            if found and _connects(int(found[1])):
                self.port = int(found[1])
                return
            time.sleep(_POLL_S)
        raise BrokerError("the embedded broker did not come up in time")

    def stop(self, timeout_s: float = 10.0) -> None:
        """Stop the broker; a temporary folder goes with it. Stopping twice is fine."""
        if self._process is not None:
            if self.running:
                self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)
            self._temporary = None

    def wait(self) -> int:
        """Block until the broker ends by itself; its exit code."""
        return 0 if self._process is None else self._process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _program() -> Path:
    """The broker's binary in the installed package."""
    try:
        found = resources.files("noida_db").joinpath("noida-db")
    except ModuleNotFoundError:
        raise BrokerError(
            "the embedded broker isn't installed: pip install 'kawat[embedded]'; or use a Kafka of your own "
            "(setting bootstrap_servers)"
        ) from None
    program = Path(str(found))
    if not program.is_file():
        raise BrokerError(f"the package noida-db has no program for this system at {program}")
    if not os.access(program, os.X_OK):
        program.chmod(program.stat().st_mode | 0o111)
    return program


def _connects(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True
