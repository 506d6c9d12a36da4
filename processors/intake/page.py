"""HTML: pages with all that stands around the story, and fragments. Only what says who and when is read here.

The tags that matter are found by linear searches and only they are parsed: a parser for the whole page is quadratic
in the attributes of a tag, and the main text is found later, in a process that has a time limit.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import orjson

from processors.intake import printed
from processors.intake.conform import conforming
from processors.intake.identity import host, identity, language, outlet, web
from processors.intake.markup import plain
from processors.intake.moments import moment
from processors.intake.ninjs_schema import Document
from processors.records import Article

_TAG = re.compile(r"""<(meta|link|html)\b((?:[^<>"']|"[^"<]*+"|'[^'<]*+'){0,200}+)""", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-z][a-z:-]{0,40})\s*=\s*(?:"([^"<]*+)"|'([^'<]*+)'|([^\s"'<>]++))""", re.IGNORECASE
)
_TITLE = re.compile(r"<title\b[^<>]*+>([^<]++)", re.IGNORECASE)
_JSON_LD = re.compile(r"<script\b[^<>]{0,500}ld\+json[^<>]{0,500}>", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
_SIGN_OF_PAGE = re.compile(r"<(!doctype|html|head|body)\b", re.IGNORECASE)
_MOST_TAGS, _MOST_SCRIPTS, _LONGEST_VALUE = 500, 20, 4_000
# schema.org's types of story; NewsArticle and its subtypes end in the same word.
_STORY = re.compile(r"(.*Article|BlogPosting|LiveBlogPosting|Report)")


@dataclass(slots=True)
class _Facts:
    """What the head of a page says: `meta` by property or name in lower case, first wins."""

    meta: dict[str, str] = field(default_factory=dict)
    canonical: str | None = None
    language: str | None = None


def read(text: str, *, key: str | None = None) -> Article:
    """The page, whole and raw, under its canonical URL.

    schema.org's JSON-LD is believed first, OpenGraph next, then what HTML itself has, what is printed last.

    Raises:
        Invalid: the page names no address of itself, and the record has no key.
    """
    head = _without_comments(text)
    facts, story = _facts(head), _story(head)
    base = web(key) or web(facts.meta.get("og:url")) or ""
    url = web(
        _join(base, facts.canonical),
        facts.meta.get("og:url"),
        _address(story),
        _string(story.get("url")),
        key,
    )
    uri = identity(url, key)
    title = _TITLE.search(head)
    return Article(
        uri=uri,
        body=text,
        body_type="html",
        page=_SIGN_OF_PAGE.search(text) is not None,
        title=plain(
            _string(story.get("headline")) or facts.meta.get("og:title") or (title[1] if title else None)
        ),
        byline=plain(_names(story.get("author")) or facts.meta.get("author") or _author(facts))
        or printed.author(text),
        source=outlet(
            url=url, provider=_names(story.get("publisher")) or facts.meta.get("og:site_name"), uri=uri
        ),
        language=language(_string(story.get("inLanguage")), facts.language, facts.meta.get("og:locale")),
        url=url,
        version_created=moment(
            _string(story.get("dateModified")) or facts.meta.get("article:modified_time"), words=True
        ),
        published=moment(
            _string(story.get("datePublished")) or facts.meta.get("article:published_time"), words=True
        )
        or printed.published(text),
        carried=conforming(_carried(story, facts)),
    )


def _without_comments(text: str) -> str:
    if "<!--" not in text:
        return text
    pieces, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        pieces.append(text[at:start])
        end = text.find("-->", start + 4)
        if end < 0:
            return "".join(pieces)
        at = end + 3
    return "".join([*pieces, text[at:]])


def _facts(text: str) -> _Facts:
    facts = _Facts()
    for number, tag in enumerate(_TAG.finditer(text)):
        if number == _MOST_TAGS:
            break
        values = _attributes(tag[2])
        match tag[1].lower():
            case "html":
                facts.language = facts.language or values.get("lang")
            case "link":
                if "canonical" in values.get("rel", "").lower().split():
                    facts.canonical = facts.canonical or values.get("href")
            case _:
                name = (values.get("property") or values.get("name") or "").lower()
                if name and values.get("content"):
                    facts.meta.setdefault(name, values["content"])
    return facts


def _attributes(text: str) -> dict[str, str]:
    return {
        found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "").strip()
        for found in _ATTRIBUTE.finditer(text[:_LONGEST_VALUE])
    }


def _story(text: str) -> dict[str, Any]:
    """The first schema.org story in the page's JSON-LD; an empty one when there is none."""
    for number, script in enumerate(_JSON_LD.finditer(text)):
        if number == _MOST_SCRIPTS:
            break
        end = _SCRIPT_END.search(text, script.end())
        if end is None:
            break
        source = text[script.end() : end.start()].strip().rstrip(";")
        try:
            data = orjson.loads(source)
        except orjson.JSONDecodeError:
            try:
                data = orjson.loads(_one_line(source))
            except orjson.JSONDecodeError:
                continue
        for thing in _things(data):
            if any(_STORY.fullmatch(kind) for kind in _kinds(thing)):
                return thing
    return {}


def _one_line(source: str) -> str:
    """Line ends and tabs inside strings break JSON and are the commonest fault; outside they mean nothing."""
    return re.sub(r"[\x00-\x1f]", " ", source)


def _things(data: Any) -> Iterator[dict[str, Any]]:
    for thing in data if isinstance(data, list) else [data]:
        if isinstance(thing, dict):
            yield thing
            graph = thing.get("@graph")
            yield from (
                inner for inner in (graph if isinstance(graph, list) else []) if isinstance(inner, dict)
            )


def _kinds(thing: dict[str, Any]) -> list[str]:
    kind = thing.get("@type")
    return [one for one in (kind if isinstance(kind, list) else [kind]) if isinstance(one, str)]


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _address(story: dict[str, Any]) -> str | None:
    page = story.get("mainEntityOfPage")
    return _string(page.get("@id") if isinstance(page, dict) else page)


def _names(value: Any) -> str | None:
    """Of a person or an organisation, or several, in any of the forms that schema.org allows."""
    several = value if isinstance(value, list) else [value]
    names = [one.get("name") if isinstance(one, dict) else one for one in several[:20]]
    return ", ".join(name for name in names if isinstance(name, str) and name) or None


def _author(facts: _Facts) -> str | None:
    """OpenGraph's author may be a name; where it is an address it says nothing to readers."""
    author = facts.meta.get("article:author")
    return None if host(author) else author


def _join(base: str, address: str | None) -> str | None:
    try:
        return urljoin(base, address) if address else None
    except ValueError:
        return None


def _carried(story: dict[str, Any], facts: _Facts) -> Document:
    section = _names(story.get("articleSection")) or facts.meta.get("article:section")
    summary = plain(_string(story.get("description")) or facts.meta.get("og:description"))
    holder = _names(story.get("copyrightHolder"))
    found: Document = {
        "subjects": [{"name": plain(section)}] if plain(section) else [],
        "descriptions": [{"role": "summary", "value": summary}] if summary else [],
        "copyrightHolder": plain(holder),
    }
    return {name: value for name, value in found.items() if value}
