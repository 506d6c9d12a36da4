from __future__ import annotations

from pathlib import Path

import pytest

from bench.propose_boilerplate import f1, measured

SHARED = Path(__file__).parents[3] / "shared"


def test_f1_is_of_precision_and_recall():
    assert f1(9, 10, 3, 4) == pytest.approx(2 * 0.9 * 0.75 / 1.65)
    assert f1(0, 5, 0, 5) == 0
    assert f1(0, 0, 0, 0) == 0


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="annotated stories do not ship")
def test_proposals_are_right_and_complete_on_annotated_stories():
    total, _ = measured(SHARED, ["test"], "none")
    assert total["proposals"] > 10
    assert f1(total["right"], total["proposals"], total["found"], total["forms"]) >= 0.9
    places = f1(total["right places"], total["places"], total["found places"], total["form places"])
    assert places >= 0.95
