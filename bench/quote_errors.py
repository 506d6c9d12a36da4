"""Which kinds of error quotes still have on annotated stories, with counts. No text is shown.

python -m bench.quote_errors ../shared --split dev               own entities, by rules
python -m bench.quote_errors ../shared --split dev --encoder     and by the encoder
python -m bench.quote_errors ../shared --split train --names     annotated entities
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from bench.calibrate_quotes import WORD, name
from bench.score import annotated_entities, annotated_text, stories
from processors.encoder import chain as encoder_chain
from processors.enrich import Chain
from processors.quotes.cues import Cues
from processors.records import Quote, QuoteKind

PRONOUNS = frozenset(("dia", "ia", "beliau", "mereka", "pihaknya"))
HALF = 0.5


class Matched:
    """One story's annotated quotes beside ours: pairs, and what is left on either side."""

    def __init__(
        self, story: dict[str, Any], text: str, offsets: list[int], quotes: tuple[Quote, ...]
    ) -> None:
        back = {at: number for number, at in enumerate(offsets)}
        spans = [match.span() for match in WORD.finditer(text)]

        def words(start: int, end: int) -> frozenset[int]:
            return frozenset(n for n, (a, z) in enumerate(spans) if a < end and z > start)

        self.gold = [
            (words(back[q["start"]], back[q["end"] - 1] + 1), q)
            for q in story["quotes"]
            if q["start"] in back and q["end"] - 1 in back
        ]
        self.ours = [(words(quote.start, quote.end), quote) for quote in quotes]
        scored = sorted(
            (
                (len(g & o) / len(g | o), i, j)
                for i, (g, _) in enumerate(self.gold)
                for j, (o, _) in enumerate(self.ours)
                if g & o
            ),
            reverse=True,
        )
        self.pairs: dict[int, int] = {}
        for overlap, i, j in scored:
            if overlap >= HALF and i not in self.pairs and j not in self.pairs.values():
                self.pairs[i] = j

    def overlaps(self, i: int) -> bool:
        return any(self.gold[i][0] & words for words, _ in self.ours)


def missed(matched: Matched, i: int, cues: Cues) -> str:
    gold = matched.gold[i][1]
    if gold["kind"] != "indirect":
        return f"missed: {gold['kind']}"
    if matched.overlaps(i):
        return "missed: reported speech, we have another stretch of it"
    known = cues.scan(gold["cue"] or "", "id").all
    if not known:
        return "missed: reported speech, its word is not in the list"
    plain = known[0].plain
    if plain in {"weak", "act", "told"}:
        return "missed: reported speech behind a word that mostly has an object"
    return "missed: reported speech, its word is in the list"


def spurious(quote: Quote) -> str:
    return "not annotated: " + ("reported speech" if quote.kind is QuoteKind.INDIRECT else "words in marks")


def wrong_speaker(gold: dict[str, Any], quote: Quote, named: set[str]) -> str | None:
    """The kind; None if the speaker is right."""
    given = quote.speaker.name if quote.speaker else None
    wanted, mine = name(gold["who"]), name(given)
    if not gold["who"] or wanted == mine:
        return None
    return _kind(wanted, mine, quote, named) if mine else "speaker: none given"


def _kind(wanted: list[str], mine: list[str], quote: Quote, named: set[str]) -> str:
    if set(wanted) <= set(mine) or set(mine) <= set(wanted):
        return "speaker: the right one, by another form of the name"
    mention = quote.speaker.mention if quote.speaker else None
    words = mention.text.casefold() if mention else ""
    if words in PRONOUNS:
        return "speaker: pronoun given to another"
    if quote.cue is None or words.endswith("nya"):
        return "speaker: -nya or no word at all, given to another"
    if " ".join(wanted) not in named:
        return "speaker: one without a name, in other words or given to a name"
    return "speaker: another name or description beside the reporting word"


def main() -> None:
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("shared", type=Path)
    parse.add_argument("--split", choices=("train", "dev"), default="dev")
    parse.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th story")
    parse.add_argument("--encoder", action="store_true")
    parse.add_argument("--names", action="store_true", help="entities as annotated")
    chosen = parse.parse_args()
    chain, cues = (encoder_chain.load() if chosen.encoder else Chain.load()), Cues.load()
    kinds: Counter[str] = Counter()
    quotes_seen = 0
    for story in stories(chosen.shared, chosen.split, chosen.every):
        text, offsets = annotated_text(story)
        annotated = annotated_entities(story, text, offsets)
        entities = annotated if chosen.names else chain.entities.find(text, story["language"])
        named = {" ".join(name(entity.name)) for entity in annotated}
        matched = Matched(story, text, offsets, chain.quotes.find(text, entities, story["language"]))
        quotes_seen += len(matched.gold)
        for i, (_, gold) in enumerate(matched.gold):
            if i not in matched.pairs:
                kinds[missed(matched, i, cues)] += 1
                continue
            kind = wrong_speaker(gold, matched.ours[matched.pairs[i]][1], named)
            if kind is not None:
                kinds[kind] += 1
        kinds.update(spurious(q) for j, (_, q) in enumerate(matched.ours) if j not in matched.pairs.values())
    print(f"{quotes_seen} annotated quotes, {sum(kinds.values())} errors")
    for kind, count in kinds.most_common():
        print(f"{count:6}  {kind}")


if __name__ == "__main__":
    main()
