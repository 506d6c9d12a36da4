"""The grammar of sums, shares and quantities: ``Rp 1,5 miliar``, ``5,2 persen``, ``10 kilometer``."""

from __future__ import annotations

import re

from processors.entities.rule import NUMBER, Rule, anywhere, first_words, spelled
from processors.wordlists import any_of

SIGNS = frozenset(("rp", "$"))  # a number behind one belongs to it


def money(words: dict[str, list[str]]) -> Rule:
    """MONEY: sums with a currency."""
    scale = rf"(?:\s?{any_of(words['scales'] + words['scales_plural'])}\b)"
    sign, unit = any_of(words["currency_before"]), any_of(words["currency_after"])
    worth = rf"{NUMBER}(?:,-)?(?:-an\b)?{scale}{{0,2}}(?:-an\b)?"
    forms = (
        rf"\(?{sign}\)?\.?\s?(?:{NUMBER}{scale}{{0,2}}[-–—]\s?(?:{sign}\s?)?)?{worth}(?:\s+{unit}\b)?",
        rf"(?:{NUMBER}\s?[-–]\s?)?(?:{NUMBER}|{spelled(words)}){scale}{{0,3}}(?:\s+{NUMBER}{scale}){{0,3}}\s+{unit}\b(?:\s+\(AS\))?",
        rf"(?:(?i:puluhan|ratusan|belasan|ribuan|jutaan|miliaran|triliunan)\s+){{1,3}}(?:(?:ribu|juta|miliar|triliun)\s+)?{unit}\b",
    )
    starts = first_words(
        [*words["currency_before"], *words["number_words"], *words["scales_plural"], *words["vague_numbers"]]
    )
    return Rule(
        label="MONEY",
        pattern=re.compile("|".join(forms)),
        starts=starts,
        figures=True,
        fits=anywhere(not_after=SIGNS),
    )


def percent(words: dict[str, list[str]]) -> Rule:
    """PERCENT: shares of a hundred, basis points."""
    number = rf"(?:{NUMBER}|{spelled(words)})"
    sign = rf"(?:%|{any_of(words['percent_words'])}\b)"
    forms = (
        rf"{NUMBER}\s?%?\s?[-–—+]\s?{NUMBER}\s?{sign}",
        rf"{number}\s+(?:hingga|sampai(?:\s+dengan)?|ke|atau)\s+{number}\s?{sign}",
        rf"{number}\s?{sign}",
        rf"{NUMBER}\s+{any_of(words['percent_other'])}\b",
    )
    return Rule(
        label="PERCENT",
        pattern=re.compile("|".join(forms)),
        starts=first_words(words["number_words"]),
        figures=True,
        fits=anywhere(),
    )


def quantity(words: dict[str, list[str]]) -> Rule:
    """QUANTITY: numbers with a physical unit; no counts of people or things."""
    unit = rf"(?:{any_of(words['units'])}(?![\w²³]))"
    stored = r"(?:GB|TB|MB)"
    more = r"(?:\s?(?:ribu|juta|miliar|triliun))?"
    forms = (
        rf"{NUMBER}(?:\s?{stored})?(?:\s?/\s?{NUMBER}(?:\s?{stored})?){{1,4}}(?<=B)(?!\w)",
        rf"(?:{NUMBER}\s?[-–—xX×]\s?){{0,3}}{NUMBER}{more}(?:\s?|-){unit}",
        rf"{NUMBER}\s+(?:atau|x)\s+{NUMBER}\s?{unit}",
        rf"{spelled(words)}\s+{unit}",
    )
    return Rule(
        label="QUANTITY",
        pattern=re.compile("|".join(forms)),
        starts=first_words(words["number_words"]),
        figures=True,
        fits=anywhere(not_after=SIGNS, inside=".,:-–"),
    )
