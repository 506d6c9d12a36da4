"""Superdesk's dialect: a guid, and whatever else an installation adds."""

from __future__ import annotations

import orjson
import pytest

from processors.errors import Invalid
from processors.intake import read


def item(**properties):
    (article,) = read(orjson.dumps({"guid": "urn:x:1", **properties}))
    return article


def test_a_sample_carries_its_terms_and_its_picture(wire):
    (article,) = read((wire / "superdesk.json").read_bytes())
    assert article.carried == {
        "copyrightHolder": "PT Nusa Hari",
        "genres": [{"name": "Artikel", "literal": "Article"}],
        "infoSources": [{"name": "Nusa Hari", "role": "provider"}],
        "places": [{"name": "Sangkar", "literal": "SKR"}],
        "profile": "berita",
        "slugline": "bendungan sangkar",
        "subjects": [{"name": "air", "literal": "20000425"}],
        "associations": [
            {
                "name": "featuremedia",
                "uri": "tag:redaksi.nusahari.example:2026:foto_9",
                "type": "picture",
                "headlines": [{"role": "main", "value": "Pintu air"}],
                "renditions": [
                    {
                        "name": "original",
                        "href": "https://media.nusahari.example/9.jpg",
                        "contentType": "image/jpeg",
                        "poi": {},
                    }
                ],
            }
        ],
    }


def test_unknown_properties_and_odd_values_of_unneeded_ones_are_passed_over():
    article = item(
        type="preformatted", urgency=0, subject="x", authors=3, associations=[], renditions={"a": 1}, x={}
    )
    assert (article.type, article.urgency, article.byline, article.carried) == ("text", None, None, {})


@pytest.mark.parametrize("name", ["headline", "body_html", "language", "versioncreated"])
def test_what_makes_the_story_must_have_its_type(name):
    with pytest.raises(Invalid, match=f"{name} must be of type string") as caught:
        item(**{name: 3})
    assert caught.value.uri == "urn:x:1"


def test_without_a_guid_the_key_is_the_identity():
    assert read(b'{"guid": null, "headline": "Pasar"}', key=b"urn:x:9")[0].uri == "urn:x:9"
    with pytest.raises(Invalid, match="uri"):
        read(b'{"guid": null, "headline": "Pasar"}')
