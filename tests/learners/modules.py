"""Modules of the kinds that people write, small."""

import numpy as np
import torch
from torch import Tensor, nn

CLASSES = 3


class Block(nn.Module):
    """A residual block: the addition is in the forward pass, not a layer."""

    def __init__(self, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, stride=stride, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        self.skip = nn.Conv2d(channels, channels, 1, stride=stride) if stride > 1 else nn.Identity()

    def forward(self, x_N: Tensor) -> Tensor:
        return torch.relu(self.second(torch.relu(self.norm(self.first(x_N)))) + self.skip(x_N))


class ResNet(nn.Module):
    """Padding, strides, residual blocks, batch norm, adaptive pooling."""

    def __init__(self, classes: int = CLASSES, channels: int = 1) -> None:
        super().__init__()
        self.stem = nn.Conv2d(channels, 6, 3, padding=1)
        self.blocks = nn.Sequential(Block(6), Block(6, stride=2))
        self.pool = nn.AdaptiveAvgPool2d(2)
        self.head = nn.Linear(24, classes)

    def embed(self, x_N: Tensor) -> Tensor:
        return self.pool(self.blocks(self.stem(x_N))).flatten(1)

    def forward(self, x_N: Tensor) -> Tensor:
        return self.head(self.embed(x_N))


class Viewing(ResNet):
    """Flattens by `view`, which stops on images in channels-last."""

    def forward(self, x_N: Tensor) -> Tensor:
        pooled = self.pool(self.blocks(self.stem(x_N)))
        return self.head(pooled.view(-1, 24))


class FullyConvolutional(nn.Module):
    """No dense layer: a 1 x 1 convolution and the mean over all places."""

    def __init__(self, classes: int = CLASSES) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 5, 3, stride=2, padding=1), nn.ReLU())
        self.last = nn.Conv2d(5, classes, 1)

    def forward(self, x_N: Tensor) -> Tensor:
        return self.last(self.body(x_N)).mean(dim=(2, 3))


class Dropping(nn.Module):
    """Dropout of several kinds, one of them used twice on layers of other widths."""

    def __init__(self, classes: int = CLASSES) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1)
        self.channels = nn.Dropout2d(0.4)
        self.units = nn.Dropout(0.4)
        self.dense = nn.Linear(8 * 4, 12)
        self.alpha = nn.AlphaDropout(0.2)
        self.head = nn.Linear(12, classes)

    def forward(self, x_N: Tensor) -> Tensor:
        h_N = nn.functional.adaptive_max_pool2d(torch.relu(self.channels(self.conv(x_N))), 2).flatten(1)
        return self.head(self.alpha(self.units(torch.selu(self.dense(self.units(h_N))))))


class Table(nn.Module):
    """Dense layers with batch norm, on the columns of a table."""

    def __init__(self, classes: int = CLASSES, columns: int = 4, bias: bool = True) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(columns, 16), nn.BatchNorm1d(16), nn.ReLU())
        self.head = nn.Linear(16, classes, bias=bias)

    def forward(self, x_N: Tensor) -> Tensor:
        return self.head(self.body(x_N))


def images(n: int = 60, side: int = 9, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Bytes (n, side, side) and classes: a bright bar across, down, or a bright square."""
    rng = np.random.default_rng(seed)
    x_N = rng.integers(0, 60, (n, side, side), dtype=np.uint8)
    y_N = np.arange(n) % CLASSES
    for image, label in zip(x_N, y_N, strict=True):
        at = int(rng.integers(1, side - 3))
        if label == 0:
            image[at : at + 2] += 150
        elif label == 1:
            image[:, at : at + 2] += 150
        else:
            image[at : at + 3, at : at + 3] += 150
    return x_N, y_N


def table(n: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Rows (n, 4) around one centre a class."""
    rng = np.random.default_rng(seed)
    y_N = np.arange(n) % CLASSES
    return rng.normal(size=(n, 4)) + 3 * np.eye(4)[y_N], y_N
