"""The network in onnxruntime: one window at a time, on the calling thread.

With one thread onnxruntime makes no pool, so a session made before a fork works after it, and its weights stay
shared memory. Nothing is kept from one window to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_WARNING = 3  # of onnxruntime's log levels: errors only


class Session:
    """Runs the graph of one model."""

    def __init__(self, path: Path) -> None:
        """`path`: the .onnx file.

        Raises:
            onnxruntime's errors: the file is missing or broken.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.enable_mem_pattern = False  # made for one length; each window has its own
        options.log_severity_level = _WARNING
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(self, ids: Sequence[int]) -> tuple[Floats, Floats]:
        """Scores of all tags, (length, tags of all heads), and what speakers are found by, (length, WIDTH)."""
        tags, speaker = self._session.run(["tags", "speaker"], {"ids": np.array(ids, np.int64)})
        return tags, speaker
