"""NewsML 1.x, as agencies still send it: one news item, its lines, and NITF or text inside."""

from __future__ import annotations

from processors.errors import Invalid
from processors.intake import markup, ninjs_schema, nitf
from processors.intake.conform import conforming
from processors.intake.identity import identity, language, outlet, state_under, urgency, version
from processors.intake.limits import within
from processors.intake.markup import Element, every, find, text_at, words
from processors.intake.moments import embargo, moment
from processors.intake.ninjs_schema import Document
from processors.records import Article

_SUBJECTS = "http://cv.iptc.org/newscodes/subjectcode/"


def read(root: Element, *, key: str | None = None) -> tuple[Article, ...]:
    """All news items of a document.

    Raises:
        Invalid: no news item, or one without an identity.
    """
    items = list(every(root, "NewsItem"))
    if not items:
        raise Invalid("NewsML without NewsItem")
    return tuple(_item(item, key=key if len(items) == 1 else None) for item in within(items))


def _item(item: Element, *, key: str | None) -> Article:
    named = find(item, "Identification/NewsIdentifier")
    uri = identity(_public_identity(named), key=key)
    management = find(item, "NewsManagement")
    status = (_formal(management, "Status") or "").lower()
    until, endless = embargo(
        text_at(management, "StatusWillChange/DateAndTime") or "" if status == "embargoed" else None
    )
    lines = next(every(item, ".//NewsLines"), None)
    body, is_markup = _body(item)
    about = next(every(item, ".//DescriptiveMetadata"), None)
    return Article(
        uri=uri,
        body=body,
        body_type="html" if is_markup else "text",
        title=text_at(lines, "HeadLine") or nitf.headline(item),
        byline=text_at(lines, "ByLine") or nitf.byline(item) or _party(item, "Creator"),
        source=outlet(provider=_party(item, "Provider") or text_at(named, "ProviderId"), uri=uri),
        language=language(_formal(about, "Language"), markup.lang(item)),
        version=version(text_at(named, "RevisionId")),
        version_created=moment(text_at(management, "ThisRevisionCreated")),
        published=moment(text_at(management, "FirstCreated")),
        embargoed=until,
        state=state_under(status, endless=endless),
        urgency=urgency(_formal(management, "Urgency")),
        type="text" if body else _type(item),
        carried=conforming(_carried(item, lines)),
    )


def _public_identity(named: Element | None) -> str | None:
    """The public identifier without the revision that stands at its end: the same for all versions (RFC 3085)."""
    whole = text_at(named, "PublicIdentifier")
    if whole is None:
        return None
    revision = find(named, "RevisionId")
    update = (revision.get("Update") or "") if revision is not None else ""
    number = words(revision) or ""
    for ending in (f":{number}{update}", f":{number}"):
        if number and whole.endswith(ending):
            return whole.removesuffix(ending)
    return whole


def _body(item: Element) -> tuple[str, bool]:
    for content in every(item, ".//ContentItem/DataContent"):
        if next(every(content, ".//body.content"), None) is not None:
            found = nitf.body(content)
        elif len(content):
            page = next(every(content, ".//body"), None)
            found = markup.inner_html(content if page is None else page)
        else:
            text = (content.text or "").strip()
            if text:
                return text, markup.is_html(text)
            continue
        if found:
            return found, True
    return "", False


def _type(item: Element) -> str:
    """Of an item without text: what its medium is called in ninjs."""
    medium = (_formal(next(every(item, ".//ContentItem"), None), "MediaType") or "").lower()
    medium = "picture" if medium == "photo" else medium
    return medium if medium in ninjs_schema.types() else "text"


def _formal(element: Element | None, path: str) -> str | None:
    found = find(element, path)
    return None if found is None else found.get("FormalName")


def _party(item: Element, role: str) -> str | None:
    party = next(every(item, f".//AdministrativeMetadata/{role}/Party"), None)
    return None if party is None else " ".join((party.get("FormalName") or "").split()) or None


def _carried(item: Element, lines: Element | None) -> Document:
    codes = dict.fromkeys(
        code
        for name in ("Subject", "SubjectMatter", "SubjectDetail")
        for one in every(item, f".//SubjectCode/{name}")
        if len(code := one.get("FormalName") or "") == 8 and code.isdecimal()
    )
    place = next(
        (one.get("Value") for one in every(item, ".//Location/Property") if one.get("FormalName") == "City"),
        None,
    )
    found: Document = {
        "slugline": text_at(lines, "SlugLine") or text_at(item, "Identification/NameLabel"),
        "located": place,
        "copyrightNotice": text_at(lines, "CopyrightLine"),
        "usageTerms": text_at(next(every(item, ".//RightsMetadata"), None), "UsageRights/Limitations"),
        "genres": [
            {"name": one.get("FormalName")} for one in every(item, ".//Genre") if one.get("FormalName")
        ],
        "subjects": [{"rel": "about", "uri": _SUBJECTS + code, "literal": code} for code in codes],
    }
    return {name: value for name, value in found.items() if value}
