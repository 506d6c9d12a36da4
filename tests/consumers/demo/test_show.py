import io

from rich.console import Console

from consumers.demo import show
from consumers.demo.arrivals import Check

VALUE = {
    "article": {"uri": "urn:x:1", "headlines": [{"role": "main", "value": "Pasar dibuka"}]},
    "enrichment": {
        "uri": "urn:x:1",
        "state": "usable",
        "version": "3",
        "source": "warta.example",
        "language": "id",
        "text": "Ranu Sadewo membuka pasar.\n\x1b[31m[bold]Murah[/bold], katanya.",
        "dateline": {"place": "SALATIGA", "outlet": None, "text": "SALATIGA - "},
        "removed": [{"kind": "related", "text": "Baca juga: Harga cabai"}],
        "entities": [
            {"label": "PERSON", "mentions": [{"start": 0, "end": 11, "text": "Ranu Sadewo"}], "name": "Ranu Sadewo"}
        ],
        "quotes": [
            {"text": "Murah", "kind": "direct", "cue": {"text": "katanya"}, "speaker": {"name": "Ranu", "role": "Wali"}},
            {"text": "Mahal", "kind": "indirect", "cue": None, "speaker": None},
        ],
    },
}  # fmt: skip


def printed(renderable, *, colors=False):
    console = Console(
        file=io.StringIO(), width=100, force_terminal=colors, color_system="standard" if colors else None
    )
    console.print(renderable)
    return console.file.getvalue()


def test_a_story_shows_its_text_what_was_taken_out_and_who_said_what():
    out = printed(show.story(VALUE, "what it is for"))
    for part in (
        "Pasar dibuka",
        "Ranu Sadewo membuka",
        "SALATIGA",
        "Baca juga: Harga cabai",
        "Wali",
        "katanya",
    ):
        assert part in out


def test_a_quote_without_speaker_or_cue_is_shown_too():
    assert "Mahal" in printed(show.story(VALUE, ""))


def test_an_entity_stands_out_and_nothing_else():
    out = printed(show.story(VALUE, ""), colors=True)
    assert "\x1b[1;36mRanu Sadewo\x1b[0m membuka" in out


def test_what_a_terminal_would_obey_is_shown_and_not_obeyed():
    out = printed(show.story(VALUE, ""))
    assert "\x1b" not in out
    assert "\\x1b[31m[bold]Murah[/bold]" in out


def test_a_check_that_fails_is_told_apart():
    out = printed(show.verdict([Check("a", "1 of 1", holds=True), Check("b", "0 of 1", holds=False)]))
    assert [line.split()[-1] for line in out.splitlines() if line.startswith(("a ", "b "))] == ["be", "WRONG"]
