"""Who is meant where the quote itself names nobody."""

import pytest

from processors.records import Entity, Label, Span


@pytest.mark.parametrize(
    "story",
    [
        '"Pasar dibuka besok pagi untuk semua pedagang."\nHal itu disampaikan Camat [Rendra Wiguna|PERSON] di balai desa.',
        '"Pasar dibuka besok pagi untuk semua pedagang."\n[Rendra Wiguna|PERSON] mengatakan hal itu di balai desa.',
        '"Pasar dibuka besok," katanya.\nDemikian disampaikan Camat [Rendra Wiguna|PERSON] di balai desa.',
    ],
)
def test_a_quote_that_opens_a_story_is_of_who_is_said_to_speak_behind_it(said, story):
    assert said(story)[0][1] == "Rendra Wiguna"


def test_a_quote_that_opens_a_story_is_nobodys_if_who_speaks_comes_far_behind(said):
    story = '"Pasar dibuka besok pagi."\n' + "Lapak itu sepi. " * 40 + '"Ayo," kata [Rendra Wiguna|PERSON].'
    assert said(story)[0] == ("Pasar dibuka besok pagi.", None)


NEW = '"Lapak sudah siap," kata [Rendra Wiguna|PERSON].\n{}\n"Kami menolak pindah," {}.'


@pytest.mark.parametrize("cue", ["katanya", "tuturnya", "lanjutnya", "kata dia"])
@pytest.mark.parametrize(
    "between",
    [
        "Sementara itu, pedagang ikan [Sari Lestari|PERSON] masih bertahan di dermaga lama.",
        "[Sari Lestari|PERSON] berdiri di ujung dermaga sambil menggenggam karung.",
    ],
)
def test_who_is_introduced_between_two_quotes_speaks_the_second(said, cue, between):
    assert said(NEW.format(between, cue))[-1] == ("Kami menolak pindah,", "Sari Lestari")


@pytest.mark.parametrize(
    "between",
    [
        "Harga ikan naik dua kali lipat di dermaga lama.",
        "[Sari Lestari|PERSON] disebut masih menunggu surat dari kecamatan.",
        "Kabar itu sampai ke telinga [Sari Lestari|PERSON].",
    ],
)
def test_who_does_nothing_between_two_quotes_does_not_speak_either(said, between):
    assert said(NEW.format(between, "lanjutnya"))[-1][1] == "Rendra Wiguna"


def test_a_pronoun_that_opens_a_sentence_means_the_subject_of_the_one_before(said):
    story = (
        '"Lapak sudah siap," kata [Rendra Wiguna|PERSON] di depan [Sari Lestari|PERSON].\n'
        "[Sari|PERSON] tersenyum mendengar jawaban itu. Ia menyebut lapak baru terlalu sempit."
    )
    assert said(story)[-1] == ("lapak baru terlalu sempit", "Sari Lestari")


def test_they_are_the_body_or_the_people_who_spoke(said):
    story = (
        "[Dewan Pasar|ORG] menilai sewa lapak terlalu murah. [Rendra Wiguna|PERSON] mengatakan sewa itu sudah wajar.\n"
        "Mereka berharap sewa dinaikkan tahun depan."
    )
    assert said(story)[-1] == ("sewa dinaikkan tahun depan", "Dewan Pasar")


@pytest.mark.parametrize(
    ("story", "wanted"),
    [
        # a description of one who has been named
        ("[Rendra Wiguna|PERSON] memuji warga. Juragan kapal asal [Sukaraya|GPE] itu mengatakan pasar segera dibuka.",
         "Rendra Wiguna"),
        ("[Rendra Wiguna|PERSON] memuji warga. Putra sulung [Darma Wiguna|PERSON] itu mengatakan pasar segera dibuka.",
         "Rendra Wiguna"),
        # a body by its kind
        ("[Kementerian Kelautan|ORG] merilis aturan baru. Kementerian tersebut menyatakan pasar segera dibuka.",
         "Kementerian Kelautan"),
        # a description that was fuller before
        ("Para peneliti dari kampus mengatakan ikan itu aman. Peneliti menyebut pasar segera dibuka.",
         "Para peneliti dari kampus"),
        # beside whom somebody stands
        ("[Rendra Wiguna|PERSON], didampingi [Sari Lestari|PERSON], mengatakan pasar segera dibuka.", "Rendra Wiguna"),
        ("[Sari Lestari|PERSON], istri [Rendra Wiguna|PERSON], mengatakan pasar segera dibuka.", "Sari Lestari"),
        # a relative clause
        ("Warga mengutip putusan [Dewan Pasar|ORG] yang menyatakan pasar segera dibuka.", "Dewan Pasar"),
        # from whom it comes
        ("Pujian datang dari pelaut senior, [Rendra Wiguna|PERSON]. Menurutnya, pasar segera dibuka.", "Rendra Wiguna"),
    ],
)  # fmt: skip
def test_the_speaker_is_found_by_other_words(said, story, wanted):
    assert dict(said(story))["pasar segera dibuka"] == wanted


@pytest.mark.parametrize("short", ["[Ranu|PERSON]", "Ranu"])
def test_a_short_name_means_the_only_person_who_bears_it(finder, short):
    text = 'Camat Ranu Sadewo memuji warga. "Kami siap," kata Ranu.'
    full = Span(start=6, end=17, text="Ranu Sadewo")
    entities = [person("e1", "Ranu Sadewo", full)]
    if short.startswith("["):
        at = text.rindex("Ranu")
        entities.append(person("e2", "Ranu", Span(start=at, end=at + 4, text="Ranu")))
    (quote,) = finder.find(text, tuple(entities), "id")
    assert (quote.speaker.name, quote.speaker.entity, quote.speaker.role) == ("Ranu Sadewo", "e1", "Camat")


def test_a_short_name_that_two_bear_is_neither(finder):
    text = 'Camat Ranu Sadewo dan Ranu Wijaya memuji warga. "Kami siap," kata Ranu.'
    entities = (
        person("e1", "Ranu Sadewo", Span(start=6, end=17, text="Ranu Sadewo")),
        person("e2", "Ranu Wijaya", Span(start=22, end=33, text="Ranu Wijaya")),
        person("e3", "Ranu", Span(start=66, end=70, text="Ranu")),
    )
    (quote,) = finder.find(text, entities, "id")
    assert (quote.speaker.name, quote.speaker.entity) == ("Ranu", "e3")


def person(number, name, *mentions):
    return Entity(id=number, label=Label.PERSON, name=name, mentions=mentions, salience=0.5)


def test_a_description_that_points_back_is_who_spoke_whatever_name_it_holds(said):
    story = (
        '"Kami siap," kata [Rendra Wiguna|PERSON]. Namun menurut putra mendiang [Sari Dewi|PERSON] itu, '
        "harga es balok akan naik lagi."
    )
    assert said(story)[1] == ("harga es balok akan naik lagi", "Rendra Wiguna")


def test_a_lecturer_of_somewhere_is_who_spoke_though_the_clause_names_somebody_else(said):
    story = (
        '"Kami siap," kata [Rendra Wiguna|PERSON]. Menurut dosen [Universitas Sukaraya|ORG] (USR) itu, '
        "[Sari Dewi|PERSON] segera pulang."
    )
    assert said(story)[1][1] == "Rendra Wiguna"


def test_a_paper_that_is_pointed_back_to_is_the_body_that_spoke_last(said):
    story = '"Harga naik," tulis [Harian Sukaraya|ORG]. "Pasar sepi sejak kemarin," tulis media asal [Tirtajaya|GPE] itu.'
    assert [speaker for _, speaker in said(story)] == ["Harian Sukaraya"] * 2


def test_a_name_that_tells_whose_lawyer_speaks_is_not_the_speaker(said):
    story = (
        "Menurut kuasa hukum [Rendra Wiguna|PERSON], [Sari Dewi|PERSON], kliennya sudah pulang sejak kemarin."
    )
    assert said(story)[0][1] == "Sari Dewi"


def test_a_place_taken_for_a_person_in_front_of_a_title_is_not_the_speaker(said):
    story = '"Jalan dibuka," kata Kepala Polres [Tirta|PERSON] Raya Kompol [Rendra Wiguna|PERSON], Senin.'
    assert said(story)[0][1] == "Rendra Wiguna"


def test_a_degree_behind_a_name_is_nobody(said):
    story = "[Rendra Wiguna|PERSON], [M.Ed|PERSON] mengatakan bahwa sekolah itu dibuka lagi."
    assert said(story)[0][1] == "Rendra Wiguna"


def test_a_name_that_is_described_between_commas_speaks_even_if_it_was_taken_for_a_bodys(said):
    story = "[Mutiara Lasmini|ORG], penjual rempah yang sudah berdagang 27 tahun, mengaku lega pasar itu dibuka lagi."
    assert said(story) == [("lega pasar itu dibuka lagi", "Mutiara Lasmini")]


def test_two_bodies_speak_together(said):
    story = "[Dinas Pasar|ORG] dan [Dinas Laut|ORG] mengklaim bahwa dermaga itu aman bagi perahu kecil."
    assert said(story)[0][1] == "Dinas Pasar dan Dinas Laut"


def test_another_commenter_is_somebody_new(said):
    story = '"Harga naik," kata seorang pembeli. "Pasar itu kotor sekali," kata komentar lainnya.'
    assert [speaker for _, speaker in said(story)] == ["seorang pembeli", "komentar lainnya"]


def test_a_reporting_word_is_no_part_of_a_title(find):
    story = "Jaksa mengatakan [Rendra Wiguna|PERSON] menjual perhiasan itu. Jaksa mengatakan perhiasan itu hilang."
    assert {quote.speaker.name for quote in find(story)} == {"Jaksa"}


def test_what_introduces_a_quote_names_its_speaker_though_a_reporting_word_closes_it(said):
    story = (
        '[Rendra Wiguna|PERSON] menulis "Saya tidak bisa masuk sejak pagi," tulisnya. '
        'Lalu akun bernama @pasarlereng menuliskan "Saya juga tidak bisa masuk," tulisnya.'
    )
    assert [speaker for _, speaker in said(story)] == ["Rendra Wiguna", "@pasarlereng"]


def test_a_company_without_its_name_is_the_nearest_body_before(said):
    story = (
        "[Perahu Jaya|ORG] membuka dermaga baru. Perusahaan menegaskan belum ada kenaikan tarif tahun ini."
    )
    assert said(story)[0][1] == "Perahu Jaya"


def test_an_office_that_was_taken_for_a_person_is_who_holds_it(said):
    story = (
        "[Camat|PERSON] Sukaraya, [Rendra Wiguna|PERSON], tiba. "
        '"Api sudah padam sejak subuh," kata [Camat|PERSON].'
    )
    assert [speaker for _, speaker in said(story)] == ["Rendra Wiguna"]


def test_a_feeling_that_is_expressed_is_not_what_was_said(said):
    story = "[Rendra Wiguna|PERSON] menyatakan kekecewaannya terhadap aturan baru itu kemarin sore."
    assert said(story) == []
    story = "[Rendra Wiguna|PERSON] menyatakan bahwa kekecewaannya terhadap aturan itu sudah lewat."
    assert said(story)[0][1] == "Rendra Wiguna"
