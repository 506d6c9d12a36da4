"""The chain: Article -> Enriched, one stage after the other.

clean -> language -> entities -> quotes -> document. Pure: no clock, no network. Everything is loaded once, in the
process that forks the workers; nothing that is loaded starts a thread or keeps what stories taught it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, Self

from config import outlets
from processors.cleaning import Cleaned, Cleaner
from processors.document import document
from processors.entities import EntityFinder
from processors.errors import ProcessorFailed, StoryError
from processors.language import Languages
from processors.quotes import QuoteFinder
from processors.records import (
    Article,
    ArticleRecord,
    Enriched,
    Enrichment,
    EntitiesRecord,
    Entity,
    Model,
    Quote,
    QuotesRecord,
    State,
)

STAGES = ("clean", "language", "entities", "quotes", "document")
RULES = Model(name="rules", version="1")


class Cleans(Protocol):
    """Takes what is not the story off it."""

    def clean(self, article: Article) -> Cleaned: ...


class FindsEntities(Protocol):
    """Clean text -> entities."""

    def find(self, text: str, language: str | None) -> tuple[Entity, ...]: ...


class FindsQuotes(Protocol):
    """Clean text and its entities -> quotes."""

    def find(self, text: str, entities: tuple[Entity, ...], language: str | None) -> tuple[Quote, ...]: ...


class Decides(Protocol):
    """Which language to work in."""

    def decide(self, text: str, stated: str | None) -> str | None: ...


class Chain:
    """Enriches one usable story at a time. Withheld and killed stories never come here."""

    def __init__(
        self,
        *,
        cleaner: Cleans,
        languages: Decides,
        entities: FindsEntities,
        quotes: FindsQuotes,
        document: Callable[..., dict[str, Any]] = document,
        model: Model = RULES,
    ) -> None:
        """The stages, loaded; `document` writes the ninjs document of a story."""
        self._cleaner = cleaner
        self._languages = languages
        self.entities = entities
        self.quotes = quotes
        self._document = document
        self.model = model

    @classmethod
    def load(cls) -> Self:
        """Read outlets, word lists and language models: about two seconds and 150 MB.

        Raises:
            OutletError: an outlet's profile is wrong.
            BrokenData: a data file of entities or quotes can't be used.
        """
        return cls(
            cleaner=Cleaner(outlets.load()),
            languages=Languages.load(),
            entities=EntityFinder.load(),
            quotes=QuoteFinder.load(),
        )

    def enrich(self, article: Article, on_stage: Callable[[str], None] | None = None) -> Enriched:
        """The three records of a story.

        Args:
            article: a usable story.
            on_stage: called with the name of each of `STAGES` as it begins, so that the caller can time it, and
                knows where a story was when its process died.

        Raises:
            ProcessorFailed: a stage raised; names stage and uri, and no text of the story. `StoryError` and
                `MemoryError` pass as they are.
        """
        stage = STAGES[0]

        def begin(name: str) -> None:
            nonlocal stage
            stage = name
            if on_stage is not None:
                on_stage(name)

        try:
            begin("clean")
            cleaned = self._cleaner.clean(article)
            text = cleaned.text
            begin("language")
            language = self._languages.decide(text, article.language)
            begin("entities")
            entities = self.entities.find(text, language)
            begin("quotes")
            quotes = self.quotes.find(text, entities, language)
            begin("document")
            written = self._document(article, text=text, language=language, entities=entities)
        except (StoryError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever a stage raises is told with its stage
            # the cause's own message may hold text of the story, so only its kind and place are told
            raise ProcessorFailed(
                f"{type(error).__name__} at {_place(error)}", stage=stage, uri=article.uri
            ) from None
        shared: dict[str, Any] = {
            "uri": article.uri,
            "version": article.version_name(),
            "state": State.USABLE,
            "source": article.source,
            "language": language,
            "model": self.model,
        }
        enrichment = Enrichment(
            **shared,
            text=text,
            dateline=cleaned.dateline,
            removed=cleaned.removed,
            entities=entities,
            quotes=quotes,
        )
        return Enriched(
            article=ArticleRecord(article=written, enrichment=enrichment),
            entities=EntitiesRecord(**shared, entities=entities),
            quotes=QuotesRecord(**shared, quotes=quotes),
        )


def _place(error: BaseException) -> str:
    """Module and line where it was raised."""
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    return f"{where.tb_frame.f_globals.get('__name__')}:{where.tb_lineno}" if where is not None else "?"
