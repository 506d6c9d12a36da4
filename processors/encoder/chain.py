"""The chain with the encoder in it: entities and quotes from one forward pass over the clean text."""

from __future__ import annotations

from config import outlets
from processors.cleaning import Cleaner
from processors.encoder.pipe import NAME, Pipe
from processors.encoder.quotes import VoicedQuotes
from processors.encoder.reader import version
from processors.encoder.trust import Trust
from processors.enrich import Chain
from processors.entities.finder import EntityFinder, load_aliases, load_glue
from processors.entities.recogniser import Recogniser, pipeline
from processors.language import Languages
from processors.quotes.cast import title_words
from processors.quotes.finder import QuoteFinder
from processors.records import Model

ACCURATE, FAST = "accurate", "fast"


def load(name: str = ACCURATE) -> Chain:
    """Read the model that ships as `name` and all that the rules read too: three seconds and 230 MB, shared by all processes forked.

    The rules' pipeline runs first, and stays in force for English and behind the end of what the encoder reads.

    Raises:
        OutletError: an outlet's profile is wrong.
        BrokenData: a data file of entities or quotes can't be used.
        ValueError: the model was made for other tags than this code's.
    """
    indonesian = pipeline("id")
    pipe = indonesian.add_pipe(NAME, config={"model": name})
    if not isinstance(pipe, Pipe):
        raise TypeError(f"the factory {NAME} makes a {type(pipe).__name__}")
    recogniser = Recogniser({"id": indonesian, "en": pipeline("en")}, "id")
    return Chain(
        cleaner=Cleaner(outlets.load()),
        languages=Languages.load(),
        entities=EntityFinder(recogniser, load_aliases(), load_glue()),
        quotes=VoicedQuotes(pipe.reader, QuoteFinder.load(), title_words(), Trust.load()),
        model=Model(name=name, version=version(name)),
    )


def accurate() -> Chain:
    """The chain with the encoder of twelve layers."""
    return load(ACCURATE)


def fast() -> Chain:
    """The chain with the encoder of four layers that the other one taught."""
    return load(FAST)
