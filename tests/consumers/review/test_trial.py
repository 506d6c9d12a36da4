from __future__ import annotations

from config.outlets import LineRules, Outlet, Outlets
from consumers.review.trial import SHOWN, trial
from processors.records import Article

GENERIC = [Outlet(name="generic", links=("Baca juga",))]
KORAN = Outlet(name="Koran", hosts=("koran.id",))


def with_rule(phrase):
    return KORAN.model_copy(update={"lines": {"ad": LineRules(whole=(phrase,))}})


def stories(number):
    return [
        Article(
            uri=f"urn:koran:{index}",
            source="koran.id",
            body=f"Ranu Sadewo menutup {index} dermaga di Sukaraya kemarin.\nGulir untuk iklan\nWarga kembali melaut.",
        )
        for index in range(number)
    ]


def test_what_a_rule_removes_is_counted_in_stories_and_words():
    found = trial(Outlets(GENERIC, [KORAN]), Outlets(GENERIC, [with_rule("Gulir untuk iklan")]), stories(4))
    assert (found.stories, found.touched, found.words, found.removed) == (4, 4, 4 * 14, 4 * 3)
    assert found.share == 3 / 14
    assert found.examples[0] == ("urn:koran:0", "Gulir untuk iklan")


def test_a_rule_that_fits_nothing_touches_nothing():
    found = trial(Outlets(GENERIC, [KORAN]), Outlets(GENERIC, [with_rule("Tutup")]), stories(2))
    assert (found.stories, found.touched, found.removed, found.share) == (2, 0, 0, 0.0)


def test_only_some_examples_are_kept_and_no_story_is_no_error():
    outlets = Outlets(GENERIC, [with_rule("Gulir untuk iklan")])
    assert len(trial(Outlets(GENERIC, [KORAN]), outlets, stories(20)).examples) == SHOWN
    assert trial(outlets, outlets, []).share == 0.0
