from __future__ import annotations

from bench.vulnerabilities import findings

SOUND = {"name": "sound", "version": "1.0", "vulns": []}
UNKNOWN = {"name": "unknown", "skip_reason": "Dependency not found"}
WEAK = {
    "name": "weak",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}, {"id": "PYSEC-2", "fix_versions": []}],
}


def told(*dependencies):
    found = findings({"dependencies": list(dependencies), "fixes": []})
    return found.exit_code, "\n".join(found.lines())


def test_all_sound_is_well():
    assert told(SOUND) == (0, "1 dependencies looked up, 0 known vulnerabilities")


def test_what_could_not_be_looked_up_is_not_well():
    code, text = told(SOUND, UNKNOWN)
    assert code == 2
    assert "1 could not be looked up (unknown): nothing is known of these" in text


def test_each_vulnerability_is_told_with_what_mends_it_and_comes_first():
    code, text = told(UNKNOWN, WEAK)
    assert code == 1
    assert text.splitlines()[:2] == [
        "weak 1.0: PYSEC-1, mended in 1.1",
        "weak 1.0: PYSEC-2, mended in nothing yet",
    ]
