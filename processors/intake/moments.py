"""Dates as newsrooms write them, to aware moments in UTC.

ISO 8601 first; RFC 822 next, with Indonesian names of months and zones; free words ("Rabu, 7 Oktober 2026 | 21:15
WIB") last and only where a format is known for them, by dateparser: it takes milliseconds a date, and is imported when
the first such date comes. A time without zone is read as UTC: nothing in the documents says where the newsroom is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

from processors.intake.vocabulary import mapping

_INDONESIAN_ZONES = {"WIB": "+0700", "WITA": "+0800", "WIT": "+0900"}
_ZONE = re.compile(r"\s*\(?\b(WIB|WITA|WIT)\)?$", re.IGNORECASE)
_MONTHS = mapping("months")
_MONTH = re.compile(rf"\b(?:{'|'.join(_MONTHS)})\b", re.IGNORECASE)
_LONGEST = 64
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
# Only whole dates: what "kemarin" or "24 Agustus" means depends on the clock.
_WORDS_ONLY = {
    "PARSERS": ["absolute-time"],
    "REQUIRE_PARTS": ["day", "month", "year"],
    "DATE_ORDER": "DMY",
    "RELATIVE_BASE": datetime(2000, 1, 1),  # noqa: DTZ001 - dateparser wants it naive; whole dates never use it
}


def moment(value: object, *, words: bool = False) -> datetime | None:
    """The moment in UTC; None for what is not a whole date or not between 1900 and 2200.

    Args:
        value: what stands where a date should; only strings are dates.
        words: whether a date in free words is worth the milliseconds.
    """
    if not isinstance(value, str):
        return None
    text = value.strip()
    if not text or len(text) > _LONGEST:
        return None
    found = _iso(text) or _mail(text) or (_words(text) if words else None)
    if found is None or not _FIRST_YEAR < found.year < _LAST_YEAR:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def embargo(value: object) -> tuple[datetime | None, bool]:
    """When the embargo ends, and whether it must hold without end.

    An embargo that is there but can't be read as a date ("Next Monday", or an empty element) holds until the
    newsroom sends a new version: better late than leaked.
    """
    if value is None:
        return None, False
    until = moment(value)
    return until, until is None


def stamp(when: datetime) -> str:
    """As ninjs writes it: RFC 3339 in UTC."""
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _iso(text: str) -> datetime | None:
    if not text[:4].isdecimal():
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _mail(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(_MONTH.sub(_english, _zoned(text)))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _english(month: re.Match[str]) -> str:
    return _MONTHS[month[0].lower()]


@lru_cache(maxsize=1_024)  # a feed is fetched again and again
def _words(text: str) -> datetime | None:
    if not any(letter.isalpha() for letter in text) or not any(letter.isdecimal() for letter in text):
        return None
    import dateparser  # noqa: PLC0415 - 12 MB and 0.1 s that most feeds never need

    try:
        return dateparser.parse(_zoned(text), languages=["id", "en"], settings=_WORDS_ONLY)
    except Exception:  # noqa: BLE001 - whatever dateparser stumbles over is no date
        return None


def _zoned(text: str) -> str:
    zone = _ZONE.search(text)
    return text[: zone.start()] + " " + _INDONESIAN_ZONES[zone[1].upper()] if zone else text
