"""The flat JSON format."""

from __future__ import annotations

import orjson
import pytest

from processors.errors import Invalid
from processors.intake import read
from processors.records import State


def story(key=None, **properties):
    (article,) = read(orjson.dumps(properties), key=key)
    return article


def test_the_identity_is_uri_then_id_then_key_then_address():
    url = "https://www.nusahari.example/a"
    assert story(uri="u", id="i", url=url, text="t", key=b"k").uri == "u"
    assert story(id=4711, url=url, text="t", key=b"k").uri == "4711"
    assert story(url=url, text="t", key=b"k").uri == "k"
    assert story(url=url, text="t").uri == url
    assert (story(guid="g", text="t").uri, story(guid="g", text="t").body) == ("g", "t")
    with pytest.raises(Invalid, match="no uri"):
        story(text="t")


def test_html_is_preferred_and_a_whole_page_is_known_as_one():
    assert story(id="a", text="t", html="<p>t</p>").body_type == "html"
    assert not story(id="a", html="<p>t</p>").page
    assert story(id="a", html=" <!DOCTYPE html><html><body>t</body></html>").page
    assert story(id="a", html="", text="t").body == "t"


def test_a_story_has_text_or_html():
    with pytest.raises(Invalid, match="neither text nor html") as caught:
        story(id="a", url="https://a.example/x")
    assert caught.value.uri == "a"
    assert story(id="a", text="").body == ""


@pytest.mark.parametrize("name", ["text", "html", "title", "url", "language", "published", "source"])
def test_a_property_of_a_wrong_type_is_named(name):
    with pytest.raises(Invalid, match=f"{name} must be a string, not list"):
        story(**{"id": "a", "text": "t", name: ["x"]})


def test_the_source_is_as_stated_else_the_host():
    assert story(id="a", text="t", source="Nusa Hari", url="https://www.b.example/").source == "nusa hari"
    assert story(id="a", text="t", url="https://www.b.example/").source == "b.example"


def test_status_and_embargo_are_obeyed():
    assert story(id="a", text="t", status="withheld").state is State.WITHHELD
    assert story(id="a", text="t", embargoed="nanti").state is State.WITHHELD
    assert story(id="a", text="t", embargoed="2026-11-24T00:00:00Z").state is State.USABLE
    assert story(id="a", status="canceled", text=3).state is State.CANCELED
