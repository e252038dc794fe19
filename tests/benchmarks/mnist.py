"""The loops of the MNIST presets against the published kind of loop, one image at a time."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.utils.data import DataLoader, Subset

from alcore.datasets.catalogue import load_dataset, problem
from alcore.datasets.dataset import Dataset
from alcore.device import device_name, resolve_device, torchvision_datasets
from alcore.home import alcore_home
from alcore.learners.registry import make_learner
from alcore.loops.pool.simulate import simulate
from alcore.runs.config import RunConfig
from alcore.runs.presets import PRESETS
from tests.benchmarks.measure import Result, clock, compare, hardware

NO_GPU = "no GPU at hand"
# preset -> questions of the published loop, and measurements of it. The whole 50 of the MLP would take it
# ten minutes; a round costs it the same throughout, for nearly all of it is the scoring of the pool.
EXPERIMENTS: dict[str, tuple[int, int]] = {"mlp-1d-mnist": (3, 3), "cnn-mnist": (4, 1)}


def run() -> list[Result]:
    """Both presets, each in turn with the plain loop; then how much of a GPU scoring uses."""
    home = alcore_home()
    if problem("mnist", home):
        print(f"mnist is left out: {problem('mnist', home)}")
        return []
    data = load_dataset("mnist", seed=0, home=home, download=False)
    # What is loaded and compiled on first use belongs to neither way.
    learner = make_learner("mlp", classes=10, seed=0)
    list(simulate(data, learner, "random", seed=0, seed_labels=100, labels_per_round=1, rounds=0))
    loops = [both_loops(data, name, *sizes) for name, sizes in EXPERIMENTS.items()]
    return [*loops, share_of_peak(data)]


def both_loops(data: Dataset, name: str, rounds: int, runs: int) -> Result:
    """The first questions of a preset, both ways, from the loaded images to the last test accuracy."""
    config = PRESETS[name].config
    curves: dict[str, list[float]] = {}

    def ours() -> None:
        learner = make_learner(config.learner, classes=10, seed=0, **config.training)
        turns = simulate(
            data,
            learner,
            config.strategy,
            seed=0,
            seed_labels=config.seed_labels,
            labels_per_round=config.labels_per_round,
            rounds=rounds,
        )
        curves["ours"] = [one.accuracy for one in turns]

    def published() -> None:
        curves["published"] = published_loop(config, rounds)

    work = f"{name}: {config.seed_labels:,} labels, then {rounds} of {config.rounds} rounds of "
    work += f"{config.labels_per_round}"
    result = compare(work, published, ours, runs=runs)
    print(f"  accuracies {curves}", flush=True)
    return {
        **result,
        "published_accuracy": [round(one, 4) for one in curves["published"]],
        "accuracy": [round(one, 4) for one in curves["ours"]],
        "device": device_name(resolve_device("auto")),
        "gpu": "measured on it" if torch.cuda.is_available() else NO_GPU,
    }


def published_loop(config: RunConfig, rounds: int) -> list[float]:
    """Test accuracy of each round: images through a loader and a transform, one at a time."""
    mnist = torchvision_datasets().MNIST
    from torchvision import transforms  # only now: beside a CPU-only torch its import needs the line above

    home, transform = str(alcore_home()), transforms.ToTensor()
    train, test = (mnist(home, train=part, transform=transform) for part in (True, False))
    device = resolve_device("auto")
    torch.manual_seed(0)
    network = PUBLISHED[config.learner]().to(device)
    optimiser = torch.optim.Adam(network.parameters(), lr=config.learning_rate)
    order = np.random.default_rng(0).permutation(len(train))
    labeled, pool = order[: config.seed_labels], order[config.seed_labels :]
    accuracies = []
    for number in range(rounds + 1):
        network.train()
        loader = DataLoader(Subset(train, labeled.tolist()), config.batch_size, shuffle=True)
        for _ in range(config.epochs):
            for images, labels in loader:
                loss = nn.functional.cross_entropy(network(images.to(device)), labels.to(device))
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
        probs, truth = _predictions(network, test, device)
        accuracies.append(float(np.mean(probs.argmax(axis=1) == truth)))
        if number < rounds:
            probs, _ = _predictions(network, Subset(train, pool.tolist()), device)
            unsure = np.argsort(probs.max(axis=1), kind="stable")[: config.labels_per_round]
            labeled = np.concatenate([labeled, pool[unsure]])
            pool = np.delete(pool, unsure)
    return accuracies


def published_cnn() -> nn.Sequential:
    """The convolutional network, layer by layer as it was described."""
    body = nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2))
    return nn.Sequential(*body, nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10))


def published_mlp() -> nn.Sequential:
    """The small dense network."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))


PUBLISHED = {"cnn": published_cnn, "mlp": published_mlp}


@torch.no_grad()
def _predictions(
    network: nn.Module, images: Any, device: torch.device
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    network.eval()
    probs, truth = [], []
    for x, y in DataLoader(images, batch_size=64):
        probs.append(network(x.to(device)).softmax(dim=1).cpu().numpy())
        truth.append(y.numpy())
    return np.concatenate(probs), np.concatenate(truth)


def share_of_peak(data: Dataset) -> Result:
    """How much of a GPU's bfloat16 rate in a large product the scoring of the pool reaches."""
    work = "cnn-mnist, scoring 60,000 images: share of the GPU's peak"
    if not torch.cuda.is_available():
        print(f"{work}: {NO_GPU}")
        return {"work": work, "share": NO_GPU, "hardware": hardware()}
    learner = make_learner("cnn", classes=10, seed=0, epochs=1)
    x = learner.prepare(data.x_pool)
    learner.fit(x[:1000], data.y_pool[:1000], rng=np.random.default_rng(0))
    square = torch.randn(8192, 8192, device="cuda", dtype=torch.bfloat16)

    def product() -> None:
        torch.matmul(square, square)
        torch.cuda.synchronize()

    def score() -> None:
        learner.predict_probs(x)
        torch.cuda.synchronize()

    seconds = [min(clock(way)[0] for _ in range(5)) for way in (product, score)]
    # Multiplications and additions of an image: conv 1, conv 2, dense, head.
    of_an_image = 2 * (26 * 26 * 32 * 9 + 24 * 24 * 64 * 288 + 9216 * 128 + 1280)
    rates = 2 * 8192**3 / seconds[0], len(x) * of_an_image / seconds[1]
    print(f"{work}: {rates[1] / rates[0]:.1%}", flush=True)
    return {
        "work": work,
        "seconds": round(seconds[1], 4),
        "share": round(rates[1] / rates[0], 4),
        "hardware": device_name(resolve_device("cuda")),
    }
