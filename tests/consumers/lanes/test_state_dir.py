"""The ledger's local copies outlive a static member, and nobody else."""

import pytest

from config.settings import Settings
from consumers.lanes.state_dir import state_dir


def test_a_static_member_finds_its_copies_again(tmp_path):
    settings = Settings(state_dir=tmp_path / "state", instance_id="w1")
    with state_dir(settings) as folder:
        (folder / "0.sqlite").touch()
    with state_dir(settings) as folder:
        assert (folder / "0.sqlite").exists()


@pytest.mark.parametrize("given", [{}, {"instance_id": "w1"}])
def test_other_workers_leave_nothing_behind(given):
    with state_dir(Settings(**given)) as first, state_dir(Settings(**given)) as second:
        assert first != second
    assert not first.exists()


def test_the_temporary_folder_is_made_where_the_setting_says(tmp_path):
    with state_dir(Settings(state_dir=tmp_path / "state")) as folder:
        assert folder.parent == tmp_path / "state"
