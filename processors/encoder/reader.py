"""One reading a story, for the entities and the quotes alike."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Self

from processors.encoder.encoder import Encoder
from processors.encoder.evidence import Known
from processors.encoder.reading import Reading

MODELS = "processors.models"


def folder(name: str) -> Path:
    """Where the model that ships as `name` lies."""
    return Path(str(resources.files(MODELS) / name))


def version(name: str) -> str:
    """The version of the model that ships as `name`."""
    return str(json.loads((folder(name) / "meta.json").read_text("utf-8"))["version"])


class Reader:
    """Reads with an encoder, and remembers the last text it read, and only that: the forward pass is what costs."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._last: tuple[str, Reading] | None = None

    @classmethod
    def load(cls, name: str) -> Self:
        """With the model that ships as `name`: a tenth of a second, 75 MB.

        Raises:
            FileNotFoundError: no such model.
            ValueError: the model was made for other tags than this code's.
        """
        return cls(Encoder.load(folder(name)))

    def read(self, text: str, known: Sequence[Known] = ()) -> Reading:
        """As `Encoder.read`; a text that was just read is not read again, whatever is known of it now."""
        if self._last is None or self._last[0] != text:
            self._last = text, self._encoder.read(text, known)
        return self._last[1]
