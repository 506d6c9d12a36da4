"""NITF: whole documents, and the bodies that NewsML and ninjs carry inside."""

from __future__ import annotations

from processors.errors import Malformed
from processors.intake import markup
from processors.intake.conform import conforming
from processors.intake.identity import identity, language, outlet, state_under, urgency, version
from processors.intake.markup import Element, find, text_at
from processors.intake.moments import embargo, moment
from processors.intake.ninjs_schema import Document
from processors.intake.vocabulary import NITF_HTML
from processors.records import Article

_SUBJECTS = "http://cv.iptc.org/newscodes/subjectcode/"


def read(root: Element, *, key: str | None = None) -> Article:
    """The story of one document.

    Raises:
        Invalid: neither doc-id nor key.
    """
    data = find(root, "head/docdata")
    doc_id = find(data, "doc-id")
    uri = identity(None if doc_id is None else doc_id.get("id-string"), key=key)
    status = None if data is None else data.get("management-status")
    release = _norm(data, "date.release")
    until, endless = embargo(release or "") if status == "embargoed" else (moment(release), False)
    return Article(
        uri=uri,
        body=body(root),
        body_type="html",
        title=headline(root) or text_at(root, "head/title"),
        byline=byline(root),
        source=outlet(provider=_provider(root), uri=uri) or outlet(provider=_attribute(doc_id, "regsrc")),
        language=language(markup.lang(root), root.get("baselang"), markup.lang(find(root, "body"))),
        version=version(_attribute(find(data, "du-key"), "version")),
        version_created=moment(_revised(root)),
        published=moment(_norm(data, "date.issue"))
        or moment(_attribute(find(root, "head/pubdata"), "date.publication")),
        embargoed=until,
        state=state_under(status, endless=endless),
        urgency=urgency(_attribute(find(data, "urgency"), "ed-urg")),
        carried=conforming(_carried(root, data)),
    )


def body(root: Element) -> str:
    """body.content as HTML; "" when there is none."""
    content = next(markup.every(root, ".//body.content"), None)
    return "" if content is None else markup.inner_html(content, _html)


def text(document: str) -> str:
    """The body of an NITF document inside another format, as HTML; "" when it can't be read."""
    try:
        return body(markup.parse(document))
    except Malformed:
        return ""


def headline(root: Element) -> str | None:
    return text_at(next(markup.every(root, ".//hedline"), None), "hl1")


def byline(root: Element) -> str | None:
    return markup.words(next(markup.every(root, ".//body.head/byline"), None))


def _html(name: str) -> str | None:
    return NITF_HTML.get(name, name)


def _attribute(element: Element | None, name: str) -> str | None:
    return None if element is None else element.get(name)


def _norm(data: Element | None, name: str) -> str | None:
    return _attribute(find(data, name), "norm")


def _provider(root: Element) -> str | None:
    return text_at(next(markup.every(root, ".//body.head/distributor"), None), "org") or markup.words(
        next(markup.every(root, ".//body.head/distributor"), None)
    )


def _revised(root: Element) -> str | None:
    """The newest entry of the revision history."""
    return max(
        (entry.get("norm") or "" for entry in markup.every(root, "head/revision-history")), default=None
    )


def _carried(root: Element, data: Element | None) -> Document:
    rights = find(data, "doc.copyright")
    subjects = [
        {
            "name": subject.get("tobject.subject.matter") or subject.get("tobject.subject.type") or "",
            "literal": code,
            **({"uri": _SUBJECTS + code} if len(code) == 8 and code.isdecimal() else {}),
        }
        for subject in markup.every(root, "head/tobject/tobject.subject")
        if (code := subject.get("tobject.subject.refnum") or "")
    ]
    found: Document = {
        "located": text_at(next(markup.every(root, ".//body.head/dateline"), None), "location"),
        "slugline": _attribute(find(data, "du-key"), "key"),
        "edNote": _attribute(find(data, "ed-msg"), "info"),
        "copyrightHolder": _attribute(rights, "holder"),
        "usageTerms": text_at(root, "body/body.head/rights"),
        "subjects": subjects,
    }
    return {name: value for name, value in found.items() if value}
