"""Two live workers of one static name: the broker lets the newer one in and the older one out, for ever.

The broker's word for it (FENCED_INSTANCE_ID) is unknown to aiokafka, whose member joins again at once and throws out
the other. So we tell by the storm of assignments, and the elder gives way, as the broker would have it; unless the
younger is told first that it is fenced, as whoever joins next is.
"""

from __future__ import annotations

from collections import deque

GAP_S = 2.0  # assignments closer together than this belong to one storm
PATIENCE = {"elder": 4, "younger": 16}  # assignments in a storm before giving way


class Rivals:
    """Watches one member's assignments."""

    def __init__(self) -> None:
        """Nothing assigned yet."""
        self._times: deque[float] = deque(maxlen=max(PATIENCE.values()))

    def assigned(self, now: float) -> None:
        """An assignment came at `now`, seconds of a monotonic clock."""
        self._times.append(now)

    def must_give_way(self) -> bool:
        """Whether somebody of our name is there who will not stop; the elder had an assignment before the storm."""
        times = list(self._times)
        storm = 1
        while storm < len(times) and times[-storm] - times[-storm - 1] < GAP_S:
            storm += 1
        return storm >= PATIENCE["elder" if storm < len(times) else "younger"]
