"""NewsML-G2: news items, packages and planning items, alone or in a news message."""

from __future__ import annotations

from processors.errors import Invalid
from processors.intake import markup, ninjs_schema, nitf
from processors.intake.conform import conforming
from processors.intake.identity import identity, language, outlet, state_under, urgency, version
from processors.intake.limits import within
from processors.intake.markup import Element, every, find, local, text_at, words
from processors.intake.moments import embargo, moment, stamp
from processors.intake.ninjs_schema import Document
from processors.intake.vocabulary import mapping
from processors.records import Article

_STORIES = ("newsItem", "packageItem", "planningItem")
_SCHEMES = mapping("g2_schemes")
_KINDS = mapping("g2_kinds")


def read(root: Element, *, key: str | None = None) -> tuple[Article, ...]:
    """All stories of a document, in its order. A package that has no guid is an envelope and no story.

    Raises:
        Invalid: no item that is a story (a concept item is none), or a news item without guid.
    """
    if local(root) != "newsMessage":
        return (_item(root, key=key),)
    items = [item for item in every(root, "itemSet/*") if local(item) in _STORIES]
    stories = [item for item in items if local(item) == "newsItem" or item.get("guid")]
    if not stories:
        raise Invalid(f"the news message has no item that is a story: {', '.join(_STORIES)}")
    return tuple(_item(item, key=key if len(stories) == 1 else None) for item in within(stories))


def _item(item: Element, *, key: str | None) -> Article:
    kind = local(item)
    if kind not in _STORIES:
        raise Invalid(f"{kind} is no story; stories are {', '.join(_STORIES)}")
    uri = identity(item.get("guid"), key=key)
    management, content = find(item, "itemMeta"), find(item, "contentMeta")
    # In NewsML-G2 an embargo without date holds until the provider lifts it.
    held = find(management, "embargoed")
    until, endless = embargo(None if held is None else words(held) or "")
    text, is_markup = _body(item)
    return Article(
        uri=uri,
        body=text,
        body_type="html" if is_markup else "text",
        title=text_at(content, "headline") or nitf.headline(item) or text_at(management, "title"),
        byline=nitf.byline(item) or text_at(content, "by") or _creators(content),
        source=outlet(
            url=_uri(find(management, "provider")), provider=_name(find(management, "provider")), uri=uri
        )
        or outlet(provider=_name(find(content, "infoSource"))),
        language=language(_tag(find(content, "language")), markup.lang(item)),
        version=version(item.get("version")),
        version_created=moment(text_at(management, "versionCreated")),
        published=moment(text_at(management, "firstCreated")),
        embargoed=until,
        state=state_under(_concept(find(management, "pubStatus")), endless=endless),
        urgency=urgency(text_at(content, "urgency")),
        type=_type(kind, find(management, "itemClass")),
        carried=conforming(_carried(item, management, content)),
    )


def _type(kind: str, item_class: Element | None) -> str:
    if kind != "newsItem":
        return "composite" if kind == "packageItem" else "planning"
    name = _concept(item_class).rpartition(":")[2].rpartition("/")[2]
    return name if name in ninjs_schema.types() else "text"


def _body(item: Element) -> tuple[str, bool]:
    """The story's text and whether it is HTML: XML inside first, then data; pictures and videos have none."""
    for inline in every(item, "contentSet/inlineXML"):
        inner = next(iter(inline), None)
        if inner is None:
            continue
        if local(inner) == "nitf":
            found = nitf.body(inner)
        else:
            page = find(inner, "body")
            found = markup.inner_html(inline if page is None else page)
        if found:
            return found, True
    for data in every(item, "contentSet/inlineData"):
        text = (data.text or "").strip()
        if text and not data.get("encoding"):
            marked = "html" in (data.get("contenttype") or "") or markup.is_html(text)
            return (markup.inside_body(text) if marked else text), marked
    return "", False


def _concept(element: Element | None) -> str:
    """What a qcode, uri or literal names; "" for nothing."""
    if element is None:
        return ""
    return element.get("qcode") or element.get("uri") or element.get("literal") or ""


def _name(element: Element | None) -> str | None:
    """Of `<provider qcode="nprov:AP"/>`: AP."""
    if element is None:
        return None
    return (
        text_at(element, "name") or (element.get("qcode") or "").rpartition(":")[2] or element.get("literal")
    )


def _uri(element: Element | None) -> str | None:
    return None if element is None else element.get("uri")


def _tag(element: Element | None) -> str | None:
    return None if element is None else element.get("tag")


def _creators(content: Element | None) -> str | None:
    return ", ".join(name for one in every(content, "creator") if (name := text_at(one, "name"))) or None


def _carried(item: Element, management: Element | None, content: Element | None) -> Document:
    rights = find(item, "rightsInfo")
    asserted = {
        one.get("qcode"): name
        for one in every(item, "assert")
        if (name := text_at(one, "name")) and one.get("qcode")
    }
    headlines = [
        {"role": one.get("role") or "other", "value": value}
        for one in list(every(content, "headline"))[1:]
        if (value := words(one))
    ]
    descriptions = [
        {"role": (one.get("role") or "text").rpartition(":")[2], "value": value}
        for one in every(content, "description")
        if (value := words(one))
    ]
    holder = find(rights, "copyrightHolder")
    found: Document = {
        "slugline": text_at(content, "slugline"),
        "located": text_at(content, "located/name"),
        "edNote": text_at(management, "edNote"),
        "copyrightHolder": _name(holder) or _uri(holder),
        "copyrightNotice": text_at(rights, "copyrightNotice"),
        "usageTerms": text_at(rights, "usageTerms"),
        "headlines": headlines,
        "descriptions": descriptions,
        "genres": [_term(one, asserted) for one in every(content, "genre")],
        "infoSources": [_term(one, asserted) for one in every(content, "infoSource")],
    }
    if when := moment(text_at(content, "contentCreated")):
        found["contentCreated"] = stamp(when)
    for subject in every(content, "subject"):
        kind = _KINDS.get((subject.get("type") or "").rpartition(":")[2], "subjects")
        if term := _term(subject, asserted):
            found.setdefault(kind, []).append({"rel": "about", **term})
    return {name: value for name, value in found.items() if value}


def _term(element: Element, asserted: dict[str | None, str]) -> Document:
    qcode = element.get("qcode") or ""
    alias, _, code = qcode.partition(":")
    term = {
        "name": text_at(element, "name") or asserted.get(qcode),
        "uri": element.get("uri") or (_SCHEMES[alias] + code if alias in _SCHEMES else None),
        "literal": qcode or element.get("literal"),
    }
    return {part: value for part, value in term.items() if value}
