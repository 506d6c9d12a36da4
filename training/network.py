"""The network: a post-norm BERT encoder, one linear layer for the tags of three heads, one for speakers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from processors.encoder.speaker import DISTANCES, distance
from processors.encoder.speaker import SIZE as SPEAKER_SIZE
from processors.encoder.tags import HEADS
from training.e5 import Pretrained, Shape


class Layer(nn.Module):
    """Attention and feed-forward, each followed by its residual sum and norm."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        hidden = shape.hidden
        self.heads = shape.heads
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.out = nn.Linear(hidden, hidden)
        self.norm1 = nn.LayerNorm(hidden, shape.epsilon)
        self.up = nn.Linear(hidden, shape.feed_forward)
        self.down = nn.Linear(shape.feed_forward, hidden)
        self.norm2 = nn.LayerNorm(hidden, shape.epsilon)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x: (batch, length, hidden); mask: (batch, 1, 1, length), true where there is a piece."""
        batch, length, hidden = x.shape
        qkv = self.qkv(x).view(batch, length, 3, self.heads, hidden // self.heads).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], attn_mask=mask)
        x = self.norm1(x + self.drop(self.out(attended.transpose(1, 2).reshape(batch, length, hidden))))
        return self.norm2(x + self.drop(self.down(functional.gelu(self.up(x)))))


class Network(nn.Module):
    """Pieces in; scores of the tags and vectors for the speaker out."""

    def __init__(self, shape: Shape, vocabulary: int, dropout: float = 0.0) -> None:
        super().__init__()
        hidden = shape.hidden
        self.word = nn.Embedding(vocabulary, hidden)
        self.position = nn.Parameter(torch.zeros(shape.positions, hidden))
        self.norm = nn.LayerNorm(hidden, shape.epsilon)
        self.drop = nn.Dropout(dropout)
        self.blocks = [Layer(shape, dropout) for _ in range(shape.layers)]
        self.layers = nn.ModuleList(self.blocks)
        self.tags = nn.Linear(hidden, sum(HEADS))
        self.quote = nn.Linear(2 * hidden, SPEAKER_SIZE)
        self.mention = nn.Linear(hidden, SPEAKER_SIZE)
        self.nobody = nn.Linear(2 * hidden, 1)
        self.distance = nn.Embedding(DISTANCES, 1)
        nn.init.zeros_(self.distance.weight)

    def encode(self, ids: Tensor, mask: Tensor) -> Tensor:
        """(batch, length) ids and mask -> (batch, length, hidden)."""
        x = self.drop(self.norm(self.word(ids) + self.position[: ids.shape[1]]))
        for layer in self.layers:
            x = layer(x, mask[:, None, None, :])
        return x

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, length) -> scores of all heads' tags side by side, and the pieces' vectors."""
        x = self.drop(self.encode(ids, mask))
        return self.tags(x), x

    def freeze(self, layers: int) -> None:
        """The pieces' table stays as pretrained, and so do the first `layers` layers with what lies below them."""
        self.word.requires_grad_(False)
        if layers:
            self.position.requires_grad_(False)
            self.norm.requires_grad_(False)
        for layer in self.blocks[:layers]:
            layer.requires_grad_(False)

    def speaker(self, x: Tensor, quote: tuple[int, int], mentions: Sequence[int]) -> Tensor:
        """Log-probabilities of who speaks: nobody named here, then each mention.

        Args:
            x: (length, hidden), the vectors of one window.
            quote: first and last piece of the quote.
            mentions: the first piece of each mention.
        """
        first, last = quote
        around = x[max(0, first - 1)] + x[min(len(x) - 1, last + 1)]
        vector = torch.cat([x[first : last + 1].mean(0), around])
        nobody = self.nobody(vector)
        if not mentions:
            return functional.log_softmax(nobody, 0)
        far = [distance(m - first if m < first else max(0, m - last)) for m in mentions]
        scores = self.mention(x[list(mentions)]) @ self.quote(vector) / math.sqrt(SPEAKER_SIZE)
        scores = scores + self.distance(torch.tensor(far, device=x.device)).squeeze(-1)
        return functional.log_softmax(torch.cat([nobody, scores]), 0)


def pretrained(weights: Pretrained, keep: Sequence[int], dropout: float = 0.0) -> Network:
    """A network with the pretrained encoder, its vocabulary cut down to the ids `keep`; new heads."""
    shape, tensors = weights.shape, weights.tensors

    def tensor(name: str, *size: int) -> Tensor:
        return torch.from_numpy(tensors[name]).view(*size)

    hidden, wide = shape.hidden, shape.feed_forward
    network = Network(shape, len(keep), dropout)
    with torch.no_grad():
        network.word.weight.copy_(tensor("emb.word", shape.vocabulary, hidden)[torch.tensor(keep)])
        positions = tensor("emb.pos", -1, hidden)[: shape.positions]
        network.position.copy_(positions + tensor("emb.type", -1, hidden)[0])  # there is one type only
        network.norm.weight.copy_(tensor("emb.ln.w", hidden))
        network.norm.bias.copy_(tensor("emb.ln.b", hidden))
        for i, layer in enumerate(network.blocks):
            layer.qkv.weight.copy_(torch.cat([tensor(f"l{i}.{part}.w", hidden, hidden) for part in "qkv"]))
            layer.qkv.bias.copy_(torch.cat([tensor(f"l{i}.{part}.b", hidden) for part in "qkv"]))
            sizes = {
                "ao": (layer.out, hidden, hidden),
                "fi": (layer.up, wide, hidden),
                "fo": (layer.down, hidden, wide),
            }
            for part, (linear, rows, columns) in sizes.items():
                linear.weight.copy_(tensor(f"l{i}.{part}.w", rows, columns))
                linear.bias.copy_(tensor(f"l{i}.{part}.b", rows))
            for part, norm in {"aln": layer.norm1, "oln": layer.norm2}.items():
                norm.weight.copy_(tensor(f"l{i}.{part}.w", hidden))
                norm.bias.copy_(tensor(f"l{i}.{part}.b", hidden))
    return network
