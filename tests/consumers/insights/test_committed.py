from __future__ import annotations

from consumers.insights.committed import STALL_S, Stalls


def test_a_partition_that_waits_for_too_long_is_told():
    stalls = Stalls()
    assert stalls.see(["a"], 0.0) == []
    assert stalls.see(["a", "b"], STALL_S - 1) == []
    assert stalls.see(["a", "b"], STALL_S) == ["a"]


def test_a_partition_that_moves_in_between_begins_anew():
    stalls = Stalls()
    stalls.see(["a"], 0.0)
    stalls.see([], STALL_S / 2)
    assert stalls.see(["a"], STALL_S) == []
