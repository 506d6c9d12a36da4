from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from unicodedata import is_normalized

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.cleaning.repair import repair
from processors.cleaning.sourcemap import Traced

TEXTS = Path(__file__).parents[4] / "shared/data/text/articles.jsonl.gz"


def mended(text: str) -> str:
    return repair(Traced.of(text)).text


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("â€œKami siap,â€\x9d kata Ardana", "“Kami siap,” kata Ardana"),
        ("petaniâ€™s", "petani’s"),
        ("CafÃ© Gayo", "Café Gayo"),
        ("suhu 30Â°C", "suhu 30°C"),
        ("\x93Siap,\x94 katanya", "“Siap,” katanya"),
        ("harga â\x80\x93 kopi", "harga – kopi"),
        ("Ã¢â‚¬Å“dua kaliÃ¢â‚¬Â\x9d", "“dua kali”"),
    ],
)
def test_mojibake_is_decoded_and_curly_quotes_are_kept(broken, whole):
    assert mended(broken) == whole


@pytest.mark.parametrize("text", ["awal tahun.Â", "awal tahun.Â\nLalu", "kopi Â pahit"])
def test_an_orphan_of_a_no_break_space_goes(text):
    assert "Â" not in mended(text)


@pytest.mark.parametrize("text", ["Âge d'or", "É", "São Paulo", "Ünsal", "JÂ FAR", "“KAFÉ”", "“KAFÉ” Gayo"])
def test_letters_with_accents_stay(text):
    assert mended(text) == text


def test_odd_spaces_and_invisible_characters_become_plain():
    assert mended("kopi\u00a0Gayo\u200b dan\u2009teh\u00ad hijau\ufeff") == "kopi Gayo dan teh hijau"
    assert mended("kopi\tGayo   dan  teh") == "kopi Gayo dan teh"
    assert mended("satu\r\ndua\rtiga") == "satu\ndua\ntiga"


def test_joiners_of_emoji_and_arabic_stay():
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert mended(family) == family
    assert mended("ko\u200dpi") == "kopi"


def test_half_a_surrogate_pair_becomes_a_replacement_character():
    assert mended("kopi \ud83d enak") == "kopi \ufffd enak"


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("?Kami siap,? kata Ardana.", '"Kami siap," kata Ardana.'),
        ("Ia berkata, ??Mari pulang.??", 'Ia berkata, "Mari pulang."'),
        ("?Benarkah? Saya ragu,? katanya.", '"Benarkah? Saya ragu," katanya.'),
        ("?Satu,? kata Ardana. ?Dua,? kata Mirna.", '"Satu," kata Ardana. "Dua," kata Mirna.'),
    ],
)
def test_quotation_marks_that_became_question_marks_come_back(broken, whole):
    assert mended(broken) == whole


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("Panen dilakukan.Dia pulang.", "Panen dilakukan. Dia pulang."),
        ("harga naik.Ini kabar baik.", "harga naik. Ini kabar baik."),
    ],
)
def test_sentences_joined_without_a_space_are_parted(broken, whole):
    assert mended(broken) == whole


@pytest.mark.parametrize(
    "text",
    [
        "Buka kopi.id atau Detik.Com sekarang.",
        "Prof.Budi dan S.Pd. hadir.",
        "Nilainya 1.500.000 atau 2.5 kali.",
        "Apakah harga naik? Belum tentu.",
        "Lihat https://contoh.id/cari?kata=kopi&hal=2 untuk daftar.",
        '"Siapa?" tanya Mirna. "Saya," jawab Ardana.',
    ],
)
def test_text_in_order_comes_back_as_it_is(text):
    traced = repair(Traced.of(text))
    assert traced.text == text
    assert len(traced.map.runs) == 1


WORDS = st.sampled_from(
    [
        "Menteri",
        "Ardana",
        "kopi",
        "harga",
        "naik",
        "“mari”",
        "‘ya’",
        "kata,",
        "dan",
        "—",
        "2,5",
        "persen.",
        "(4/3/2025)",
        "Rp1.000",
        "é",
        "São?",
        "baik!",
        "S.Pd.",
    ]
)


@given(st.lists(st.lists(WORDS, min_size=1, max_size=12).map(" ".join), max_size=5).map("\n".join))
def test_clean_text_is_never_changed(text):
    assert mended(text) == text


def misread(text: str, encoding: str) -> str:
    """The text's UTF-8 read byte by byte in another encoding; bytes without a character there stand for themselves."""
    found = (bytes([code]).decode(encoding, "ignore") or chr(code) for code in text.encode())
    return "".join(found)


ACCENTED = st.sampled_from(
    ["“mari”", "‘ya’", "kopi—teh", "harga – naik", "tunggu…", "café", "São Tomé", "30°C", "petani’s"]
)
SENTENCES = st.lists(WORDS.filter(lambda word: "?" not in word) | ACCENTED, min_size=1, max_size=12).map(
    " ".join
)


@given(SENTENCES, st.sampled_from(["cp1252", "latin-1"]))
def test_utf_8_that_was_read_as_something_else_comes_back_whole(text, encoding):
    assert mended(misread(text, encoding)) == text


@given(SENTENCES)
def test_utf_8_that_was_misread_twice_comes_back_whole(text):
    assert mended(misread(misread(text, "cp1252"), "cp1252")) == text


@given(SENTENCES)
def test_windows_1252_that_was_read_as_latin_1_comes_back_whole(text):
    assert mended(text.encode("cp1252").decode("latin-1")) == text


@given(SENTENCES, st.sampled_from(["\u00a0", "Â\u00a0"]))
def test_no_break_spaces_become_spaces_however_they_were_read(text, space):
    assert mended(text.replace(" ", space)) == text


@given(st.text(max_size=80))
def test_what_comes_out_is_nfc_without_control_characters_or_odd_spaces(text):
    out = mended(text)
    assert is_normalized("NFC", out)
    assert all(char == "\n" or char.isprintable() or ord(char) > 0xFF for char in out)
    assert not set("\u00a0\u200b\ufeff\t\r") & set(out)


@pytest.mark.shared
@pytest.mark.skipif(not TEXTS.is_file(), reason="the raw stories are not beside the project")
def test_on_a_thousand_clean_stories_repair_changes_nothing_but_white_space():
    plain = re.compile(r"[\x20-\x7e\n“”‘’–—…•éÉ°]*")
    broken = re.compile(r"[a-z]\.[A-Z]|\?\w")  # sentences joined, quotation marks lost
    clean = []
    with gzip.open(TEXTS, "rt", encoding="utf-8") as lines:
        for line in lines:
            body = json.loads(line)["body"]
            if plain.fullmatch(body) and not broken.search(body):
                clean.append(body)
            if len(clean) == 1_000:
                break
    assert len(clean) == 1_000
    assert all("".join(mended(body).split()) == "".join(body.split()) for body in clean)
