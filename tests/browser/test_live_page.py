"""The live page in a browser, as its readers use it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal

import aiohttp
import pytest

from consumers.demo import stories as demo

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

TREND = {
    "schema": "kawat/1",
    "label": "ORG",
    "name": "Badan Pangan Sagarawangi",
    "state": "bursting",
    "at": 1_795_486_200,
    "since": 1_795_485_000,
    "windows": [{"window": "10m", "stories": 7, "expected": 0.4, "score": 6.8}],
}


def expect(what):
    """Playwright's, which waits; imported late, so that who has no Playwright can collect these tests."""
    from playwright.async_api import expect

    return expect(what)


def card(page, title):
    return page.locator("article").filter(has=page.get_by_role("heading", name=title, exact=True))


async def marked(locator):
    return await locator.all_text_contents()


async def test_the_demos_stories_come_with_marks_and_what_was_removed(live, visit, send, write, tools):
    page = await visit(live.url, device_scale_factor=2)
    payloads = {raw.payload.where.partition("-")[0]: raw.payload for raw in demo.load()}
    last = [payloads.pop(number) for number in ("14", "01", "15")]
    await send(*payloads.values())
    await write(("news.trends", "ORG badan pangan sagarawangi", TREND))
    await expect(page.locator("article")).to_have_count(34)
    await send(last[0])
    struck = card(page, "Kepala Badan Pangan Sagarawangi Disebut Mundur")
    await expect(struck).to_contain_text("Prasetya Gumilar")
    await send(last[1])
    story = card(page, "Pasar Lereng Dibuka Lagi, Pedagang Lama Dapat Kios Tanpa Undian")
    await expect(story).to_be_visible()
    await send(last[2])
    await expect(struck).to_have_class("gone")
    assert "Prasetya" not in await struck.text_content()
    await expect(page.locator("#dead")).to_have_text("2")
    await expect(page.locator("#lag")).to_have_text("0")
    await expect(page.locator("#link")).to_have_text("live")
    await expect(page.locator("#trends")).to_contain_text("Badan Pangan Sagarawangi")
    await expect(page.locator("#trends")).to_contain_text("7 stories in 10m, usual 0.4")

    assert "Pasar Lereng" in await marked(story.locator("mark.entity.place"))
    (quote,) = await marked(story.locator(".text mark.quote.direct"))
    assert quote.startswith("Pedagang lama yang kehilangan kios")
    assert await marked(story.locator(".text .cue")) == ["kata"]
    await expect(story.get_by_text("Dapatkan berita pilihan")).to_have_count(0)
    await story.get_by_text("Removed: 3 pieces").click()
    await expect(story.get_by_text("promo: Dapatkan berita pilihan")).to_be_visible()
    await story.get_by_text("Removed: 3 pieces").click()
    if tools.pictures:
        await page.evaluate("scrollTo(0, 0)")
        await story.locator("mark.quote").first.focus()
        await page.screenshot(path=tools.pictures / "live.png")


async def told(live, uri):
    """What the page is told of a story: the tests are of the page, whatever the models find."""
    async with asyncio.timeout(60), aiohttp.ClientSession() as http, http.get(live.url + "events") as events:
        async for line in events.content:
            if line.startswith(b"data: ") and (data := json.loads(line[6:])).get("uri", "").endswith(
                f":{uri}"
            ):
                return data
    raise AssertionError(uri)


def sliced(story, spans):
    """Text of spans, whose offsets are code points, as in Python."""
    return [story["text"][start:end] for start, end in sorted(spans)]


async def test_a_mark_tells_what_it_is_when_pointed_at_or_reached_by_keys(live, visit, send, tools):
    title = "Dermaga Lapis Dibuka"
    await send(tools.story("below"))
    await told(live, "below")
    await send(tools.story("marks", '"Dermaga ini milik semua," kata Sekar Paramadita.', title=title))
    (quote,) = (await told(live, "marks"))["quotes"]
    page = await visit(live.url)
    story = card(page, title)
    tip = page.locator("#tip")
    await story.locator("mark.quote").hover()
    await expect(tip).to_contain_text(f"Quote, direct: {quote['speaker']}")
    await expect(tip).to_contain_text(f"cue “kata”, confidence {quote['confidence']:.0%}".replace("%", " %"))
    await page.keyboard.press("Escape")
    await expect(tip).to_be_hidden()
    await story.focus()
    await page.keyboard.press("ArrowRight")
    await expect(tip).to_contain_text("Quote, direct")
    focused = page.locator(":focus")
    await expect(focused).to_have_attribute("aria-describedby", "tip")
    for _ in range(await story.locator("mark").count()):
        await page.keyboard.press("ArrowRight")
    await expect(focused).to_have_text("Sekar Paramadita")  # the last one
    await expect(tip).to_have_text("Sekar Paramadita (PERSON)")
    await story.focus()
    await page.keyboard.press("PageDown")
    await expect(story).not_to_be_focused()
    assert await page.evaluate("document.activeElement.localName") == "article"
    await page.keyboard.press("PageUp")
    await expect(story).to_be_focused()


async def test_marks_are_right_behind_an_emoji_and_beyond_the_fold(live, visit, send, tools):
    title = "Festival Lampion 🎆 di Lapis"
    await send(
        tools.story(
            "emoji",
            '🎉🎉 "Lampion 🏮 ini untuk semua warga," kata Camat Lapis, Ranti Wulandari.',
            *(
                f"🌊 Paragraf ke-{number} menyebut Ranti Wulandari di Pelabuhan Lapis."
                for number in range(2, 7)
            ),
            title=title,
        )
    )
    page = await visit(live.url)
    story = card(page, title)
    await expect(story).to_be_visible()
    value = await told(live, "emoji")
    mentions = [at for entity in value["entities"] for at in entity["mentions"]]
    fold = value["text"].index("🌊 Paragraf ke-4")
    assert sliced(value, [quote["at"] for quote in value["quotes"]]) == ["Lampion 🏮 ini untuk semua warga,"]
    assert sliced(value, mentions).count("Ranti Wulandari") == 6
    assert await marked(story.locator("mark.quote")) == ["Lampion 🏮 ini untuk semua warga,"]
    assert await marked(story.locator("mark.entity")) == sliced(
        value, [at for at in mentions if at[1] <= fold]
    )
    assert await marked(story.locator(".cue")) == ["kata"]
    await story.get_by_text("3 more paragraphs").click()
    await expect(story.locator("mark.entity")).to_have_text(sliced(value, mentions))


async def test_what_looks_like_markup_stays_text_wherever_it_stands(live, visit, write):
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    text = f'{evil} "{evil}" kata {evil}'
    end = len(evil)
    value = {
        "article": {
            "uri": "urn:evil",
            "headlines": [{"role": "main", "value": evil}],
            "by": evil,
            "altIds": [{"role": "url", "value": "javascript:alert(3)"}],
        },
        "enrichment": {
            "uri": "urn:evil",
            "version": "1",
            "state": "usable",
            "source": evil,
            "language": evil,
            "text": text,
            "dateline": {"place": None, "outlet": None, "text": evil},
            "removed": [{"kind": evil, "text": evil}],
            "entities": [{"label": evil, "name": evil, "mentions": [{"start": 0, "end": end}]}],
            "quotes": [
                {
                    "kind": evil,
                    "start": end + 2,
                    "end": 2 * end + 2,
                    "speaker": {"name": evil, "role": evil},
                    "cue": {"start": end, "end": end + 1},
                    "confidence": 0.5,
                }
            ],
        },
    }
    await write(
        ("news.articles", "urn:evil", value),
        ("news.trends", "ORG evil", {**TREND, "name": evil, "state": "rising"}),
    )
    page = await visit(live.url)
    story = card(page, evil)
    await expect(story).to_be_visible()
    for fold in await story.locator("summary").all():
        await fold.click()
    await expect(story.locator(".removed")).to_contain_text(f"{evil}: {evil}")
    await expect(story.locator(".found")).to_contain_text(evil)
    for mark in await story.locator("mark").all():
        await mark.focus()
    await expect(page.locator("#tip")).to_contain_text(evil)
    await expect(page.locator("#trends")).to_contain_text(evil)
    await page.locator("#entity").focus()
    await page.locator("#outlet").select_option(evil)
    await expect(page.locator("article")).to_have_count(1)
    assert await page.locator("article img, article script, article a, aside img, #tip img").count() == 0
    assert await page.locator("script").count() == 1
    await write(
        ("news.articles", "urn:evil", {**value, "enrichment": {**value["enrichment"], "state": "canceled"}})
    )
    await expect(page.locator("article.gone h3")).to_have_text(evil)


async def test_a_kill_strikes_out_and_a_correction_replaces_even_while_the_page_pauses(
    live, visit, send, tools
):
    await send(
        tools.story("kill", '"Kabar ini salah," kata Menteri Sandi Arkana.', title="Kabar yang Akan Ditarik"),
        tools.story("correct", "Jumlah korban 12 orang.", title="Jumlah Korban 12"),
    )
    page = await visit(live.url)
    await expect(card(page, "Kabar yang Akan Ditarik")).to_be_visible()
    await expect(card(page, "Jumlah Korban 12")).to_be_visible()
    await page.get_by_role("button", name="Pause").click()
    kill = tools.story("kill", title="x", version=2, pubstatus="canceled")
    await send(kill, tools.story("correct", "Jumlah korban 2 orang.", title="Jumlah Korban 2", version=2))
    struck = card(page, "Kabar yang Akan Ditarik")
    await expect(struck).to_have_class("gone")
    await expect(struck).to_contain_text("withdrawn: do not use")
    assert "Sandi" not in await struck.text_content()
    assert "line-through" in await struck.locator("h3").evaluate(
        "title => getComputedStyle(title).textDecoration"
    )
    await expect(page.get_by_role("status")).to_have_text("Withdrawn: Kabar yang Akan Ditarik")
    await expect(page.get_by_role("button", name="Go on (1 new)")).to_be_visible()
    await expect(card(page, "Jumlah Korban 12")).to_be_visible()
    await page.get_by_role("button", name="Go on").click()
    await expect(card(page, "Jumlah Korban 2")).to_contain_text("new version")
    await expect(card(page, "Jumlah Korban 12")).to_have_count(0)
    # who comes now sees that it is withdrawn, and no word of it
    late = await visit(live.url)
    gone = late.locator("article.gone").filter(has_text="20261124:kill")
    await expect(gone).to_be_visible()
    assert "Kabar yang" not in await gone.text_content()


async def test_filters_hold_for_what_is_there_and_for_what_comes(live, visit, send, tools):
    async def one(uri, *more, **told_of):
        await send(tools.story(uri, *more, **told_of))
        await told(live, uri)  # stories in other partitions may overtake

    quote = '"Siap," kata Melati Anggraeni.'
    await one("f1", quote, title="Satu", source="Saring Pagi")
    await one("f2", "Warga Desa Gunungsari memanen padi.", title="Dua", source="Saring Pagi")
    await one("f3", "Harvest began in the village, farmers said.", title="Three", source="Saring Sore")
    page = await visit(live.url)
    await expect(card(page, "Three")).to_be_visible()
    await page.locator("#outlet").select_option("saring pagi")
    await expect(page.locator("article h3")).to_have_text(["Dua", "Satu"])
    await page.locator("#speaker").fill("melati")
    await expect(page.locator("article h3")).to_have_text(["Satu"])
    await one("f4", quote, title="Empat", source="Saring Pagi")
    await one("f5", quote, title="Lima", source="Saring Sore")
    await expect(page.locator("article h3")).to_have_text(["Empat", "Satu"])
    again = await visit(page.url)  # what is filtered stands in the address
    await expect(again.locator("article h3")).to_have_text(["Empat", "Satu"])
    await expect(again.locator("#outlet")).to_have_value("saring pagi")
    await page.get_by_role("button", name="Clear").click()
    await expect(card(page, "Lima")).to_be_visible()
    await card(page, "Empat").locator(".found summary").click()
    await card(page, "Empat").get_by_role("button", name="Melati Anggraeni").first.click()
    await expect(card(page, "Three")).to_have_count(0)


async def test_a_page_whose_connection_broke_gets_what_it_missed_and_keeps_what_it_has(
    live, visit, send, tools
):
    async with Gate(live.url) as gate:
        await send(tools.story("before", title="Sebelum Putus"))
        page = await visit(gate.url)
        await expect(card(page, "Sebelum Putus")).to_be_visible()
        await card(page, "Sebelum Putus").evaluate("card => { card.dataset.kept = 'yes'; }")
        await gate.shut()
        await expect(page.locator("#link")).to_have_text("connecting")
        await send(tools.story("missed", title="Selama Putus"))
        await send(tools.story("before", title="x", version=2, pubstatus="canceled"))
        await send(tools.story("last", title="Setelah Putus"))
        await expect(card(await visit(live.url), "Setelah Putus")).to_be_visible()  # all of it is out
        await gate.open()
        await expect(card(page, "Setelah Putus")).to_have_count(1)
        await expect(card(page, "Selama Putus")).to_have_count(1)
        await expect(card(page, "Sebelum Putus")).to_have_class("gone")
        await expect(page.locator("#link")).to_have_text("live")


async def test_a_server_that_was_killed_comes_back_with_all_and_without_what_was_withdrawn(
    start, visit, send, tools
):
    own = await start()
    await send(tools.story("k9", title="Akan Ditarik Selagi Mati"), tools.story("k10", title="Tetap Ada"))
    page = await visit(own.url)
    await expect(card(page, "Tetap Ada")).to_be_visible()
    await expect(card(page, "Akan Ditarik Selagi Mati")).to_be_visible()
    await own.end(signal.SIGKILL)
    await send(
        tools.story("k9", title="x", version=2, pubstatus="canceled"), tools.story("k11", title="Baru")
    )
    await own.start()
    await expect(card(page, "Baru")).to_have_count(1)
    await expect(card(page, "Tetap Ada")).to_have_count(1)
    await expect(page.get_by_text("Akan Ditarik Selagi Mati")).to_have_count(0)
    await expect(page.locator("article.gone").filter(has_text="20261124:k9")).to_have_count(1)


@pytest.mark.parametrize("look", [("light", 1280), ("dark", 360)], ids=["light", "dark and narrow"])
async def test_the_page_is_accessible(live, visit, send, tools, look):
    from axe_playwright_python.async_playwright import Axe

    scheme, width = look
    await send(
        tools.story("axe", '"Siap," kata Melati Anggraeni.', title="Dapat Dibaca", source="Kabar Terang"),
        tools.story("axe-gone", title="Akan Ditarik", source="Kabar Terang"),
        tools.story("axe-gone", title="x", version=2, pubstatus="canceled", source="Kabar Terang"),
    )
    page = await visit(
        live.url, color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True
    )
    await expect(page.locator("article.gone").first).to_be_visible()
    await page.locator("#outlet").select_option("kabar terang")  # fewer stories, of every kind
    story = card(page, "Dapat Dibaca")
    await story.locator(".found summary").click()
    await story.locator("mark").first.focus()
    await expect(page.locator("#tip")).to_be_visible()
    found = (await Axe().run(page)).response["violations"]
    told = [(one["id"], one["impact"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found]
    assert told == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"


async def test_a_flood_leaves_a_bounded_page_that_still_answers(live, visit, write, record_property):
    page = await visit(live.url)
    await page.evaluate(
        """() => { let last = performance.now(); window.gaps = [];
        const frame = (now) => { window.gaps.push(now - last); last = now; requestAnimationFrame(frame); };
        requestAnimationFrame(frame); }"""
    )
    flood = asyncio.create_task(write(*(_flooding(number) for number in range(3_000)), pause_s=0.001))
    await expect(page.locator("article").first).to_contain_text("Banjir")
    await page.get_by_role("button", name="Pause").click()
    await expect(page.get_by_role("button", name="Go on")).to_be_visible()
    await page.get_by_role("button", name="Go on").click()
    await flood
    # the newest of one partition may be shown just before the newest of another
    await expect(page.locator("article h3", has_text="Banjir 2999")).to_be_visible()
    assert await page.locator("article").count() <= 100
    gaps = sorted(await page.evaluate("window.gaps"))
    record_property("between frames, ms", f"median {gaps[len(gaps) // 2]:.0f}, longest {gaps[-1]:.0f}")
    await page.locator("#entity").fill("Warga 2990")
    await expect(page.locator("article h3")).to_have_text(["Banjir 2990"])


def _flooding(number):
    uri = f"urn:flood:{number}"
    text = f"Warga {number} mengungsi. " * 40
    value = {
        "article": {"uri": uri, "headlines": [{"role": "main", "value": f"Banjir {number}"}]},
        "enrichment": {
            "uri": uri,
            "version": "1",
            "state": "usable",
            "source": "banjir.example",
            "language": "id",
            "text": text,
            "dateline": None,
            "removed": [],
            "entities": [
                {
                    "label": "NORP",
                    "name": f"Warga {number}",
                    "mentions": [
                        {"start": start, "end": start + 5} for start in range(0, len(text), len(text) // 40)
                    ],
                }
            ],
            "quotes": [],
        },
    }
    return "news.articles", uri, json.loads(json.dumps(value))


class Gate:
    """A way to a server that can be shut: what is under way ends, and nobody gets in."""

    def __init__(self, url):
        self._port = int(url.rstrip("/").rpartition(":")[2])
        self._writers = set()
        self._own = 0

    async def __aenter__(self):
        await self.open()
        return self

    async def __aexit__(self, *_):
        await self.shut()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._own}/"

    async def open(self):
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self._own)
        self._own = self._server.sockets[0].getsockname()[1]

    async def shut(self):
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()
        await asyncio.sleep(0)

    async def _pass(self, reader, writer):
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers |= {writer, there_writer}
        await asyncio.gather(_copy(reader, there_writer), _copy(there_reader, writer))


async def _copy(reader, writer):
    with contextlib.suppress(ConnectionError):
        while some := await reader.read(65_536):
            writer.write(some)
            await writer.drain()
    writer.close()
