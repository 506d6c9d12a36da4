"""A run's state on disk: written whole or not at all, so that an interrupted run can go on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

NAME = "last.pt"


def save(path: Path, **state: Any) -> None:
    """Writes the state in place of the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    torch.save(state, fresh)
    fresh.replace(path)


def newest(folder: Path) -> dict[str, Any] | None:
    """The state of a run that was cut off (or ended); None when there is none."""
    path = folder / NAME
    return read(path) if path.exists() else None


def read(path: Path) -> dict[str, Any]:
    """The state that a run left."""
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state


def averaged(state: dict[str, Any]) -> dict[str, Tensor]:
    """The mean of the weights of a run's last steps, by the names of `training.network.Network`."""
    prefix = "module."
    weights: dict[str, Tensor] = state["averaged"]
    return {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}
