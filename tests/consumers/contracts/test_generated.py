"""Files that are written from the code."""

import sys

import pytest

from consumers.contracts.generated import command, drifted, write

WANTED = {"a.json": "{}\n", "b.json": "[]\n"}


def spoil(folder):
    write(folder, WANTED, whole=True)
    (folder / "a.json").unlink()
    (folder / "b.json").write_text("{}", "utf-8")
    (folder / "c.json").write_text("{}", "utf-8")


def test_a_changed_a_missing_and_a_left_over_file_are_drift_and_writing_mends_it(tmp_path):
    spoil(tmp_path)
    assert drifted(tmp_path, WANTED, whole=True) == ["a.json", "b.json", "c.json"]
    write(tmp_path, WANTED, whole=True)
    assert drifted(tmp_path, WANTED, whole=True) == []
    assert not (tmp_path / "c.json").exists()


def test_in_a_folder_that_holds_more_nothing_else_is_touched(tmp_path):
    spoil(tmp_path)
    assert drifted(tmp_path, WANTED, whole=False) == ["a.json", "b.json"]
    write(tmp_path, WANTED, whole=False)
    assert (tmp_path / "c.json").exists()


@pytest.mark.parametrize("whole", [True, False])
def test_the_command_writes_or_with_check_says_what_differs_and_changes_nothing(
    tmp_path, monkeypatch, capsys, whole
):
    spoil(tmp_path)
    monkeypatch.setattr(sys, "argv", ["make.py", "--check"])
    assert command(tmp_path, WANTED, whole=whole, about=None) == 1
    assert "b.json" in capsys.readouterr().out
    assert not (tmp_path / "a.json").exists()
    monkeypatch.setattr(sys, "argv", ["make.py"])
    assert command(tmp_path, WANTED, whole=whole, about=None) == 0
    monkeypatch.setattr(sys, "argv", ["make.py", "--check"])
    assert command(tmp_path, WANTED, whole=whole, about=None) == 0
