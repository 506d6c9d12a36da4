"""The topics: the single source for creation, documentation, checks and AsyncAPI."""

from __future__ import annotations

from dataclasses import dataclass, field

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic as `kawat topics create` makes it.

    Attributes:
        name: without the prefix of the settings.
        key, value: what they hold, for people.
        schema: name of the value's JSON Schema under `config/contracts`; None for bytes of any kind.
        config: the broker's topic configuration.
    """

    name: str
    key: str
    value: str
    schema: str | None = None
    config: dict[str, str] = field(default_factory=dict)


# above max_story_bytes and max_record_bytes of the settings, with room for headers
_SIZED = {"max.message.bytes": "5000000"}


def _kept(days: int) -> dict[str, str]:
    return {**_SIZED, "cleanup.policy": "delete", "retention.ms": str(days * DAY_MS)}


def _newest(days: int) -> dict[str, str]:
    """The newest record of each key, for so many days."""
    return {**_SIZED, "cleanup.policy": "compact,delete", "retention.ms": str(days * DAY_MS)}


RAW = Topic(
    name="news.raw", key="story uri", value="a story in any format that intake reads", config=_kept(7)
)
ARTICLES = Topic(
    name="news.articles", key="story uri", value="the enriched story", schema="article", config=_newest(30)
)
ENTITIES = Topic(
    name="news.entities", key="story uri", value="its entities", schema="entities", config=_newest(30)
)
QUOTES = Topic(name="news.quotes", key="story uri", value="its quotes", schema="quotes", config=_newest(30))
LEDGER = Topic(
    name="news.ledger",
    key="story uri",
    value="newest version, content hash, state; none for the barriers that lanes write when they begin",
    schema="ledger",
    config={"cleanup.policy": "compact"},
)
DEAD_LETTERS = Topic(
    name="news.dlq", key="original key", value="original bytes; headers say why", config=_kept(30)
)
MENTIONS = Topic(
    name="news.mentions",
    key="label and name of an entity; empty for a tick of the clock",
    value="which story names it: internal to `kawat insights`",
    schema="mention",
    config={"cleanup.policy": "delete", "retention.ms": str(7 * DAY_MS)},
)
TRENDS = Topic(
    name="news.trends",
    key="label and name of an entity",
    value="it is in more stories than usual, or no longer",
    schema="trend",
    config={"cleanup.policy": "compact,delete", "retention.ms": str(30 * DAY_MS)},
)
SAYINGS = Topic(
    name="news.sayings",
    key="a speaker's name, case folded",
    value="what a story quotes of them: internal to `kawat insights`",
    schema="saying",
    config={"cleanup.policy": "delete", "retention.ms": str(7 * DAY_MS)},
)
SPEAKERS = Topic(
    name="news.speakers",
    key="a speaker's name, case folded",
    value="the running record of what they are quoted with",
    schema="speaker",
    config={"cleanup.policy": "compact,delete", "retention.ms": str(30 * DAY_MS)},
)
SKETCHES = Topic(
    name="news.sketches",
    key="story uri",
    value="what it takes to know a story again in another: internal to `kawat insights`",
    schema="sketch",
    config={"cleanup.policy": "compact,delete", "retention.ms": str(7 * DAY_MS)},
)
STORIES = Topic(
    name="news.stories",
    key="uri of the first story of a cluster",
    value="stories that share their words: who was first, who follows, what each adds",
    schema="cluster",
    config={"cleanup.policy": "compact,delete", "retention.ms": str(30 * DAY_MS)},
)
LINES = Topic(
    name="news.lines",
    key="outlet; empty for a tick of the clock",
    value="what of a story might recur at its outlet: internal to `kawat insights`",
    schema="lines",
    config={"cleanup.policy": "delete", "retention.ms": str(2 * DAY_MS)},
)
BOILERPLATE = Topic(
    name="news.boilerplate",
    key="outlet and id of the proposal, by a semicolon",
    value="a rule for an outlet's profile, for a person to accept",
    schema="boilerplate",
    config={"cleanup.policy": "compact,delete", "retention.ms": str(30 * DAY_MS)},
)

OUTPUTS: tuple[Topic, ...] = (ARTICLES, ENTITIES, QUOTES)
TOPICS: tuple[Topic, ...] = (
    RAW,
    *OUTPUTS,
    LEDGER,
    DEAD_LETTERS,
    MENTIONS,
    TRENDS,
    SAYINGS,
    SPEAKERS,
    SKETCHES,
    STORIES,
    LINES,
    BOILERPLATE,
)
