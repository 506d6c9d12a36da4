from __future__ import annotations

import pytest

from processors.cleaning.headline import headline_end, headline_like

STORY = "Pasar kopi di Takengon dibuka pada Selasa pagi."


@pytest.mark.parametrize(
    ("headline", "following"),
    [
        ("Harga Kopi Gayo Naik Lagi", "Menurut dia, petani menunggu panen raya pada bulan Oktober."),
        (
            "Petani di Aceh Tengah Tunda Panen, Ini Sebabnya",
            "Sementara itu, pengepul menahan stok di gudang.",
        ),
        ("Berapa Harga Kopi Hari Ini?", "Ardana mengatakan, harga ditentukan oleh pasar dunia."),
        (
            "Kebun Kopi Terbakar, Warga Rugi Rp 2 Miliar",
            "Kapolsek Takengon Iptu Ardi mengatakan api sudah padam.",
        ),
        ("Menteri Ardana: Kopi Gayo Mendunia", '"Kami senang mendengarnya," kata Mirna di kebunnya.'),
        ("Gudang Kopi Baru Dibangun di Bener Meriah", "Ia menambahkan, gudang itu selesai tahun depan."),
    ],
)
def test_a_link_inside_a_line_goes_and_the_sentence_after_it_stays(clean, headline, following):
    cleaned = clean(f"{STORY} Baca juga: {headline} {following}")
    assert cleaned.text == f"{STORY} {following}"
    assert [removed.text for removed in cleaned.removed] == [f"Baca juga: {headline}"]


def test_a_link_at_the_end_of_a_line_goes_to_its_end(clean):
    assert clean(f"{STORY} Baca juga: Petani Kopi Gayo Tunda Panen").text == STORY


@pytest.mark.parametrize("marker", ["BACA JUGA", "Baca Juga", "Pilihan Editor"])
def test_a_marker_in_capitals_needs_no_colon(clean, marker):
    link = f"{marker} Petani Kopi Gayo Tunda Panen"
    assert clean(f"{STORY} {link} Menurut dia, petani menunggu harga yang lebih baik.").text == (
        f"{STORY} Menurut dia, petani menunggu harga yang lebih baik."
    )


def test_two_links_in_a_row_go_and_the_story_around_them_stays(clean):
    links = "Baca juga: Harga Kopi Naik Lagi Baca juga: Petani Gayo Tunda Panen"
    after = "Ardana berharap harga tetap baik sampai akhir tahun."
    assert clean(f"{STORY} {links} {after}").text == f"{STORY} {after}"


@pytest.mark.parametrize(
    "line",
    [
        'Ia berkata, "Beritanya saya baca juga, dan saya diminta netral."',
        "Kalau kalian lihat juga beberapa tahun terakhir, harganya selalu naik.",
        "Pesan itu jelas: baca juga catatan kaki sebelum menandatangani.",
        "Kopi itu pilihan editor Majalah Rasa tahun ini.",
    ],
)
def test_the_words_of_a_marker_in_a_sentence_are_no_link(clean, line):
    assert clean(line).text == line


@pytest.mark.parametrize(
    ("piece", "kept"),
    [
        (" (ard/wij)", '"Kami siap," katanya.'),
        (" (ard/koran)", '"Kami siap," katanya.'),
        (" (Ardi Wijana)", '"Kami siap," katanya.'),
        (" (*)", '"Kami siap," katanya.'),
        (" ***", '"Kami siap," katanya.'),
        (" Artikel ini telah tayang di koran.com dengan judul Pasar Kopi Dibuka", '"Kami siap," katanya.'),
        (" (Penulis: Ardi | Editor: Mirna)", '"Kami siap," katanya.'),
        (" Dapatkan update berita pilihan dari Kompas.com. Mari bergabung.", '"Kami siap," katanya.'),
        (" Advertisement Pasar ramai.", '"Kami siap," katanya. Pasar ramai.'),
        (" (H-2)", '"Kami siap," katanya.'),
        (" Reporter: Ardi Wijana. Sumber: Koran.com", '"Kami siap," katanya.'),
        (
            " Penulis: Ardi. Pasar ramai sejak pagi. Petani datang dari empat kecamatan.",
            '"Kami siap," katanya. Penulis: Ardi. Pasar ramai sejak pagi. Petani datang dari empat kecamatan.',
        ),
        (
            "Penulis: Ardi WijanaVideo Jurnalis: Mirna SalabiProduser: Ruslan TambaVideo Editor: Ardi#Kopi #Gayo",
            '"Kami siap," katanya.',
        ),
        (" (Penulis Ardi Wijana | Editor Mirna Salabi)", '"Kami siap," katanya.'),
        (" Sumber: Koran.com, Kabar.co.id Dapatkan update berita pilihan.", '"Kami siap," katanya.'),
        (" Simak penelusuran Koran.com dalam halaman berikutini.....", '"Kami siap," katanya.'),
        (" [ard]", '"Kami siap," katanya.'),
        (" Ardi Wijana berkontribusi dalam penulisan artikel ini.", '"Kami siap," katanya.'),
        (" BACA SELENGKAPNYA DI SINI", '"Kami siap," katanya.'),
        (" Selanjutnya: Harga kopi di tingkat kebun terus naik", '"Kami siap," katanya.'),
    ],
)
def test_pieces_at_the_end_of_a_line_are_cut(clean, piece, kept):
    assert clean('"Kami siap," katanya.' + piece, source="kompas.com").text == kept


@pytest.mark.parametrize(
    "line",
    [
        "Kereta melaju 120 (km/jam) di lintasan itu.",
        "Bank Indonesia (BI) menahan bunga acuan.",
        "Ia lahir di Solo (Jawa Tengah) dan besar di Medan.",
        "Acara dihadiri istri (Mirna) dan anaknya (Ardi Wijana).",
        "Rumusnya (a/b) + c ditulis di papan.",
        "Harga itu dimuat di situs pasar (kopi.gayo.go.id/harga).",
    ],
)
def test_brackets_of_the_story_stay(clean, line):
    assert clean(f"{line}\n{STORY}").text == f"{line}\n{STORY}"


def test_the_end_of_a_headline_is_the_end_of_the_line_when_nothing_follows():
    text = "Petani Kopi Gayo Tunda Panen karena Hujan"
    assert headline_end(text, 0, len(text)) == len(text)


@pytest.mark.parametrize(
    "line",
    ["Petani Kopi Gayo Tunda Panen", "5 Cara Menyeduh Kopi di Rumah", "Ardana vs Mirna: Siapa Menang?"],
)
def test_headlines_look_like_headlines(line):
    assert headline_like(line)


@pytest.mark.parametrize(
    "line",
    [
        "Petani kopi menunda panen.",
        "Kopi",
        "PETANI KOPI GAYO TUNDA PANEN",
        '"Kami siap,',
        "kopi gayo naik lagi",
    ],
)
def test_sentences_labels_and_quotes_do_not(line):
    assert not headline_like(line)
