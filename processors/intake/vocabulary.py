"""The names that the formats use, from `vocabulary.json`.

- `carried`: properties of ninjs 3.1 that the output document takes over; `embedded`: those that an embedded item shows.
- `aside`: roles of texts that accompany the story and are not the story.
- `ninjs_1_lists`, `ninjs_1_forms`: names in ninjs 1 and what they became in ninjs 3.
- `superdesk_strings`, `superdesk_terms`: properties of Superdesk's dialect that are read.
- `plain_strings`: properties of the flat JSON format; `plain_only`, `ninjs_only`: what tells the two apart.
- `html_elements`: what a page or a piece of a page begins with; `xml_roots`: root elements and their formats.
- `nitf_html`: NITF's elements by what they are in HTML; null: data about the story, not its text.
- `months`: Indonesian names of months, in full and short, by what RFC 822 calls them.
- `g2_schemes`: schemes of the IPTC whose alias is the same in everybody's catalogue; `g2_kinds`: types of subjects.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

_VOCABULARY: dict[str, Any] = orjson.loads(Path(__file__).with_name("vocabulary.json").read_bytes())


def names(name: str) -> frozenset[str]:
    return frozenset(_VOCABULARY[name])


def mapping(name: str) -> dict[str, str]:
    return dict(_VOCABULARY[name])


NITF_HTML: dict[str, str | None] = _VOCABULARY["nitf_html"]
