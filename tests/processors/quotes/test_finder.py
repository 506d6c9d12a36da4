import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.records import QuoteKind

# The shape of a wire story about two leaders: narrative first, then split, short and reported quotes of one of them.
SUMMIT = """Gubernur [Tirtajaya|GPE] [Bramantyo Halim|PERSON] memuji nelayan [Pulau Sembilan|GPE] karena ikut memadamkan api.
Hal itu disampaikan [Bramantyo|PERSON] kepada Bupati [Pulau Sembilan|GPE] [Laras Wening Sari|PERSON] di [Sukaraya|GPE].
[Bramantyo|PERSON] juga menyampaikan terima kasih atas bantuan kapal.
"Atas ajakan Ibu, seperti diketahui, nelayan Ibu turut menyelamatkan dermaga [Sukaraya|GPE]," kata [Bramantyo|PERSON] dalam pertemuan yang direkam [Kabar Pesisir|ORG].
"Ini sesuai dengan janji kita. Saya catat mereka bekerja tanpa takut," lanjutnya.
[Bramantyo|PERSON] menambahkan [Tirtajaya|GPE] tidak akan melupakan jasa nelayan.
"Kami tidak akan lupa jasa nelayan dan keluarganya," ujar [Bramantyo|PERSON].
Pertemuan keduanya berlangsung dua jam, menurut kantor berita [Kabar Pesisir|ORG]. [Bramantyo|PERSON] mengantar [Laras|PERSON] ke kapal.
"Kami menunggumu," ujar [Bramantyo|PERSON]."""  # fmt: skip


@pytest.fixture(scope="module")
def summit(find):
    return find(SUMMIT)


def test_every_quotation_of_the_summit_is_the_governors(summit):
    direct = [quote for quote in summit if quote.kind is QuoteKind.DIRECT]
    assert [quote.text.split(",")[0] for quote in direct] == [
        "Atas ajakan Ibu", "Ini sesuai dengan janji kita. Saya catat mereka bekerja tanpa takut",
        "Kami tidak akan lupa jasa nelayan dan keluarganya", "Kami menunggumu",
    ]  # fmt: skip
    assert {(quote.speaker.name, quote.speaker.role) for quote in direct} == {
        ("Bramantyo Halim", "Gubernur Tirtajaya")
    }
    assert {quote.speaker.entity for quote in direct} == {"e2"}


def test_lanjutnya_is_its_own_cue_and_mention(summit):
    quote = next(quote for quote in summit if quote.cue and quote.cue.text == "lanjutnya")
    assert quote.speaker.mention == quote.cue
    assert quote.speaker.name == "Bramantyo Halim"


def test_what_the_summit_reports_without_marks_is_found(summit):
    assert [(quote.text, quote.speaker.name) for quote in summit if quote.kind is QuoteKind.INDIRECT] == [
        ("Tirtajaya tidak akan melupakan jasa nelayan", "Bramantyo Halim"),
        ("Pertemuan keduanya berlangsung dua jam", "Kabar Pesisir"),
    ]


@pytest.mark.parametrize(
    ("story", "wanted"),
    [
        # where the speaker stands
        ('"Kami siap," kata [Rendra Wiguna|PERSON].', "Rendra Wiguna"),
        ('[Rendra Wiguna|PERSON] mengatakan, "Kami siap."', "Rendra Wiguna"),
        ('Kata [Rendra Wiguna|PERSON], "Kami siap."', "Rendra Wiguna"),
        ('"Kami siap," kata Kepala Dinas Pasar, [Rendra Wiguna|PERSON], Senin.', "Rendra Wiguna"),
        ('"Kami siap," kata Kepala Bidang Niaga di [Sukaraya|GPE], Ir. [Rendra Wiguna|PERSON].', "Rendra Wiguna"),
        ('"Kami siap," [Rendra Wiguna|PERSON] menjelaskan.', "Rendra Wiguna"),
        ('"Kami siap," Direktur Pasar [Rendra Wiguna|PERSON] di kantornya.', "Rendra Wiguna"),
        ('"Kami siap," menurut [Kabar Pesisir|ORG].', "Kabar Pesisir"),
        # who is meant
        ('[Rendra Wiguna|PERSON] memuji warga. "Kami siap," katanya.', "Rendra Wiguna"),
        ('[Rendra Wiguna|PERSON] memuji warga. "Kami siap," kata dia.', "Rendra Wiguna"),
        ('[Rendra Wiguna|PERSON] memuji warga. "Kami siap," kata beliau.', "Rendra Wiguna"),
        ('[Rendra Wiguna|PERSON] memuji warga. "Kami siap," ujar pria asal [Sukaraya|GPE] itu.', "Rendra Wiguna"),
        ('Camat [Rendra Wiguna|PERSON] memuji warga. "Kami siap," ujar sang camat.', "Rendra Wiguna"),
        ('Menteri Sosial [Rendra Wiguna|PERSON] memuji warga [Sukaraya|GPE]. "Kami siap," ujar Mensos.', "Rendra Wiguna"),
        ('Hal itu disampaikan Camat [Rendra Wiguna|PERSON]. "Kami siap," katanya.', "Rendra Wiguna"),
        ('"Kami siap," tulis akun @sukaraya.info.', "@sukaraya.info"),
        ('"Kami siap," kata seorang warga di pasar.', "seorang warga"),
        ('"Kami siap," kata warga yang menolak disebut namanya kepada wartawan.', "warga yang menolak disebut namanya"),
        ('"Kami siap," kata [Rendra Wiguna|PERSON] dan [Sari Lestari|PERSON].', "Rendra Wiguna dan Sari Lestari"),
        ('[Rendra Wiguna|PERSON] memuji warga. [Dewan Pasar|ORG] mengatakan pasar akan segera dibuka. "Kami siap," katanya.',
         "Rendra Wiguna"),
    ],
)  # fmt: skip
def test_the_speaker_is_found(find, story, wanted):
    quote = next(quote for quote in find(story) if "siap" in quote.text)
    assert quote.speaker is not None
    assert quote.speaker.name == wanted


def test_the_last_one_who_spoke_is_meant_not_the_last_one_named(said):
    story = '"Pasar dibuka besok," kata [Rendra Wiguna|PERSON] di depan [Sari Lestari|PERSON]. "Kami siap," imbuhnya.'
    assert said(story)[-1] == ("Kami siap,", "Rendra Wiguna")


def test_each_speaker_keeps_what_is_said_after_him(said):
    story = (
        '"Pasar dibuka besok," kata [Rendra Wiguna|PERSON]. "Harga tetap," ujarnya.\n'
        '"Kami menolak harga itu," kata [Sari Lestari|PERSON]. "Terlalu mahal," tegasnya.'
    )
    assert [name for _, name in said(story)] == ["Rendra Wiguna"] * 2 + ["Sari Lestari"] * 2


def test_a_quote_that_goes_on_in_the_next_line_keeps_its_speaker(said):
    story = (
        '"Pasar dibuka besok," kata [Rendra Wiguna|PERSON].\n"Kami sudah menyiapkan semua lapak sejak lama."'
    )
    assert said(story)[-1] == ("Kami sudah menyiapkan semua lapak sejak lama.", "Rendra Wiguna")


def test_a_split_quote_is_two(said):
    story = '"Pasar dibuka besok," kata [Rendra Wiguna|PERSON]. "Kami sudah siap sejak lama."'
    assert said(story) == [
        ("Pasar dibuka besok,", "Rendra Wiguna"), ("Kami sudah siap sejak lama.", "Rendra Wiguna"),
    ]  # fmt: skip


def test_speech_without_its_closing_mark_ends_before_the_cue(said):
    assert said('"Pasar dibuka besok, kata [Rendra Wiguna|PERSON] di balai.') == [
        ("Pasar dibuka besok,", "Rendra Wiguna")
    ]


@pytest.mark.parametrize(
    ("story", "wanted"),
    [
        ("[Rendra Wiguna|PERSON] mengatakan bahwa pasar dibuka besok pagi.", ["pasar dibuka besok pagi"]),
        ("Menurut [Rendra Wiguna|PERSON], pasar dibuka besok pagi.", ["pasar dibuka besok pagi"]),
        ("Pasar dibuka besok pagi, kata [Rendra Wiguna|PERSON].", ["Pasar dibuka besok pagi"]),
        ("Pasar itu, kata [Rendra Wiguna|PERSON], segera dibuka lagi.", ["segera dibuka lagi"]),
        ("Pasar induk yang terbakar, kata [Rendra Wiguna|PERSON], segera dibuka lagi.",
         ["Pasar induk yang terbakar", "segera dibuka lagi"]),
        ("Karena itu, kata [Rendra Wiguna|PERSON], pasar segera dibuka lagi.", ["pasar segera dibuka lagi"]),
        ("[Rendra Wiguna|PERSON] berharap agar pasar segera dibuka.", ["pasar segera dibuka"]),
        ("[Rendra Wiguna|PERSON] mengatakan kepada [Kabar Pesisir|ORG], pasar segera dibuka.", ["pasar segera dibuka"]),
        ("[Dewan Pasar|ORG] menilai kenaikan harga itu wajar.", ["kenaikan harga itu wajar"]),
        ("[Dewan Pasar|ORG] mengumumkan akan membuka lapak baru.", ["akan membuka lapak baru"]),
        ("Kenaikan harga sewa lapak di pasar induk lanjut [Rendra Wiguna|PERSON], adalah akibat kebakaran itu.",
         ["Kenaikan harga sewa lapak di pasar induk", "adalah akibat kebakaran itu"]),
    ],
)  # fmt: skip
def test_reported_speech_is_the_clause_alone(find, story, wanted):
    quotes = find(story)
    assert [quote.text for quote in quotes] == wanted
    assert {quote.kind for quote in quotes} == {QuoteKind.INDIRECT}
    assert {quote.speaker.name for quote in quotes} in ({"Rendra Wiguna"}, {"Dewan Pasar"})


@pytest.mark.parametrize(
    "story",
    [
        "[Rendra Wiguna|PERSON] menyampaikan terima kasih atas bantuan warga.",
        "[Rendra Wiguna|PERSON] mengumumkan pemenang lomba perahu hias.",
        "[Rendra Wiguna|PERSON] datang untuk memastikan semua lapak sudah terisi.",
        "[Rendra Wiguna|PERSON] enggan menyebut nama pemilik lapak itu.",
        "Sewa lapak naik dua kali lipat, dikutip dari [Kabar Pesisir|ORG].",
        'Ia membintangi film berjudul "Senja di Pasar Lama".',
        'Bentrok di pasar "lama" sudah usai.',
        "Lebih lanjut, pasar itu akan dibuka kembali tahun depan.",
    ],
)  # fmt: skip
def test_what_only_looks_like_speech_is_none(find, story):
    assert find(story) == ()


def test_a_term_in_marks_is_no_quote_but_may_stand_in_one(find):
    quotes = find('Warga menyebut jalan itu jalur "neraka" sejak lama.')
    assert [(quote.kind, quote.text) for quote in quotes] == [
        (QuoteKind.INDIRECT, 'jalan itu jalur "neraka" sejak lama')
    ]
    (quote,) = find('Warga menyebut jalan itu sudah lama menjadi jalur "neraka".')
    assert quote.text == 'jalan itu sudah lama menjadi jalur "neraka"'


def test_a_medium_is_no_speaker(said):
    story = '"Pasar dibuka besok," kata [Rendra Wiguna|PERSON], dikutip dari [Kabar Pesisir|ORG].'
    assert said(story) == [("Pasar dibuka besok,", "Rendra Wiguna")]


def test_a_fragment_in_the_reporters_sentence_is_mixed(find):
    quote = find('[Rendra Wiguna|PERSON] menyebut harga itu "tidak masuk akal" bagi warga.')[0]
    assert (quote.kind, quote.text, quote.speaker.name) == (
        QuoteKind.MIXED,
        "tidak masuk akal",
        "Rendra Wiguna",
    )


def test_a_role_behind_the_name_is_found(find):
    quote = find('"Kami siap," kata [Rendra Wiguna|PERSON], Kepala Dinas Pasar [Sukaraya|GPE], kemarin.')[0]
    assert quote.speaker.role == "Kepala Dinas Pasar Sukaraya"


def test_a_story_without_entities_still_gives_its_quotes(finder):
    quotes = finder.find('"Kami siap," katanya. "Ayo," kata seorang warga.', (), "id")
    assert [(quote.text, quote.speaker and quote.speaker.name) for quote in quotes] == [
        ("Kami siap,", None), ("Ayo,", "seorang warga"),
    ]  # fmt: skip


def test_a_named_speaker_is_surer_than_a_carried_one_and_that_than_none(find, finder):
    named, carried = find('"Kami siap," kata [Rendra Wiguna|PERSON]. "Ayo," ajaknya.')
    (nobody,) = finder.find('"Kami siap," katanya.', (), "id")
    assert 1 >= named.confidence > carried.confidence > nobody.confidence >= 0


PIECES = st.sampled_from(
    ['"', "“", "”", "'", ",", ".", "\n", "kata", "ujarnya", "menurut", "mengatakan", "bahwa", "disampaikan", "dia", "ia",
     "[Rendra Wiguna|PERSON]", "[Sari|PERSON]", "[Dewan Pasar|ORG]", "pria itu", "Kepala Dinas", "Kami siap", "pasar dibuka",
     "lalu", "dan", "@akun", "?", "(", ")", "Dr.", "é", "🙂", "seorang", "yang", "itu"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(PIECES, max_size=30).map(" ".join))
def test_quotes_are_what_they_say_in_order_and_do_not_overlap(find, story):
    text = "".join(part.split("|")[0] if "|" in part else part for part in story.replace("]", "[").split("["))
    quotes = find(story)
    assert [quote.id for quote in quotes] == [f"q{number}" for number in range(1, len(quotes) + 1)]
    for quote in quotes:
        spans = [quote, *filter(None, (quote.cue, quote.speaker and quote.speaker.mention))]
        assert all(text[span.start : span.end] == span.text != "" for span in spans)
        assert quote.text == quote.text.strip()
        assert 0 <= quote.confidence <= 1
    assert all(a.end <= b.start for a, b in itertools.pairwise(quotes))


def test_a_full_stop_before_a_small_letter_ends_no_sentence(find):
    (quote,) = find("[Rendra Wiguna|PERSON] mengatakan pasar ikan di dermaga. segera dibuka lagi.")
    assert quote.text == "pasar ikan di dermaga. segera dibuka lagi"
