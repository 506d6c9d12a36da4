"""A trained network teaches a smaller one: what it sees in stories that nobody has annotated is learned from, too.

The student has some of the teacher's layers to begin with, and all of its tables and heads. It learns the teacher's
probabilities rather than its verdicts (G. Hinton, O. Vinyals, J. Dean, "Distilling the knowledge in a neural network",
2015), and its vectors, which the speaker's head is reckoned from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from processors.encoder.tags import HEADS
from training.batches import Example
from training.checkpoints import averaged
from training.e5 import Shape
from training.network import Network

VECTORS = 1.0  # weight of the vectors' likeness beside the tags'


class Teacher:
    """A trained network that is only asked."""

    def __init__(self, state: dict[str, Any], shape: Shape, device: torch.device | None = None) -> None:
        """`state`: a run's checkpoint; `device`: where it reads, by default the CPU."""
        self._shape = shape
        self._network = Network(shape, len(state["keep"]))
        self._network.load_state_dict(averaged(state))
        self._network.eval().requires_grad_(False).to(device)

    def student(self, layers: int, dropout: float) -> Network:
        """A network of so many layers: the teacher's at even distances, its last one included."""
        student = Network(replace(self._shape, layers=layers), self._network.word.num_embeddings, dropout)
        chosen = [(i + 1) * self._shape.layers // layers - 1 for i in range(layers)]
        known = {
            name: value
            for name, value in self._network.state_dict().items()
            if not name.startswith("layers.")
        }
        for i, layer in enumerate(chosen):
            own = self._network.layers[layer].state_dict()
            known |= {f"layers.{i}.{name}": value for name, value in own.items()}
        student.load_state_dict(known)
        return student

    def loss(
        self, ids: Tensor, mask: Tensor, scores: Tensor, vectors: Tensor, batch: Sequence[Example]
    ) -> Tensor:
        """How far a student's answers are from the teacher's.

        Args:
            ids: (batch, length), the pieces that both read.
            mask: (batch, length), true where there is a piece.
            scores: (batch, length, tags of all heads), the student's.
            vectors: (batch, length, hidden), the student's.
            batch: says which pieces begin words: tags are asked of those.
        """
        with torch.no_grad(), torch.autocast(ids.device.type, torch.bfloat16):
            wanted, known = self._network(ids, mask)
        rows = torch.tensor([row for row, example in enumerate(batch) for _ in example.window.firsts])
        places = torch.tensor([place for example in batch for place in example.window.firsts])
        mine, right = scores[rows, places], wanted.float()[rows, places]
        loss = VECTORS * functional.mse_loss(vectors[mask], known.float()[mask])
        for part, true in zip(mine.split(HEADS, dim=-1), right.split(HEADS, dim=-1), strict=True):
            probable = functional.log_softmax(true, -1)
            loss = loss + functional.kl_div(
                functional.log_softmax(part, -1), probable, reduction="batchmean", log_target=True
            )
        return loss
