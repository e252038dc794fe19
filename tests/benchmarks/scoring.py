"""Scoring the pool with the CNN: one tensor and the fastest correct arithmetic against a loader of images."""

import numpy as np
import torch
from torch.utils.data import DataLoader, Subset

from alcore.datasets.mnist import load_mnist, mnist_problem
from alcore.device import torchvision_datasets
from alcore.home import alcore_home
from alcore.learners.registry import make_learner
from alcore.learners.torch.learner import NetworkLearner
from alcore.rng import rng_for
from alcore.strategies.uncertainty import least_confidence
from tests.benchmarks.measure import Result, compare

POOL = 59_000


def run() -> list[Result]:
    """59,000 images of MNIST by the network of `cnn-mnist`, trained on 1,000; prints how the two agree."""
    home = alcore_home()
    problem = mnist_problem("mnist", home)
    if problem:
        print(f"cnn-mnist scoring is left out: {problem}")
        return []
    data = load_mnist("mnist", home)
    learner = make_learner("cnn", classes=10, seed=0, epochs=1)
    assert isinstance(learner, NetworkLearner)
    x = learner.prepare(data.x_pool)
    learner.fit(x[POOL:], data.y_pool[POOL:], rng=rng_for(0, "train", 0))
    network = learner.network
    assert network is not None
    mnist = torchvision_datasets().MNIST
    from torchvision import transforms  # only now: beside a CPU-only torch its import needs the line above

    pool = Subset(mnist(str(home), train=True, transform=transforms.ToTensor()), range(POOL))
    probs: dict[str, np.ndarray] = {}

    @torch.no_grad()
    def published() -> None:
        network.eval()
        loader = DataLoader(pool, batch_size=64)
        chunks = [network(images.to(learner.device)).softmax(1).cpu() for images, _ in loader]
        probs["published"] = torch.cat(chunks).numpy()

    def ours() -> None:
        probs["ours"] = learner.predict_probs(x[:POOL]).cpu().numpy()

    result = compare(f"cnn-mnist, scoring {POOL:,} images ({learner.record['scoring']})", published, ours)
    plain, fast = probs["published"], probs["ours"]
    asked = [set(np.argsort(-least_confidence(p), kind="stable")[:500].tolist()) for p in (plain, fast)]
    result["largest_difference_of_a_probability"] = round(float(np.abs(plain - fast).max()), 4)
    result["share_of_the_same_prediction"] = round(float(np.mean(plain.argmax(1) == fast.argmax(1))), 5)
    result["share_of_the_same_500_questions"] = len(asked[0] & asked[1]) / 500
    return [result]
