import numpy as np
import pytest

from processors.encoder.encoder import Encoder
from processors.encoder.pieces import Pieces
from processors.encoder.speaker import DISTANCES, WIDTH
from processors.encoder.tags import ENTITY_TAGS, HEADS, SPEECH_TAGS

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\"',.:-"
SPECIAL = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]


@pytest.fixture(scope="session")
def pieces():
    """Single letters, a few longer pieces, and the space before a word."""
    longer = [("Budi", -6.0), ("▁Budi", -5.0), ("kata", -6.0), ("▁kata", -5.0), ("▁", -4.0), ("nya", -5.0)]
    return Pieces([*SPECIAL, *((letter, -9.0) for letter in LETTERS), *longer])


class Network:
    """Takes "Budi" for a person and all between double quotes for direct speech; counts what it is asked."""

    def __init__(self, pieces):
        self.calls = []
        self._names = {pieces.word("Budi", spaced)[0] for spaced in (True, False)}
        self._mark = {pieces.word('"', spaced)[-1] for spaced in (True, False)}

    def __call__(self, ids):
        self.calls.append(list(ids))
        tags = np.zeros((len(ids), sum(HEADS)), np.float32)
        tags[:, [0, HEADS[0], HEADS[0] + HEADS[1]]] = 5
        speaker = np.zeros((len(ids), WIDTH), np.float32)
        quoted = opened = False
        for at, piece in enumerate(ids):
            if piece in self._names:
                tags[at, ENTITY_TAGS.index("B-PERSON")] = 9
            if piece in self._mark:
                quoted, opened = not quoted, not quoted
            elif quoted:
                tags[at, HEADS[0] + SPEECH_TAGS.index("B-direct" if opened else "I-direct")] = 9
                opened = False
        return tags, speaker


@pytest.fixture
def network(pieces):
    return Network(pieces)


@pytest.fixture
def encoder(pieces, network):
    return Encoder(network, pieces, [0.0] * DISTANCES)


@pytest.fixture(scope="session")
def lasting_encoder(pieces):
    """One for all examples of a property."""
    return Encoder(Network(pieces), pieces, [0.0] * DISTANCES)
