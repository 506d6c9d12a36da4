"""Memory in use and at hand, as the kernel tells it."""

import subprocess
import sys

import psutil
import pytest

from consumers.telemetry import memory

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@linux
def test_a_process_counts_with_those_below_it():
    script = "x = bytearray(64_000_000); print(flush=True); input()"
    child = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        child.stdout.readline()
        alone = memory.used_bytes(child.pid)
        assert alone > 64_000_000
        assert memory.used_bytes() > alone
    finally:
        child.communicate("\n", timeout=30)


@linux
def test_there_is_no_more_memory_than_the_machine_has():
    assert 0 < memory.limit_bytes() <= psutil.virtual_memory().total


@pytest.mark.parametrize(
    ("group", "file"),
    [
        ("0::/", "memory.max"),  # version 2, inside a container
        ("0::/kawat.service", "kawat.service/memory.max"),
        ("4:memory:/", "memory/memory.limit_in_bytes"),  # version 1
        ("4:memory:/docker/abc", "memory/docker/abc/memory.limit_in_bytes"),
    ],
)
def test_a_control_group_limits(tmp_path, group, file):
    proc, cgroups = tmp_path / "proc", tmp_path / "cgroup"
    (proc / "self").mkdir(parents=True)
    (proc / "meminfo").write_text("MemTotal:       8000 kB\nMemFree: 1 kB\n")
    (proc / "self" / "cgroup").write_text(f"{group}\n")
    assert memory.limit_bytes(proc, cgroups) == 8000 * 1024
    limit = cgroups / file
    limit.parent.mkdir(parents=True)
    limit.write_text("1000000\n")
    assert memory.limit_bytes(proc, cgroups) == 1_000_000
    limit.write_text("max\n")
    assert memory.limit_bytes(proc, cgroups) == 8000 * 1024


def test_where_the_kernel_does_not_tell_nothing_is_said(tmp_path):
    assert memory.used_bytes(1, tmp_path) is None
    assert memory.limit_bytes(tmp_path, tmp_path) is None
