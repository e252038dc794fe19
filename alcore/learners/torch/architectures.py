"""The networks of the presets: a body that makes features and a linear head that makes logits."""

from collections.abc import Callable

from alcore.extras import optional_imports
from alcore.learners.torch.adapter import AdaptedModule

with optional_imports():
    import torch
    from torch import Tensor, nn


class Classifier(nn.Module):
    """A body and a linear head; `logits = head(body(x))`."""

    def __init__(self, body: nn.Sequential, width: int, classes: int) -> None:
        """Put a fresh head of `classes` outputs on a body that ends in `width` features."""
        super().__init__()
        self.body = body
        self.head = nn.Linear(width, classes)

    def forward(self, x_N: Tensor) -> Tensor:
        """logits_N_C."""
        return self.head(self.body(x_N))

    def embed(self, x_N: Tensor) -> Tensor:
        """features_N_D, float32: the input of the head, which is float32 with any body."""
        return self.body(x_N).float()

    def both(self, x_N: Tensor) -> tuple[Tensor, Tensor]:
        """features_N_D and logits_N_C, float32, in one pass."""
        features_N_D = self.embed(x_N)
        return features_N_D, self.head(features_N_D)


Network = Classifier | AdaptedModule
# Makes a network for points of a shape and so many classes.
Build = Callable[[tuple[int, ...], int], Network]


def mlp(shape: tuple[int, ...], classes: int, widths: tuple[int, ...] = (128,)) -> Classifier:
    """D-128-C with ReLU, where D is the number of pixels or features; or with other hidden layers."""
    inputs = int(torch.tensor(shape).prod())
    layers: list[nn.Module] = [nn.Flatten()]
    for width in widths:
        layers += [nn.Linear(inputs, width), nn.ReLU()]
        inputs = width
    return Classifier(nn.Sequential(*layers), inputs, classes)


def cnn(shape: tuple[int, ...], classes: int) -> Classifier:
    """Conv 32@3x3, ReLU, conv 64@3x3, ReLU, max-pool 2, dense 128, ReLU, dense C, for images (1, H, W).

    Raises:
        ValueError: if a point is not an image of one channel and at least 6 x 6 pixels.
    """
    if len(shape) != 3 or shape[0] != 1 or min(shape[1:]) < 6:
        raise ValueError(f"the cnn needs images of shape (1, H, W), at least 6 x 6, got points of shape {shape}")
    height, width = ((side - 4) // 2 for side in shape[1:])
    body = nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3),
        # The same function and gradients as with ReLU first, on a quarter of the numbers.
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(64 * height * width, 128),
        nn.ReLU(),
    )
    return Classifier(body, 128, classes)


def dropout_cnn(shape: tuple[int, ...], classes: int) -> Classifier:
    """The network of the BatchBALD paper: 5x5 layers of 32 and 64, dense 128, dropout .5 after each.

    Raises:
        ValueError: if a point is not an image of one channel and at least 16 x 16 pixels.

    Source: Kirsch, van Amersfoort & Gal (2019).
    """
    if len(shape) != 3 or shape[0] != 1 or min(shape[1:]) < 16:
        raise ValueError(
            f"the cnn with dropout needs images of shape (1, H, W), at least 16 x 16, got points of shape {shape}"
        )
    height, width = (((side - 4) // 2 - 4) // 2 for side in shape[1:])
    body = nn.Sequential(
        nn.Conv2d(1, 32, 5),
        nn.Dropout2d(),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Conv2d(32, 64, 5),
        nn.Dropout2d(),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(64 * height * width, 128),
        nn.Dropout(),
        nn.ReLU(),
    )
    return Classifier(body, 128, classes)
