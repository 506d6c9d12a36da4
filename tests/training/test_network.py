"""The network in torch, the same network as an ONNX graph, and the product's arithmetic for speakers must agree."""

import numpy as np
import pytest

from processors.encoder import speaker
from processors.encoder.session import Session
from processors.encoder.tags import HEADS
from training.e5 import Shape

torch = pytest.importorskip("torch", reason="needs the extra `train`: pip install -e .[train]")
onnx = pytest.importorskip("onnx", reason="needs the extra `train`: pip install -e .[train]")

SHAPE = Shape(hidden=64, layers=2, heads=4, feed_forward=128, vocabulary=50, positions=40, epsilon=1e-12)


@pytest.fixture(scope="module")
def network():
    from training.network import Network

    torch.manual_seed(1)
    network = Network(SHAPE, SHAPE.vocabulary).eval()
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return network


@pytest.fixture
def outputs(network, tmp_path):
    """Kind -> (tags, speaker) of the exported graph, and the same from torch."""
    from training import graph

    ids = torch.arange(4, 24)
    with torch.no_grad():
        scores, vectors = network(ids[None], torch.ones(1, len(ids), dtype=torch.bool))
    state = {name: tensor.numpy() for name, tensor in network.state_dict().items()}

    def run(kind, **options):
        path = tmp_path / "network.onnx"
        path.write_bytes(graph.build(state, SHAPE, kind=kind, **options).SerializeToString())
        return Session(path).run(ids.tolist())

    return run, scores[0].numpy(), vectors[0]


def test_the_graph_gives_what_torch_gives(outputs):
    run, scores, _ = outputs
    tags, pieces = run("float")
    assert tags.shape == (20, sum(HEADS))
    assert pieces.shape == (20, speaker.WIDTH)
    np.testing.assert_allclose(tags, scores, atol=0.05)  # the table of pieces is in 8 bits


@pytest.mark.parametrize("accuracy", [1, 4])
def test_eight_bits_lose_little(outputs, accuracy):
    run, scores, _ = outputs
    tags, _ = run("blocks", accuracy=accuracy)
    assert np.corrcoef(tags.ravel(), scores.ravel())[0, 1] > 0.999


def test_speakers_are_reckoned_as_in_training(outputs, network):
    run, _, vectors = outputs
    _, pieces = run("float")
    mentions = [0, 7, 18]
    with torch.no_grad():
        wanted = network.speaker(vectors, (3, 9), mentions).exp().numpy()
    by_distance = network.distance.weight.detach().numpy().ravel()
    np.testing.assert_allclose(
        speaker.probabilities(pieces, (3, 9), mentions, by_distance), wanted, atol=0.02
    )


def test_seven_bits_by_rows_lose_little(outputs):
    run, scores, _ = outputs
    tags, _ = run("rows")
    assert np.corrcoef(tags.ravel(), scores.ravel())[0, 1] > 0.999
