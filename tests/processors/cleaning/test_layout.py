from __future__ import annotations

from processors.records import RemovedKind

PARAGRAPHS = [
    "Menteri Perdagangan Ardana Wiryawan membuka pasar kopi di Takengon pada Selasa pagi.",
    "Pasar itu menampung biji kopi dari empat kecamatan dan buka setiap hari sejak subuh.",
    "Petani bernama Mirna Salabi mengatakan harga di pasar lebih baik daripada harga pengepul.",
    "Pemerintah daerah menjanjikan gudang baru sebelum musim panen berikutnya tiba.",
]
STORY = "\n".join(PARAGRAPHS)


def test_the_repeated_title_goes(clean):
    assert clean(f"Pasar Kopi Gayo Dibuka!\n{STORY}", title="Pasar kopi Gayo dibuka").text == STORY


def test_a_headline_set_off_by_a_dash_goes_though_the_title_is_unknown(clean):
    assert clean(f"Pasar Kopi Gayo Dibuka\n\n-\n{STORY}").text == STORY


def test_a_subhead_stays(clean):
    body = f"{STORY}\nHarga Kopi Dunia\n{STORY.replace('kopi', 'teh')}"
    assert "\nHarga Kopi Dunia\n" in clean(body).text


def test_tags_after_the_initials_go(clean):
    cleaned = clean(f"{STORY}\n(ard/wij)\nkopi gayo\npasar\nmenteri perdagangan")
    assert cleaned.text == STORY
    assert [removed.kind for removed in cleaned.removed] == [RemovedKind.CREDIT, *[RemovedKind.NAV] * 3]


def test_a_table_of_contents_goes(clean):
    assert clean(f"Daftar Isi\nHarga Kopi Dunia\nPasar Baru\nJakarta\n-\n{STORY}").text == STORY


def test_a_title_of_a_video_printed_on_two_lines_goes(clean):
    video = "Petani Kopi Gayo Sambut Panen Raya"
    assert clean(f"{STORY}\n{video}\n{video}\nKopi itu harum.").text == f"{STORY}\nKopi itu harum."


def test_a_caption_printed_twice_on_one_line_goes(clean):
    caption = "Suasana pasar kopi di Takengon pada Selasa pagi."
    assert (
        clean(f"{STORY}\nArdi Wijana {caption} {caption}\nKopi itu harum.").text
        == f"{STORY}\nKopi itu harum."
    )


def test_the_lines_of_an_embedded_post_in_another_language_go(clean):
    post = "The best coffee of the year is here\nWe are proud of our farmers! pic.twitter.com/AbC12xYz"
    assert clean(f"{STORY}\n{post}\nKopi itu harum.").text == f"{STORY}\nKopi itu harum."


def test_a_headline_alone_at_the_end_goes(clean):
    assert clean(f"{STORY}\nPetani Kopi Gayo Tunda Panen karena Hujan").text == STORY


def test_a_list_at_the_end_stays(clean):
    body = f"{STORY}\n1. Kopi Gayo\n2. Kopi Toraja\n3. Kopi Kintamani dan Kopi Flores Bajawa"
    assert clean(body).text == body


def test_where_every_line_ends_in_a_credit_only_the_credits_go(clean):
    lines = [f"Kopi nomor {n} ini harum sekali." for n in range(5)]
    body = "\n".join(f"{line} Foto: Ardi Wijana" for line in lines)
    assert clean(body).text == "\n".join(lines)


def test_of_a_story_printed_twice_the_paragraphs_stay(clean):
    glued = "".join(PARAGRAPHS)
    assert clean(f"{glued}\n{STORY}").text == STORY


def test_of_a_story_nested_in_itself_the_paragraphs_stay(clean):
    nested = []
    for index, paragraph in enumerate(PARAGRAPHS):
        nested += ["".join(PARAGRAPHS[index:]) + "Ikuti Whatsapp Channel Republika", paragraph]
    assert clean("\n".join(nested), source="republika.co.id").text == STORY


def test_a_glued_copy_is_known_behind_a_dateline_too(clean):
    glued = "SOLO, KOMPAS.com - " + "".join(PARAGRAPHS)
    assert clean(f"{STORY}\n{glued}").text == STORY


def test_the_refrain_of_a_song_stays(clean):
    refrain = "Kopi pahit di pagi hari, kawan setia petani\nHujan turun di lereng gunung, kami tetap menanti"
    body = f"{STORY}\n{refrain}\nBunga putih di dahan kopi, harum sampai ke kota\n{refrain}"
    assert clean(body).text == body


def test_a_paragraph_that_takes_up_the_end_of_another_one_stays(clean):
    again = f"Seperti diberitakan sebelumnya, {PARAGRAPHS[2][0].lower()}{PARAGRAPHS[2][1:]}"
    assert clean(f"{STORY}\n{again}").text == f"{STORY}\n{again}"


def test_paragraphs_that_stand_there_again_go(clean):
    assert clean(f"{STORY}\n{PARAGRAPHS[1]}\n{PARAGRAPHS[2]}").text == STORY


def test_a_single_sentence_may_be_repeated(clean):
    body = f"{STORY}\n{PARAGRAPHS[0]}"
    assert clean(body).text == body
