"""The records that flow through Kawat: what intake reads, and what goes out downstream.

All are frozen, slotted dataclasses, so orjson writes them as they are. Every offset is a half-open range of
code points of `Enrichment.text`, the clean text: ``text[start:end]`` is the thing itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Literal

SCHEMA = "kawat/1"


class State(StrEnum):
    """Whether a story may be used: the words of ninjs `pubStatus`, with one spelling for a kill."""

    USABLE = "usable"
    CANCELED = "canceled"
    WITHHELD = "withheld"


class RemovedKind(StrEnum):
    """What kind of boilerplate a removed piece of text was."""

    RELATED = "related"
    PROMO = "promo"
    AD = "ad"
    MEDIA = "media"
    CREDIT = "credit"
    COPYRIGHT = "copyright"
    NAV = "nav"
    OTHER = "other"


class Label(StrEnum):
    """Entity labels: the OntoNotes names that spaCy uses."""

    PERSON = "PERSON"
    NORP = "NORP"
    FAC = "FAC"
    ORG = "ORG"
    GPE = "GPE"
    LOC = "LOC"
    PRODUCT = "PRODUCT"
    EVENT = "EVENT"
    WORK_OF_ART = "WORK_OF_ART"
    LAW = "LAW"
    DATE = "DATE"
    TIME = "TIME"
    PERCENT = "PERCENT"
    MONEY = "MONEY"
    QUANTITY = "QUANTITY"


class QuoteKind(StrEnum):
    """direct: whole statements in marks; mixed: a fragment in marks; indirect: reported without marks."""

    DIRECT = "direct"
    MIXED = "mixed"
    INDIRECT = "indirect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One story as the newsroom sent it, whatever its format: what `processors.intake` yields.

    Attributes:
        uri: identity of the story over all its versions.
        body: the story itself, raw: boilerplate, mojibake and mark-up included. Empty for a kill or a picture.
        body_type: whether `body` is plain text or HTML. HTML is a fragment, or a whole page if `page` is set.
        page: `body` is a whole HTML page (navigation and all), whose main text is still to be found.
        source: the outlet: a host name ("kompas.com") or a provider's name; lower case; "" when unknown.
        language: BCP 47 tag as the newsroom stated it; None when it did not.
        version: the story's integer version; None when the newsroom counts none.
        version_created: when this version was made (aware); None when not stated.
        published: when the story was first published (aware); None when not stated.
        embargoed: not to be published before this moment (aware); None for no embargo.
        type: ninjs type ("text", "picture", "video", "audio", "composite", "event", "planning", ...).
        carried: further ninjs 3.1 properties that go to the output document as they are.
    """

    uri: str
    body: str = ""
    body_type: Literal["text", "html"] = "text"
    page: bool = False
    title: str | None = None
    byline: str | None = None
    source: str = ""
    language: str | None = None
    url: str | None = None
    version: int | None = None
    version_created: datetime | None = None
    published: datetime | None = None
    embargoed: datetime | None = None
    state: State = State.USABLE
    urgency: int | None = None
    type: str = "text"
    carried: dict[str, Any] = field(default_factory=dict)

    def digest(self) -> bytes:
        """16 bytes that differ whenever what readers would see differs; version stamps do not count."""
        seen = (self.title, self.byline, self.body, self.language, self.state.value, self.embargoed, self.url)
        joined = "\x1f".join("" if part is None else str(part) for part in seen)
        return blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).digest()

    def version_name(self) -> str:
        """The version as records and `ce_id` show it: the integer, else the time stamp, else the digest."""
        if self.version is not None:
            return str(self.version)
        if self.version_created is not None:
            return self.version_created.isoformat()
        return self.digest().hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """The opening stamp of a story, taken off its text: ``BEIJING, KOMPAS.com –``."""

    place: str | None
    outlet: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """One piece of boilerplate that was taken out, as it stood in the source."""

    kind: RemovedKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of the clean text: ``text == clean[start:end]``, code points."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One thing that the story names, with all its mentions in reading order.

    Attributes:
        id: identity within the story ("e1", "e2", ... in order of first mention).
        name: the fullest name of the entity in the story ("Putin" -> "Vladimir Putin").
        salience: share of the story's attention in [0, 1]; the saliences of a story need not sum to 1.
    """

    id: str
    label: Label
    name: str
    mentions: tuple[Span, ...]
    salience: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who said it.

    Attributes:
        name: canonical name, or the description if no name is given ("seorang saksi").
        entity: `Entity.id` of the speaker; None for a description.
        mention: the words near the quote that name the speaker; for "-nya" the cue itself; None when there are none.
        role: title or affiliation as the story gives it ("Presiden Rusia").
    """

    name: str
    entity: str | None = None
    mention: Span | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What somebody said. `text` stands between the marks, without them; `confidence` in [0, 1] is for the
    pair of span and speaker.
    """

    id: str
    kind: QuoteKind
    text: str
    start: int
    end: int
    speaker: Speaker | None
    cue: Span | None
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Which pipeline found the entities and quotes."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrichment:
    """What Kawat adds to a story. A killed or withheld story has empty text, entities and quotes."""

    schema: str = SCHEMA
    uri: str
    version: str
    state: State
    source: str
    language: str | None
    model: Model
    text: str = ""
    dateline: Dateline | None = None
    removed: tuple[Removed, ...] = ()
    entities: tuple[Entity, ...] = ()
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRecord:
    """Value of `news.articles`: a valid ninjs 3.1 document, and what we add standing beside it."""

    article: dict[str, Any]
    enrichment: Enrichment


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitiesRecord:
    """Value of `news.entities`: the story's entities; offsets are of the text in `news.articles`."""

    schema: str = SCHEMA
    uri: str
    version: str
    state: State
    source: str
    language: str | None
    model: Model
    entities: tuple[Entity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotesRecord:
    """Value of `news.quotes`: the story's quotes; offsets are of the text in `news.articles`."""

    schema: str = SCHEMA
    uri: str
    version: str
    state: State
    source: str
    language: str | None
    model: Model
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Enriched:
    """The outcome of the chain for one story: one record for each output topic."""

    article: ArticleRecord
    entities: EntitiesRecord
    quotes: QuotesRecord
