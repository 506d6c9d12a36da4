"""Spaces that went lost where a link began or ended."""

from __future__ import annotations

import pytest

from processors.cleaning.borders import joined_words
from processors.cleaning.repair import repair
from processors.cleaning.sourcemap import Traced


def parted(text: str) -> str:
    return repair(Traced.of(text)).text


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("kata Mirna kepadaKabar Pesisir.", "kata Mirna kepada Kabar Pesisir."),
        ("Panen dilaporkan olehBPN Takengon.", "Panen dilaporkan oleh BPN Takengon."),
        ("Kopi dari Gayo. Pasar Gayoyang baru ramai.", "Kopi dari Gayo. Pasar Gayo yang baru ramai."),
        ("Di Toraja harga naik, dan Torajadan Gayo.", "Di Toraja harga naik, dan Toraja dan Gayo."),
        ("Dikutip dariAntara, Antaramenjadi saksi, kata Antara.", "Dikutip dari Antara, Antara menjadi saksi, kata Antara."),
    ],
)  # fmt: skip
def test_words_that_are_certain_are_parted(broken, whole):
    assert parted(broken) == whole


@pytest.mark.parametrize(
    "text",
    [
        "Bulan Ramadan tiba, kata Rama.",  # a name and its longer namesake
        "Kota Medan dan Kota Padang.",
        "Wildan pergi bersama Hamdan.",  # no name of its own before the ending
        "Torajayang ramai.",  # the name stands nowhere else
        "Aplikasi kopiKita dan situs kebunRaya.",  # the first part introduces no names
        "Buka dariKebun.com atau @dariKebun.",
        "Kabar dari Gayo yang baru.",
    ],
)
def test_words_that_are_not_stay_as_they_are(text):
    assert joined_words(text) == []
    assert parted(text) == text


def test_what_is_parted_leads_back_to_the_source():
    traced = repair(Traced.of("kata Mirna kepadaKabar Pesisir."))
    start = traced.text.index("Kabar")
    assert traced.map.span(start, start + 5) == (17, 22)
