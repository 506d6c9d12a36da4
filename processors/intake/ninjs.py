"""ninjs 1.x, 2.x and 3.x to an article."""

from __future__ import annotations

from typing import Any

from processors.errors import Invalid
from processors.intake import ninjs_schema, nitf
from processors.intake.conform import conforming
from processors.intake.identity import (
    identity,
    language,
    one_line,
    outlet,
    state,
    state_under,
    urgency,
    version,
)
from processors.intake.markup import inside_body, is_html, plain
from processors.intake.moments import embargo, moment, stamp
from processors.intake.ninjs_schema import Document
from processors.intake.ninjs_upgrade import upgrade
from processors.intake.vocabulary import names
from processors.records import Article, State

_CARRIED = sorted(names("carried"))
_MOMENTS = ("contentCreated", "expires")
_EMBEDDED = names("embedded")
_ASIDE = names("aside")


def read(document: Document) -> Article:
    """The story of one ninjs document.

    Raises:
        Invalid: the document doesn't keep the schema of its version.
    """
    generation, known = ninjs_schema.checked(document)
    rank = known.get("urgency")
    if rank is not None and urgency(rank) is None:
        # The schemas of 1.x and 2.x allow any number, their text only these.
        raise Invalid("urgency must be a whole number from 1 to 9")
    return article(upgrade(known, generation))


def article(document: Document, *, key: str | None = None) -> Article:
    """The story of a document that has the properties of ninjs 3.1.

    A withheld story, and one whose embargo can't be read, is withheld.
    """
    uri = identity(document.get("uri"), key=key)
    until, endless = embargo(document.get("embargoedUntil"))
    main, others = _headlines(document)
    body, is_markup = _body(document.get("bodies") or ())
    return Article(
        uri=uri,
        body=body,
        body_type="html" if is_markup else "text",
        title=main,
        byline=one_line(document.get("by")),
        source=outlet(provider=_provider(document), uri=uri)
        or outlet(provider=document.get("copyrightHolder")),
        language=language(document.get("language")),
        version=version(document.get("version")),
        version_created=moment(document.get("versionCreated")),
        published=moment(document.get("firstCreated")),
        embargoed=until,
        state=state_under(document.get("pubStatus"), endless=endless),
        urgency=urgency(document.get("urgency")),
        type=document.get("type") or "text",
        carried=_carried(document, main, others),
    )


def _headlines(document: Document) -> tuple[str | None, list[Document]]:
    """The main headline, as plain text, and the others as they are."""
    headlines = [one for one in document.get("headlines") or () if one.get("value")]
    main = next((one for one in headlines if one.get("role") == "main"), None) or next(
        (one for one in headlines if one.get("role") not in _ASIDE), None
    )
    if main is None and (document.get("title") or not headlines):
        return one_line(document.get("title")), headlines
    main = main or headlines[0]
    return _plain(main), [one for one in headlines if one is not main]


def _plain(text: Document) -> str | None:
    value: str = text["value"]
    marked = "html" in (text.get("contentType") or "") or is_html(value)
    return plain(value) if marked else one_line(value)


def _body(bodies: Any) -> tuple[str, bool]:
    """The story itself among its forms: HTML before plain text, which has often lost its paragraphs."""
    best, best_rank = None, (-1, -1)
    for body in bodies:
        value, form = body.get("value"), _form(body)
        if not isinstance(value, str) or not value.strip():
            continue
        rank = (body.get("role") not in _ASIDE, ("other", "text", "html").index(form))
        if rank > best_rank:
            best, best_rank = body, rank
    if best is None:
        return "", False
    match _form(best):
        case "html":
            return inside_body(best["value"]), True
        case "text":
            return best["value"], False
    return nitf.text(best["value"]), True


def _form(body: Document) -> str:
    """html, text, or other: NITF inside JSON."""
    stated = f"{body.get('contentType') or ''} {body.get('role') or ''}".lower()
    if "nitf" in stated or "application/xml" in stated:
        return "other"
    if "html" in stated:
        return "html"
    return "text" if "text/plain" in stated or not is_html(body.get("value") or "") else "html"


def _provider(document: Document) -> str | None:
    """The information source that is the provider; one that says no role may be it, one of another role is not."""
    sources = document.get("infoSources") or ()
    provider = next((one for one in sources if "provider" in (one.get("role") or "").lower()), None)
    chosen: Document = provider or next((one for one in sources if not one.get("role")), {})
    return chosen.get("name") or chosen.get("literal")


def _carried(document: Document, main: str | None, others: list[Document]) -> Document:
    carried: Document = {name: document[name] for name in _CARRIED if document.get(name)}
    if carried.get("title") == main:
        carried.pop("title", None)
    if others:
        carried["headlines"] = others
    for name in _MOMENTS:
        if when := moment(document.get(name)):
            carried[name] = stamp(when)
    if embedded := [_embedded(item) for item in document.get("associations") or () if _may_show(item)]:
        carried["associations"] = embedded
    return conforming(carried)


def _may_show(item: Document) -> bool:
    """Not what is withheld, killed or under an embargo of its own."""
    return state(item.get("pubStatus")) is State.USABLE and not item.get("embargoedUntil")


def _embedded(item: Document) -> Document:
    """Its text and what is embedded in it stay out."""
    return {name: value for name, value in item.items() if name in _EMBEDDED}
