"""How the learning rate goes over a run."""

from __future__ import annotations

import time

WARM_UP = 0.06  # of the whole run


class Schedule:
    """Warm-up, then linear decay to nothing, over the steps or the minutes of the run, whichever end first."""

    def __init__(self, steps: int, minutes: float, spent: float = 0.0) -> None:
        """`spent`: seconds of the run before a restart."""
        self._steps = steps
        self._seconds = minutes * 60
        self._start = time.monotonic() - spent

    @property
    def spent(self) -> float:
        """Seconds of the whole run, those before a restart included."""
        return time.monotonic() - self._start

    def progress(self, step: int) -> float:
        """0 at the start, 1 at the end."""
        return min(1.0, max(step / self._steps, self.spent / self._seconds))

    def factor(self, step: int) -> float:
        """What the peak learning rates are multiplied by."""
        progress = self.progress(step)
        return min(1.0, (progress + 1e-3) / WARM_UP) * (1 - progress)
