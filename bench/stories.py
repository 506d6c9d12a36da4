"""Stories for chaos and benchmarks: made up from `stories.yaml`, the same for the same seed, about 3 kB each."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import yaml

_WORDS: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
CONTENT_TYPE = "application/ninjs+json"


def uri(number: int) -> str:
    """Identity of a story."""
    return f"urn:newsml:kabar.example:{number:07d}"


def ninjs(number: int, version: int = 1, *, length: int | None = None, seed: int = 0) -> dict[str, Any]:
    """One version of one story as a ninjs 3.1 document.

    Args:
        number: which story.
        version: its integer version; each has another text.
        length: code points of the body at least; None: drawn, 800 to 4,000.
        seed: another seed, other stories.
    """
    rng = random.Random(f"{seed} {number} {version}")
    outlet = rng.choice(_WORDS["outlet"])
    return {
        "uri": uri(number),
        "type": "text",
        "language": "id",
        "version": str(version),
        "pubStatus": "usable",
        "infoSources": [{"name": outlet, "role": "provider"}],
        "headlines": [{"role": "main", "value": _fill(rng, rng.choice(_WORDS["headline"]))}],
        "bodies": [
            {
                "role": "main",
                "contentType": "text/plain",
                "value": _body(rng, outlet, length or rng.randint(800, 4_000)),
            }
        ],
    }


def kill(number: int, version: int) -> dict[str, Any]:
    """The notice that withdraws a story."""
    return {"uri": uri(number), "type": "text", "version": str(version), "pubStatus": "canceled"}


def encode(document: dict[str, Any]) -> bytes:
    """A document as it goes on the wire."""
    return orjson.dumps(document)


def _body(rng: random.Random, outlet: str, length: int) -> str:
    place = rng.choice(_WORDS["place"])
    paragraphs = [f"{place.upper()}, {outlet.upper()} - {_fill(rng, rng.choice(_WORDS['opening']))}"]
    size = len(paragraphs[0])
    while size < length:
        speaker = f"{rng.choice(_WORDS['first'])} {rng.choice(_WORDS['last'])}"
        kinds = ["direct", *rng.choices(["again", "narrative", "related"], [6, 6, 1], k=4)]
        for kind in kinds:
            paragraphs.append(_fill(rng, rng.choice(_WORDS[kind]), speaker))
            size += len(paragraphs[-1]) + 1
    return "\n".join([*paragraphs, _fill(rng, rng.choice(_WORDS["closing"]))])


def _fill(rng: random.Random, sentence: str, speaker: str = "") -> str:
    person = speaker or f"{rng.choice(_WORDS['first'])} {rng.choice(_WORDS['last'])}"
    while "{" in sentence:  # a piece may bring slots of its own
        before, _, rest = sentence.partition("{")
        slot, _, after = rest.partition("}")
        sentence = f"{before}{_slot(rng, slot, person)}{after}"
    return sentence


def _slot(rng: random.Random, slot: str, person: str) -> str:
    made: dict[str, Callable[[], str]] = {
        "person": lambda: person,
        "short": lambda: person.partition(" ")[0],
        "near": lambda: rng.choice(_WORDS["place"]),
        "count": lambda: str(rng.randint(3, 900)),
        "percent": lambda: f"{rng.randint(1, 60)},{rng.randint(0, 9)}",
        "money": lambda: f"Rp {rng.randint(2, 900)} {rng.choice(['juta', 'miliar'])}",
        "date": lambda: f"{rng.randint(1, 28)}/{rng.randint(1, 12)}/2025",
    }
    return made[slot]() if slot in made else rng.choice(_WORDS[slot])
