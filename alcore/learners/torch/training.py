"""One round of training as tensor operations on the network's device, without a data loader."""

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from alcore.device import has_fast_bfloat16
from alcore.extras import optional_imports
from alcore.learners.options import Training
from alcore.learners.torch.adapter import AdaptedModule
from alcore.points import are_images

with optional_imports():
    import torch
    from torch import Tensor, nn
    from torch.nn.modules.batchnorm import _BatchNorm

# A loss has settled when so many passes in a row decreased it by less than a hundredth, or it is close to 0.
PATIENCE = 5
GAIN = 0.01
NOTHING_LEFT = 0.01  # nats
# Steps between two looks at the loss within a training, if somebody looks: each waits for the device.
LOOK = 5
# Called with the number of steps taken, and the mean loss of the last LOOK of them in nats.
OnLoss = Callable[[int, float], None]
# The standard deviation of Ash & Adams's noise.
NOISE = 0.01
# The largest rotation (radians), scaling, shear and shift (half sides) of an augmented image.
TURN, SCALE, SHEAR, SHIFT = math.radians(10), 0.1, 0.1, 0.14


def as_input(x_N: Tensor) -> Tensor:
    """The input of a network: images as float32 in [0, 1], other bytes as float32, numbers unchanged."""
    if x_N.dtype != torch.uint8:
        return x_N
    return x_N.float().div_(255) if are_images(x_N) else x_N.float()


def train(
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    x_M: Tensor,
    labels_M: Tensor,
    training: Training,
    *,
    rng: np.random.Generator,
    tick: Callable[[], None] = lambda: None,
    on_loss: OnLoss | None = None,
) -> float:
    """Gradient steps on cross-entropy; the loss stays on the device until a pass is over.

    Args:
        network: in training mode, on its device.
        optimiser: of its parameters.
        x_M: placed points, see `as_input`.
        labels_M: int64, on the device.
        training: when to stop, augmentation and label smoothing.
        rng: stream of the orders, and of the augmentation.
        tick: called before each step.
        on_loss: called after every LOOK steps.

    Returns:
        the mean loss over the last pass's steps, in nats.

    Raises:
        ValueError: if points other than images are augmented.
    """
    moved = random_affine(x_M, rng) if training.augment else as_input
    # Batch norm has no statistics of a single point.
    least = 2 if any(isinstance(layer, _BatchNorm) for layer in network.modules()) else 1
    layout = layout_of(network, x_M.device)
    precision = autocast(network, x_M.device)
    losses: list[float] = []
    taken, lately = 0, 0.0
    for order_M in passes(len(labels_M), training, rng=rng):
        loss = torch.zeros((), device=x_M.device)
        for rows in minibatches(torch.from_numpy(order_M).to(x_M.device), training.batch_size, least):
            tick()
            inputs = moved(x_M[rows]).to(memory_format=layout)
            with precision:
                logits = network(inputs)
                step = nn.functional.cross_entropy(logits, labels_M[rows], label_smoothing=training.smoothing)
            optimiser.zero_grad(set_to_none=True)
            step.backward()
            optimiser.step()
            # Of a repeated point, the mean over the minibatch is the loss.
            loss += step.detach() * min(len(rows), len(order_M))
            taken += 1
            if on_loss is not None:
                lately += float(step.detach()) / LOOK
                if taken % LOOK == 0:
                    on_loss(taken, lately)
                    lately = 0.0
        points = len(order_M)
        if training.converge:
            losses.append(float(loss) / points)
            if loss_has_settled(losses):
                break
    return float(loss) / points


def minibatches(order_M: Tensor, size: int, least: int = 1) -> list[Tensor]:
    """The points of a pass in the minibatches of its steps.

    Args:
        order_M: points in the order of the pass.
        size: points a minibatch.
        least: no minibatch has fewer points: a shorter last one is joined to the one before, and a pass of fewer
            points is one minibatch in which they are repeated.
    """
    if len(order_M) < least:
        return [order_M.repeat(least)[:least]]
    parts = list(order_M.split(max(size, least)))
    if len(parts[-1]) < least:
        parts[-2:] = [torch.cat(parts[-2:])]
    return parts


def mixed(network: nn.Module, device: torch.device) -> bool:
    """Whether a network is trained in mixed precision: convolutions of this package, where bfloat16 has hardware.

    A module of the caller's own is trained in float32, for which it was written.
    """
    if not _own_convolutions(network):
        return False
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return has_fast_bfloat16()


def layout_of(network: nn.Module, device: torch.device) -> torch.memory_format:
    """The layout of images and weights in training: channels last where convolutions of this package are faster so."""
    if mixed(network, device) or (device.type == "cpu" and _own_convolutions(network)):
        return torch.channels_last
    return torch.preserve_format


def _own_convolutions(network: nn.Module) -> bool:
    own = not isinstance(network, AdaptedModule)
    return own and any(isinstance(layer, nn.Conv2d) for layer in network.modules())


def autocast(network: nn.Module, device: torch.device) -> torch.autocast:
    """A context in which a network trained in mixed precision multiplies in bfloat16; weights remain float32."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=mixed(network, device))


def passes(n: int, training: Training, *, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """The points of each pass in the order of its steps; the last pass may be a part."""
    if training.steps is None:
        for _ in range(training.epochs):
            yield rng.permutation(n)
        return
    left = training.steps
    while left > 0:
        order = rng.permutation(n)[: left * training.batch_size]
        left -= math.ceil(len(order) / training.batch_size)
        yield order


def loss_has_settled(losses: list[float]) -> bool:
    """Whether the losses of the passes so far have converged."""
    if losses[-1] < NOTHING_LEFT:
        return True
    if len(losses) <= PATIENCE:
        return False
    return min(losses[-PATIENCE:]) > (1 - GAIN) * min(losses[:-PATIENCE])


def random_affine(x_M: Tensor, rng: np.random.Generator) -> Callable[[Tensor], Tensor]:
    """Augmentation: a function from a minibatch of images to a network's input, each image moved a little at random.

    An image is rotated by up to 10 degrees, scaled and sheared by up to a tenth and shifted by up to 7 % of its side,
    as one operation on the device; pixels from outside are black.

    Raises:
        ValueError: if a point is no image of shape (1, H, W).
    """
    if x_M.dim() != 4:
        raise ValueError(f"only images can be augmented, got points of shape {tuple(x_M.shape[1:])}")
    generator = torch.Generator(x_M.device).manual_seed(int(rng.integers(2**63 - 1)))

    def move(x_B: Tensor) -> Tensor:
        drawn_5_B = torch.rand(5, len(x_B), generator=generator, device=x_B.device) * 2 - 1
        turn_B, size_B, shear_B = drawn_5_B[0] * TURN, 1 + drawn_5_B[1] * SCALE, drawn_5_B[2] * SHEAR
        cos_B, sin_B = torch.cos(turn_B) * size_B, torch.sin(turn_B) * size_B
        across_B = torch.stack([cos_B, shear_B * cos_B - sin_B, drawn_5_B[3] * SHIFT], dim=1)
        down_B = torch.stack([sin_B, shear_B * sin_B + cos_B, drawn_5_B[4] * SHIFT], dim=1)
        grid = nn.functional.affine_grid(torch.stack([across_B, down_B], dim=1), list(x_B.shape), align_corners=False)
        return nn.functional.grid_sample(as_input(x_B), grid, align_corners=False)

    return move


@torch.no_grad()
def shrink_and_perturb(network: nn.Module, shrink: float, *, rng: np.random.Generator) -> None:
    """Multiply all weights by `shrink` and add Gaussian noise of standard deviation 0.01, in place.

    Source: Ash & Adams (2020), "On warm-starting neural network training".
    """
    generator = torch.Generator().manual_seed(int(rng.integers(2**63 - 1)))
    for weights in network.parameters():
        noise = torch.randn(weights.shape, generator=generator)
        weights.mul_(shrink).add_(noise.to(weights.device), alpha=NOISE)
