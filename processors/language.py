"""The language of a story: Indonesian, English or Malay, told from its text.

The newsroom's word counts unless the text clearly contradicts it: wires are often stamped with the language of
the system that sends them.
"""

from __future__ import annotations

from typing import Self

from lingua import IsoCode639_1, Language, LanguageDetector, LanguageDetectorBuilder

LANGUAGES = ("id", "en", "ms")
SAMPLE_CHARS = 600  # more text does not change the answer, and costs time
CLEARLY = 0.1  # the text overrules a stated language whose confidence is below this
_CLOSE = frozenset(("id", "ms"))  # one can't overrule the other: names and figures tip the scale


class Languages:
    """lingua, restricted to `LANGUAGES`.

    Fork-safe: all models are loaded by `load` without starting a thread, and only lingua's single-text calls are
    used. Its `*_in_parallel_of` calls hang in a forked child, since their thread pool stays with the parent.
    """

    def __init__(self, detector: LanguageDetector) -> None:
        """`detector` has its models in memory; see `load`."""
        self._detector = detector

    @classmethod
    def load(cls) -> Self:
        """Read the language models: about half a second and 60 MB."""
        known = [Language.from_iso_code_639_1(IsoCode639_1.from_str(code.upper())) for code in LANGUAGES]
        detector = LanguageDetectorBuilder.from_languages(*known).build()
        # Preloading by the builder starts a thread pool, which a fork would cut off; a first use loads as much.
        detector.detect_language_of("satu kalimat pendek, a short sentence")
        detector.detect_language_of("kalimat yang cukup panjang untuk setiap model " * 10)
        return cls(detector)

    def detect(self, text: str) -> str | None:
        """The language of `text` as one of `LANGUAGES`; None for a text without letters."""
        found = self._detector.detect_language_of(text[:SAMPLE_CHARS])
        return None if found is None else found.iso_code_639_1.name.lower()

    def decide(self, text: str, stated: str | None) -> str | None:
        """The language to work in: what the newsroom stated (a BCP 47 tag, kept as it is), unless that is absent
        or the text clearly (a confidence below `CLEARLY`) contradicts it.
        """
        if not stated or not stated.strip():
            return self.detect(text)
        primary = primary_subtag(stated)
        if primary not in LANGUAGES:
            return stated  # a language that we can't tell from the text: trust the newsroom
        found = self.detect(text)
        if found is None or found == primary or {found, primary} == _CLOSE:
            return stated
        language = Language.from_iso_code_639_1(IsoCode639_1.from_str(primary.upper()))
        confidence = self._detector.compute_language_confidence(text[:SAMPLE_CHARS], language)
        return found if confidence < CLEARLY else stated


def primary_subtag(tag: str | None) -> str | None:
    """``id-ID`` -> ``id``."""
    return tag.replace("_", "-").split("-", 1)[0].strip().lower() or None if tag else None
