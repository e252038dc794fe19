"""A torch module of one's own, with padding, residual blocks, batch norm and adaptive pooling."""

import numpy as np
import torch
from torch import nn

from alcore import STRATEGIES, ActiveLearner, TorchLearner


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1),
        )

    def forward(self, x):
        return torch.relu(x + self.body(x))


class SmallResNet(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, padding=1)
        self.blocks = nn.Sequential(Block(6), Block(6))
        self.pool = nn.AdaptiveAvgPool2d(2)
        self.head = nn.Linear(24, classes)

    def forward(self, x):
        return self.head(self.pool(self.blocks(self.stem(x))).flatten(1))


rng = np.random.default_rng(0)
names = np.array(["red", "green", "blue"])
labels = rng.choice(names, 90)
images = rng.integers(0, 90, (90, 9, 9, 3), dtype=np.uint8)  # height, width, colours
for image, label in zip(images, labels, strict=True):
    row, column = rng.integers(0, 5, 2)
    image[row : row + 4, column : column + 4, names == label] += 150

model = TorchLearner(SmallResNet, epochs=15, batch_size=8, learning_rate=0.01, device="cpu")
for strategy in STRATEGIES:
    try:
        learner = ActiveLearner(
            model, images[:60], strategy=strategy, seed=0, test=(images[60:], labels[60:]), samples=2, candidates=8
        )
        for _ in range(3):
            rows = learner.ask(6)
            learner.tell(rows, labels[rows])
        print(strategy, learner.n_labels, *learner.ask(3), f"{learner.curve().frame['accuracy'].iloc[-1]:.2f}")
    except ValueError as error:
        print(strategy, "-", error)
print(type(learner.model).__name__, learner.predict(images[60:63]))
