"""Cleaning beside other libraries, on annotated stories: what each keeps of the story and leaves of the boilerplate.

    python -m bench.peers_cleaning ../shared [--split dev] [--stories 150] [--only NAME ...] [--outlets]

The peers are readers of HTML, so each line of a body goes to them as a paragraph of a page; those that are not
installed are named and left out (pip install trafilatura justext readability-lxml resiliparse goose3 newspaper4k).
With --outlets the figures of each outlet follow. On the two pages whose text is known, whole pages are read: recall
and precision of words.
"""

from __future__ import annotations

import argparse
import gzip
import html
import importlib
import json
import re
import time
from collections import Counter, defaultdict
from difflib import SequenceMatcher
from pathlib import Path

from config.outlets import Outlets, load
from processors.cleaning import Cleaner
from processors.records import Article

WORD = re.compile(r"\w+")


def words(text):
    return [word.casefold() for word in WORD.findall(text)]


def page(title, body):
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in body.split("\n") if line.strip())
    head = f"<head><title>{html.escape(title or '')}</title></head>"
    return f"<!doctype html><html>{head}<body><article>{paragraphs}</article></body></html>"


def trafilatura(**options):
    library = importlib.import_module("trafilatura")
    return lambda source: library.extract(source, include_comments=False, **options) or ""


def justext():
    library = importlib.import_module("justext")
    stop = library.get_stoplist("Indonesian")
    return lambda source: "\n".join(p.text for p in library.justext(source, stop) if not p.is_boilerplate)


def readability():
    library, lxml = importlib.import_module("readability"), importlib.import_module("lxml.html")
    return lambda source: lxml.fromstring(library.Document(source).summary()).text_content()


def resiliparse():
    library = importlib.import_module("resiliparse.extract.html2text")
    return lambda source: library.extract_plain_text(source, main_content=True)


def goose3():
    goose = importlib.import_module("goose3").Goose({"target_language": "id", "use_meta_language": False})
    return lambda source: goose.extract(raw_html=source).cleaned_text


def newspaper4k():
    library = importlib.import_module("newspaper")

    def extract(source):
        article = library.Article("https://example.com/", language="id", fetch_images=False)
        article.download(input_html=source)
        article.parse()
        return article.text

    return extract


PEERS = {
    "trafilatura": trafilatura,
    "trafilatura, precision": lambda: trafilatura(favor_precision=True),
    "justext": justext,
    "readability-lxml": readability,
    "resiliparse": resiliparse,
    "goose3": goose3,
    "newspaper4k": newspaper4k,
}


def survived(body, text):
    """Indexes of the words of `body` that `text` still has, by longest matching runs."""
    matcher = SequenceMatcher(None, words(body), words(text), autojunk=False)
    return {block.a + k for block in matcher.get_matching_blocks() for k in range(block.size)}


def judge(story, text):
    found = survived(story["body"], text)
    count = Counter()
    for index, match in enumerate(WORD.finditer(story["body"])):
        boiler = any(start < match.end() and match.start() < end for start, end, _ in story["boilerplate"])
        count["boilerplate" if boiler else "content"] += 1
        count["left" if boiler else "kept"] += index in found
    return count


def measure(name, extract, stories, *, outlets):
    count, seconds = defaultdict(Counter), 0.0
    for story in stories:
        started = time.process_time()
        text = extract(story)
        seconds += time.process_time() - started
        judged = judge(story, text)
        count["all"] += judged
        count[story["outlet"].removeprefix("www.")] += judged
    for outlet, found in sorted(count.items(), key=lambda item: -item[1]["content"]):
        if outlet == "all" or outlets:
            kept = 100 * found["kept"] / found["content"]
            left = f"{100 * found['left'] / found['boilerplate']:6.2f}" if found["boilerplate"] else "     -"
            took = f"   {1e3 * seconds / len(stories):7.2f} ms CPU a story" if outlet == "all" else ""
            print(f"{name:24} {outlet:20} kept {kept:6.2f} %   left {left} %{took}", flush=True)


def pages(shared):
    """The pages whose text is known: (name, page, text)."""
    for file in sorted((shared / "data/html").glob("fundus_*.html.gz")):
        name = file.name.removesuffix(".html.gz").removeprefix("fundus_").split("_")[0]
        known = json.loads((shared / f"data/html/fundus_{name}.json").read_text("utf-8"))["V1"]["body"]
        parts = [
            *known["summary"],
            *(p for s in known["sections"] for p in (*s["headline"], *s["paragraphs"])),
        ]
        with gzip.open(file, "rt", encoding="utf-8", errors="replace") as lines:
            yield name, lines.read(), "\n".join(parts)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", type=Path)
    parser.add_argument("--split", default="dev", choices=["train", "dev", "test"])
    parser.add_argument("--stories", type=int, default=150)
    parser.add_argument("--only", nargs="*", help="these of: ours, 'ours, outlet unknown', and the peers")
    parser.add_argument("--outlets", action="store_true", help="the figures of each outlet too")
    arguments = parser.parse_args()
    with gzip.open(arguments.shared / "data/gold/stories.jsonl.gz", "rt", encoding="utf-8") as lines:
        stories = [s for s in map(json.loads, lines) if s["split"] == arguments.split][: arguments.stories]
    outlets = load()
    ours = {"ours": Cleaner(outlets), "ours, outlet unknown": Cleaner(Outlets(outlets.generic))}

    def clean(cleaner):
        return lambda story: (
            cleaner.clean(
                Article(uri=story["id"], body=story["body"], title=story["title"], source=story["outlet"])
            ).text
        )

    peers = {}
    wanted = arguments.only or [*ours, *PEERS]
    for name, build in PEERS.items():
        if name not in wanted:
            continue
        try:
            peers[name] = build()
        except ImportError as error:
            print(f"{name}: left out, {error}")
    print(f"{len(stories)} stories of {arguments.split}, as text")
    for name, cleaner in ours.items():
        if name in wanted:
            measure(name, clean(cleaner), stories, outlets=arguments.outlets)
    for name, extract in peers.items():
        measure(
            name,
            lambda story, extract=extract: extract(page(story["title"], story["body"])),
            stories,
            outlets=arguments.outlets,
        )
    for name, source, text in pages(arguments.shared):
        whole = Article(uri=name, body=source, body_type="html", page=True)
        found = {"ours": ours["ours"].clean(whole).text} | {
            peer: extract(source) for peer, extract in peers.items()
        }
        for peer, given in found.items():
            right = len(survived(text, given))
            recall, precision = right / len(words(text)), right / max(len(words(given)), 1)
            print(f"{name:16} {peer:26} recall {100 * recall:6.2f} %   precision {100 * precision:6.2f} %")


if __name__ == "__main__":
    main()
