"""Convolutions computed where images have something: the same function of every image, in the given order."""

import numpy as np
import pytest
import torch

from alcore.learners.registry import make_learner
from alcore.learners.torch.architectures import cnn
from alcore.learners.torch.scoring import ScoringMode, scoring_copy
from alcore.learners.torch.windows import Windowed, by_window


def boxes(side: int, seed: int, n: int = 40) -> torch.Tensor:
    """Images (N, 1, side, side) of noise in a random box, black around it."""
    rng = np.random.default_rng(seed)
    images_N = np.zeros((n, 1, side, side), dtype=np.float32)
    for image in images_N:
        (top, bottom), (left, right) = (np.sort(rng.choice(side + 1, 2, replace=False)) for _ in range(2))
        image[0, top:bottom, left:right] = rng.uniform(0.1, 1, (bottom - top, right - left))
    return torch.from_numpy(images_N)


@pytest.mark.parametrize("side", [6, 7, 8, 17, 28])
def test_it_is_the_same_function_of_every_image(side: int) -> None:
    torch.manual_seed(side)
    network = cnn((1, side, side), 3).eval()
    scorer = scoring_copy(network, ScoringMode("test", torch.float32, channels_last=True, chunk=8))
    assert isinstance(scorer.body[0], Windowed)
    pixel = torch.zeros(2, 1, side, side)
    pixel[0, 0, 0, 0] = pixel[1, 0, -1, -1] = 1
    cases = [torch.zeros(3, 1, side, side), torch.ones(2, 1, side, side), pixel, pixel[:1], pixel[1:]]
    for x in [*cases, *boxes(side, seed=side).split(1), boxes(side, seed=1, n=9)]:
        with torch.inference_mode():
            torch.testing.assert_close(scorer(x), network(x), rtol=1e-5, atol=1e-6)


def test_only_what_is_seen_is_computed() -> None:
    network = cnn((1, 28, 28), 3).eval()
    window = scoring_copy(network, ScoringMode("test", torch.float32, channels_last=True, chunk=8)).body[0]
    seen: list[torch.Size] = []
    assert isinstance(window, Windowed)
    window.layers.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].shape))
    x = torch.zeros(2, 1, 28, 28)
    x[0, 0, 10, 12] = x[1, 0, 13, 15] = 1
    with torch.inference_mode():
        window(x)
        window(torch.zeros_like(x))
    # Output places p see rows 2p to 2p + 5: row 10 is seen from 3 on, row 13 up to 6; columns one further.
    assert seen == [torch.Size((2, 1, 12, 12))]


def test_alike_windows_come_together() -> None:
    x = (boxes(12, seed=0, n=60) * 255).to(torch.uint8)
    order = by_window(x)
    assert sorted(order.tolist()) == list(range(60))
    edges = []
    for image in x[order, 0].numpy():
        rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
        edges.append((columns[0], columns[-1], rows[0], rows[-1]))
    assert edges == sorted(edges)


def test_predictions_stay_in_the_order_of_the_points() -> None:
    learner = make_learner("cnn", classes=2, seed=0, epochs=60, device="cpu")
    images = boxes(12, seed=3, n=100)
    x = learner.prepare((images.numpy() * 255).astype(np.uint8))
    light = (images.mean(dim=(1, 2, 3)) > 0.1).numpy().astype(np.int64)
    learner.fit(x, light, rng=np.random.default_rng(0))
    assert np.mean(learner.predict_probs(x).numpy().argmax(axis=1) == light) > 0.9
    alone = torch.cat([learner.predict_probs(one) for one in x.split(1)])
    torch.testing.assert_close(learner.predict_probs(x), alone, rtol=0.05, atol=0.01)  # bfloat16, where fast
