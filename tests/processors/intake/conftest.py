"""Where the samples are: ours in `tests/samples/wire`, the IPTC's and the agencies' in `../shared`."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def wire() -> Path:
    """Our own samples, one or more of each format."""
    return ROOT / "tests" / "samples" / "wire"


@pytest.fixture(scope="session")
def newsroom() -> Path:
    """The standards' own examples and test suite."""
    folder = ROOT.parent / "shared" / "data" / "newsroom"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    return folder
