"""Apache Kafka's jars, fetched once by Maven into `.cache/kafka/<version>/lib` of the checkout."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache" / "kafka"
POM = ROOT / "deploy" / "kafka" / "pom.xml"
VERSIONS = ("4.4.0", "3.9.2")  # what tests and chaos run against; the first is the default
# As the only broker, these may drop a transaction that they have acknowledged when they are stopped or killed
# (docs/architecture.md, "What the broker can take back"): no client can be exactly once on them then.
FORGETFUL = frozenset({"4.4.0"})


class MissingTool(RuntimeError):
    """Java or Maven is not on the PATH; the message says which, and what to install."""


class FetchFailed(RuntimeError):
    """Maven could not bring the jars; the message holds the end of what it said."""


def tool(name: str, package: str) -> str:
    """Path of a program.

    Raises:
        MissingTool: there is none on the PATH.
    """
    path = shutil.which(name)
    if path is None:
        raise MissingTool(
            f"{name!r} is not on the PATH: a real Apache Kafka needs Java 17 or newer and Maven "
            f"(Debian: apt-get install {package})"
        )
    return path


def jars(version: str) -> Path:
    """Folder with the jars of one version; the first call fetches them, the others wait for it.

    Raises:
        MissingTool: Maven is needed and not there.
        FetchFailed: Maven failed.
    """
    lib = CACHE / version / "lib"
    if lib.is_dir():
        return lib
    lib.parent.mkdir(parents=True, exist_ok=True)
    with (lib.parent / "fetch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test runs may start on a fresh checkout
        if not lib.is_dir():
            _fetch(version, lib)
    return lib


def _fetch(version: str, lib: Path) -> None:
    half = lib.with_name("lib.part")
    shutil.rmtree(half, ignore_errors=True)
    command = [tool("mvn", "maven"), "-q", "-B", "-f", str(POM), f"-Dkafka.version={version}"]
    command += ["dependency:copy-dependencies", f"-DoutputDirectory={half}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise FetchFailed(
            f"Maven could not fetch Apache Kafka {version}:\n{(done.stdout + done.stderr)[-2000:]}"
        )
    half.rename(lib)  # whole or not at all
