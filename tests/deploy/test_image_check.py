"""The image's steps are read from its Dockerfile as an engine would read them."""

import importlib.util
from pathlib import Path

import pytest

PATH = Path(__file__).parents[2] / "deploy/check/image.py"


@pytest.fixture(scope="module")
def image():
    spec = importlib.util.spec_from_file_location("deploy_check_image", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_comments_go_and_continued_lines_are_one(image):
    text = "# a comment\nRUN one \\\n && two\ncopy a /b/\n"
    assert image.instructions(text) == [("RUN", "one  && two"), ("COPY", "a /b/")]


def test_stages_begin_with_from_and_what_comes_before_belongs_to_none(image):
    text = "ARG X=1\nFROM a AS build\nRUN one\nFROM b\nUSER 1\n"
    assert image.stages(text) == [[("RUN", "one")], [("USER", "1")]]


def test_a_build_happens_below_its_folder(image, tmp_path):
    image.build([("RUN", "mkdir -p /opt/x"), ("RUN", "echo /src/y > /opt/x/z")], tmp_path)
    assert (tmp_path / "opt/x/z").read_text() == f"{tmp_path}/src/y\n"


def test_a_failing_step_ends_the_build(image, tmp_path):
    with pytest.raises(image.subprocess.CalledProcessError):
        image.build([("RUN", "false | true")], tmp_path)


def test_files_and_folders_are_copied_to_where_the_dockerfile_says(image, tmp_path):
    image.build([("COPY", "LICENSE README.md /src/"), ("COPY", "config /src/config")], tmp_path)
    assert (tmp_path / "src/LICENSE").is_file()
    assert (tmp_path / "src/config/topics.py").is_file()
    assert not list(tmp_path.rglob("__pycache__"))
