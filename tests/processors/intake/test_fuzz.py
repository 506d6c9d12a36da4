"""Any bytes give articles or one of our errors, and never a defect. No deadlines: the first odd date imports dateparser."""

from __future__ import annotations

import contextlib
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.errors import ProcessorFailed, StoryError
from processors.intake import read
from processors.records import Article

WIRE = Path(__file__).resolve().parents[2] / "samples" / "wire"
SAMPLES = [path.read_bytes() for path in sorted(WIRE.iterdir()) if path.suffix != ".yaml"]
TYPES = st.sampled_from(
    [
        None,
        "application/json",
        "text/xml",
        "text/html; charset=utf-8",
        "text/plain; charset=utf-16",
        "x/y; charset=rot13",
    ]
) | st.text(max_size=30)
KEYS = st.none() | st.binary(max_size=12) | st.just(b"https://a.example/x")


def check(payload: bytes, content_type: str | None = None, key: bytes | None = None) -> None:
    try:
        articles = read(payload, content_type=content_type, key=key)
    except ProcessorFailed as error:
        raise AssertionError from error.__cause__
    except StoryError:
        return
    assert articles
    for article in articles:
        assert isinstance(article, Article)
        assert article.uri == article.uri.strip() != ""
        for when in (article.version_created, article.published, article.embargoed):
            assert when is None or when.utcoffset() is not None
        orjson.dumps(article)
        article.digest()


@settings(deadline=None)
@given(st.binary(max_size=300), TYPES, KEYS)
def test_any_bytes(payload, content_type, key):
    check(payload, content_type, key)


@settings(deadline=None)
@given(st.text(alphabet="<>/!?-[]CDATA&;#xp=\"' \nabrsfeditmn:{},\\u0", max_size=200), TYPES, KEYS)
def test_any_text_of_the_characters_that_matter(text, content_type, key):
    check(text.encode(), content_type, key)


@st.composite
def mutations(draw):
    """A sample with pieces taken out, doubled, replaced by noise, or moved in from another sample."""
    payload = bytearray(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(payload)))
        end = min(len(payload), start + draw(st.integers(0, 60)))
        other = draw(st.sampled_from(SAMPLES))
        at = draw(st.integers(0, len(other)))
        payload[start:end] = draw(
            st.sampled_from([b"", bytes(payload[start:end]) * 2, other[at : at + 40]]) | st.binary(max_size=8)
        )
    return bytes(payload)


@settings(max_examples=400, deadline=None)
@given(mutations(), TYPES, KEYS)
def test_mutations_of_the_samples(payload, content_type, key):
    check(payload, content_type, key)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
known = sorted(
    {name for sample in SAMPLES if sample.startswith(b"{") for name in orjson.loads(sample)}
    | {"@type", "$schema", "advices"}
)


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(st.sampled_from(known), values, max_size=8), KEYS)
def test_json_with_known_names_and_any_values(document, key):
    check(orjson.dumps(document), "application/json", key)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([s for s in SAMPLES if s.startswith(b"{")]), st.data())
def test_json_samples_with_one_value_replaced_anywhere(sample, data):
    document = orjson.loads(sample)
    node, places = document, []
    while isinstance(node, (dict, list)) and node:
        step = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
        places.append((node, step))
        node = node[step]
    holder, step = data.draw(st.sampled_from(places))
    holder[step] = data.draw(values)
    check(orjson.dumps(document))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_samples_cut_off_anywhere(sample, data):
    check(sample[: data.draw(st.integers(0, len(sample)))], None, b"urn:x:1")


@pytest.mark.parametrize(
    "charset", ["utf-7", "punycode", "unicode_escape", "idna", "rot13", "zlib", "", "\x00", "utf-8\x00"]
)
def test_a_charset_that_is_none_is_passed_over(charset):
    with contextlib.suppress(StoryError):
        check(b"Pasar \xe9 buka", f"text/plain; charset={charset}", b"urn:x:1")
        (article,) = read(b"Pasar \xe9 buka", content_type=f"text/plain; charset={charset}", key=b"urn:x:1")
        assert article.body == "Pasar é buka"
