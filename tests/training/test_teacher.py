"""What a student has of its teacher, and what it learns from it."""

import pytest

from processors.encoder.tags import HEADS
from training.e5 import Shape

torch = pytest.importorskip("torch", reason="needs the extra `train`: pip install -e .[train]")

SHAPE = Shape(hidden=64, layers=4, heads=4, feed_forward=128, vocabulary=50, positions=40, epsilon=1e-12)


@pytest.fixture(scope="module")
def teacher():
    from torch.optim.swa_utils import AveragedModel

    from training.network import Network
    from training.teacher import Teacher

    torch.manual_seed(1)
    state = AveragedModel(Network(SHAPE, SHAPE.vocabulary)).state_dict()
    return Teacher({"keep": range(SHAPE.vocabulary), "averaged": state}, SHAPE)


@pytest.fixture
def unannotated():
    from processors.encoder.windows import Window
    from training.batches import UNTAGGED, Example

    windows = [Window([1, *range(4, 4 + length), 2], 0, [1, 3]) for length in (5, 8)]
    return [Example(-1, window, torch.full((len(window.ids), 3), UNTAGGED), []) for window in windows]


def test_a_student_with_all_layers_has_nothing_to_learn(teacher, unannotated):
    from training.loss import loss_of

    assert loss_of(teacher.student(SHAPE.layers, 0.0), unannotated, teacher).item() == pytest.approx(
        0, abs=1e-5
    )


def test_a_student_learns_from_stories_that_nobody_annotated(teacher, unannotated):
    from training.loss import loss_of

    student = teacher.student(2, 0.0)
    assert len(student.layers) == 2
    optimizer = torch.optim.AdamW(student.parameters(), 1e-3)
    losses = []
    for _ in range(30):
        loss = loss_of(student, unannotated, teacher)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2


def test_a_student_begins_with_the_teachers_layers_at_even_distances(teacher):
    student = teacher.student(2, 0.0)
    ids, mask = torch.arange(4, 12)[None], torch.ones(1, 8, dtype=torch.bool)
    scores, _ = student.eval()(ids, mask)
    assert scores.shape == (1, 8, sum(HEADS))
    own = [layer.up.weight for layer in student.layers]
    known = [teacher.student(4, 0.0).layers[i].up.weight for i in (1, 3)]
    assert all(torch.equal(one, other) for one, other in zip(own, known, strict=True))
