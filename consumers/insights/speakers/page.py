"""Who asks by HTTP: `GET /speakers/<name>`, and `GET /speakers?q=<part of a name>`, on Faust's web port.

The member of the group that is asked passes a question for a speaker on to the member who keeps them. A list tells of
what the member itself keeps.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import ClientError
from aiohttp.web import Response
from faust.exceptions import SameNode
from faust.web.exceptions import ServiceUnavailable

from consumers.insights.committed import CommittedApp
from consumers.insights.naming import folded

if TYPE_CHECKING:
    from consumers.insights.speakers.study import Speakers

MOST_LISTED = 1_000
_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


def serve(app: CommittedApp, speakers: Speakers) -> None:
    """Adds the two pages to the app's web server, whether it is on or not."""

    async def one(view: Any, request: Any, name: str) -> Any:
        if app.rebalancing:
            return _busy()
        key = folded(name).encode()
        try:
            return await app.router.route_topic_req(speakers.sayings, key, view.web, request)
        except SameNode:
            pass
        except (ServiceUnavailable, ClientError, TimeoutError, KeyError):
            return _busy()
        record = speakers.record(key, int(time.time()))
        if not record.stories:
            return _answer({"error": f"nobody is quoted by the name of {name}"}, status=404)
        return _answer(record)

    async def some(_: Any, request: Any) -> Any:
        if app.rebalancing:
            return _busy()
        part = folded(request.query.get("q", "")).encode()
        try:
            limit = min(int(request.query.get("limit", "100")), MOST_LISTED)
        except ValueError:
            return _answer({"error": "limit is a number"}, status=400)
        now = int(time.time())
        found = [speakers.record(key, now) for key in speakers.speakers() if part in key]
        found = [record for record in found if record.stories]
        found.sort(key=lambda record: (-record.stories, -record.quotes, record.name))
        listed = [
            {
                "name": record.name,
                "stories": record.stories,
                "quotes": record.quotes,
                "last": record.said[0].at,
            }
            for record in found[: max(limit, 0)]
        ]
        return _answer({"speakers": listed, "found": len(found)})

    app.page("/speakers", name="speakers")(some)
    app.page("/speakers/{name:.+}", name="speaker")(one)


def _answer(value: Any, status: int = 200) -> Response:
    return Response(
        body=orjson.dumps(value), status=status, content_type="application/json", headers=_HEADERS
    )


def _busy() -> Response:
    """Partitions are changing hands, or who keeps this one does not answer."""
    answer = _answer({"error": "the insights are joining or restoring: ask again"}, status=503)
    answer.headers["retry-after"] = "1"
    return answer
