from __future__ import annotations

import sys

import pytest

from processors.cleaning.html import fragment_text, page_text

PARAGRAPHS = [
    "Menteri Perdagangan Ardana Wiryawan membuka pasar kopi di Takengon pada Selasa pagi, disambut ratusan petani.",
    "Pasar itu menampung biji kopi dari empat kecamatan dan buka setiap hari mulai pukul enam sampai pukul sepuluh.",
    "Petani bernama Mirna Salabi mengatakan harga di pasar lebih baik daripada harga yang ditawarkan pengepul.",
    "Pemerintah daerah menjanjikan gudang baru sebelum musim panen berikutnya tiba pada bulan Oktober mendatang.",
]
PAGE = f"""<!doctype html><html lang="id"><head><title>Pasar kopi dibuka</title></head><body>
<nav><ul><li><a href="/">Beranda</a></li><li><a href="/ekonomi">Ekonomi</a></li></ul></nav>
<article><h1>Pasar kopi dibuka</h1>{"".join(f"<p>{p}</p>" for p in PARAGRAPHS)}</article>
<aside><h3>Terpopuler</h3><ul><li><a href="/a">Harga beras turun</a></li></ul></aside>
<footer>Hak cipta 2025 Koran Contoh</footer></body></html>"""


def test_blocks_of_a_fragment_become_lines():
    assert fragment_text(
        "<p>Satu <b>dua</b>\n tiga.</p><p>Empat<br>lima.</p><ul><li>a</li><li>b</li></ul>"
    ) == ("Satu dua tiga.\nEmpat\nlima.\na\nb")


@pytest.mark.parametrize(
    "noise",
    [
        "<script>var a = 1;</script>",
        "<style>p {color: red}</style>",
        "<figure><img src='a.jpg'><figcaption>Kebun kopi. Foto: Ardi</figcaption></figure>",
        "<!-- kata -->",
        "<iframe src='x'>kata</iframe>",
        "<form><input><button>Kirim</button></form>",
    ],
)
def test_what_is_no_text_is_left_out_and_what_follows_it_stays(noise):
    assert fragment_text(f"<p>Satu.</p>{noise} Dua.") == "Satu.\nDua."


def test_entities_and_text_without_tags_are_read():
    assert fragment_text("Kopi &amp; teh&nbsp;hijau &ldquo;enak&rdquo;") == "Kopi & teh\u00a0hijau “enak”"


@pytest.mark.parametrize("fragment", ["", "  \n", "<p></p>", "<br/><img src=x>"])
def test_a_fragment_without_text_gives_no_text(fragment):
    assert fragment_text(fragment) == ""


def test_broken_and_deeply_nested_mark_up_is_read_all_the_same():
    assert "kata" in fragment_text("<div><p>kata<b>lain</p></i></div></section>")
    assert "kata" in fragment_text("<div>" * 1_000 + "kata")


def test_a_page_gives_its_main_text_without_navigation():
    text = page_text(PAGE)
    assert [line for line in text.split("\n") if len(line) > 60] == PARAGRAPHS
    assert "Terpopuler" not in text
    assert "Beranda" not in text


STORY = "\n".join(PARAGRAPHS)
MENU = "".join(f'<li><a href="/{n}">Kabar Kopi Nomor {n} dari Kebun</a></li>' for n in range(30))


def page_of(article, around=""):
    return (
        f"<!doctype html><html lang='id'><head><title>Pasar kopi dibuka</title></head><body>"
        f"<nav><ul>{MENU}</ul></nav><main>{article}</main>{around}"
        f"<footer><p>Hak cipta 2025 Koran Contoh</p></footer></body></html>"
    )


def paragraphs(texts):
    return "".join(f"<p>{text}</p>" for text in texts)


def cleaned_page(clean, article, around=""):
    text = clean(page_of(article, around), body_type="html", page=True).text
    return text.removeprefix("Pasar kopi dibuka\n")


def test_a_story_on_several_pages_loses_its_counter(clean):
    pager = "<p>Baca di halaman selanjutnya</p><p>Halaman 1 2 3 Selanjutnya</p>"
    assert cleaned_page(clean, f"<article>{paragraphs(PARAGRAPHS)}{pager}</article>") == STORY


def test_the_entries_of_a_live_ticker_stay(clean):
    entries = [f"Pukul {hour}.15 WIB: {text}" for hour, text in enumerate(PARAGRAPHS, start=10)]
    assert cleaned_page(clean, f"<article>{paragraphs(entries)}</article>").split("\n")[-4:] == entries


def test_a_gallery_keeps_its_story_and_not_the_list_of_other_galleries(clean):
    others = f"<div><h3>Foto terkait</h3><ul>{MENU}</ul></div>"
    text = cleaned_page(clean, f"<article>{paragraphs(PARAGRAPHS)}</article>", others)
    assert text.split("\n")[-4:] == PARAGRAPHS
    assert "Kabar Kopi Nomor" not in text


def test_an_amp_page_is_read_like_any_other(clean):
    head = "<html amp lang='id'><head><title>Pasar kopi dibuka</title></head>"
    ad = "<amp-ad width=300 height=250></amp-ad><p>ADVERTISEMENT</p>"
    page = f"<!doctype html>{head}<body><article>{ad.join(f'<p>{p}</p>' for p in PARAGRAPHS)}</article></body></html>"
    assert clean(page, body_type="html", page=True).text == STORY


def test_the_rows_of_a_table_in_the_story_stay(clean):
    table = "<table><tr><td>Gayo</td><td>90.000</td></tr><tr><td>Toraja</td><td>85.000</td></tr></table>"
    text = cleaned_page(
        clean, f"<article>{paragraphs(PARAGRAPHS)}{table}{paragraphs(PARAGRAPHS[:1])}</article>"
    )
    assert all(cell in text for cell in ("Gayo", "90.000", "Toraja", "85.000"))


def test_a_box_with_links_beside_the_story_goes(clean):
    box = "<aside><h4>Baca juga</h4><ul><li><a href='/a'>Petani Kopi Gayo Tunda Panen</a></li></ul></aside>"
    assert "Tunda Panen" not in cleaned_page(clean, f"<article>{paragraphs(PARAGRAPHS)}{box}</article>")


def test_a_page_without_text_gives_none():
    assert page_text("<html><body></body></html>") == ""


def test_fragments_and_pages_are_cleaned_like_text(clean):
    body = "<p>WINA, KOMPAS.com - Harga kopi naik.</p><p>Baca juga: Petani Gayo Tunda Panen</p><p>Pasar ramai.</p>"
    cleaned = clean(body, body_type="html", source="kompas.com")
    assert cleaned.text == "Harga kopi naik.\nPasar ramai."
    assert clean(PAGE, body_type="html", page=True).text.split("\n")[-4:] == PARAGRAPHS


def test_trafilatura_is_only_imported_for_pages():
    import subprocess

    code = "import processors.cleaning, sys; assert 'trafilatura' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
