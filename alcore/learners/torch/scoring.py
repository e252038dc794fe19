"""The fastest arithmetic, memory layout and chunk size to score a pool on a device, with the same predictions."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from alcore.device import has_fast_bfloat16
from alcore.extras import optional_imports
from alcore.learners.torch.architectures import Classifier, Network
from alcore.learners.torch.dropout import with_held_dropout
from alcore.learners.torch.reading import evaluating

with optional_imports():
    import torch
    from torch import Tensor, nn

# The share of a GPU's free memory that the activations of one chunk may fill.
MEMORY_SHARE = 0.25


class OutOfMemory(ValueError):
    """The device's memory is too small for a single point."""


@dataclass(frozen=True)
class ScoringMode:
    """Arithmetic, memory layout and chunk size of scoring.

    Attributes:
        name: for the run's record.
        dtype: of the body; the head is always float32, so that near-certain points still differ.
        channels_last: whether images are laid out with channels innermost.
        chunk: points scored at a time.
    """

    name: str
    dtype: torch.dtype
    channels_last: bool
    chunk: int


def scoring_mode(network: Network, device: torch.device, shape: tuple[int, ...]) -> ScoringMode:
    """The fastest correct mode for a network on a device, for points of this shape.

    Convolutions gain from bfloat16 and channels-last on processors that multiply bfloat16 in hardware, and
    on GPUs; dense layers on this size are memory-bound and stay float32. A module of the caller's own is always
    scored in float32.
    """
    convolutional = any(isinstance(layer, nn.Conv2d) for layer in network.modules())
    on_gpu = device.type == "cuda"
    # On the CPU much larger chunks allocate fresh memory each time, and clearing its pages takes longer than the
    # convolutions: 96 images, or 512 dense rows, stay within the caches.
    chunk = 96 if convolutional else 512
    if on_gpu:
        chunk = fitting_chunk(torch.cuda.mem_get_info(device)[0], point_bytes(network, device, shape))
    own = isinstance(network, Classifier)
    if not convolutional or not (own or takes_channels_last(network, device, shape)):
        return ScoringMode("float32", torch.float32, channels_last=False, chunk=chunk)
    fast = torch.cuda.is_bf16_supported(including_emulation=False) if on_gpu else has_fast_bfloat16()
    if own and fast:
        return ScoringMode("bfloat16 body, float32 head, channels last", torch.bfloat16, True, chunk)
    return ScoringMode("float32, channels last", torch.float32, True, chunk)


def fitting_chunk(free: int, bytes_a_point: int) -> int:
    """The number of points that fit `MEMORY_SHARE` of the free bytes: a power of two from 1 to 65,536."""
    points = int(free * MEMORY_SHARE) // bytes_a_point
    return 2 ** min(max(points, 1).bit_length() - 1, 16)


@torch.no_grad()
def point_bytes(network: Network, device: torch.device, shape: tuple[int, ...]) -> int:
    """Bytes of a network's activations for one point, in float32; of layers that return tensors."""
    numbers = []

    def count(_layer: nn.Module, _inputs: Any, output: Any) -> None:
        numbers.append(output.numel() if isinstance(output, Tensor) else 0)

    hooks = [layer.register_forward_hook(count) for layer in network.modules() if not list(layer.children())]
    with evaluating(network):
        network(torch.zeros(1, *shape, device=device))
    for hook in hooks:
        hook.remove()
    return 4 * (sum(numbers) + torch.zeros(shape).numel())


@torch.no_grad()
def takes_channels_last(network: nn.Module, device: torch.device, shape: tuple[int, ...]) -> bool:
    """Whether a module gives the same logits for images in channels-last.

    A module that flattens by `view` raises on images in this layout, and 5-D weights have no such layout.
    """
    if len(shape) != 3 or any(weights.dim() == 5 for weights in network.parameters()):
        return False
    x_N = torch.rand(2, *shape, generator=torch.Generator().manual_seed(0)).to(device)
    with evaluating(network):
        plain_N_C = network(x_N)
        try:
            found_N_C = network(x_N.to(memory_format=torch.channels_last))
        except RuntimeError:
            return False
    return torch.allclose(found_N_C, plain_N_C, rtol=1e-3, atol=1e-4)


def in_chunks(x_N: Tensor, chunk: int, compute: Callable[[Tensor], Tensor]) -> tuple[list[Tensor], int]:
    """Compute chunk by chunk; where the memory runs out, the chunk is halved and the computation continues.

    Args:
        x_N: points.
        chunk: points to begin with, 1 or more.
        compute: the result of a chunk of points.

    Returns:
        the results in order, and the size of the last chunks.

    Raises:
        OutOfMemory: a single point does not fit.
    """
    results: list[Tensor] = []
    start = 0
    while start < len(x_N) or not results:
        try:
            results.append(compute(x_N[start : start + chunk]))
            start += chunk
            continue
        except torch.OutOfMemoryError as error:
            if chunk == 1:
                raise OutOfMemory(
                    "The device's memory ran out on a single point: close other programs that use it, or "
                    "choose a smaller pool or learner, or the device cpu."
                ) from error
        # After the except block: until it ends, the error holds on to what was computed on the way.
        chunk //= 2
        if x_N.is_cuda:
            torch.cuda.empty_cache()
    return results, chunk


def scoring_copy(network: Network, mode: ScoringMode) -> Network:
    """A copy of the network in the mode's arithmetic, with dropout whose masks can be held."""
    scorer = copy.deepcopy(network).eval().requires_grad_(False)
    if not isinstance(scorer, Classifier):
        with_held_dropout(scorer.module).eval()
        if mode.channels_last:
            scorer.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return scorer
    scorer.body.to(mode.dtype)
    if mode.channels_last:
        scorer.body.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        scorer.body = _with_less_memory(scorer.body)
    with_held_dropout(scorer.body).eval()
    return scorer


class FlattenChannelsLast(nn.Module):
    """Images (N, C, H, W) as rows, channels innermost: a view of images in channels-last."""

    def forward(self, x_N: Tensor) -> Tensor:
        """Rows of H x W x C numbers."""
        return x_N.permute(0, 2, 3, 1).flatten(1)


class MaxPool2x2(nn.Module):
    """Max-pooling of 2 x 2 pixels without the table of where each maximum was, which is larger than it."""

    def forward(self, x_N: Tensor) -> Tensor:
        """Images of half the height and width; a last odd row or column is left out."""
        height, width = (side // 2 * 2 for side in x_N.shape[2:])
        pixels = x_N.permute(0, 2, 3, 1)
        rows = torch.maximum(pixels[:, 0:height:2], pixels[:, 1:height:2])
        return torch.maximum(rows[:, :, 0:width:2], rows[:, :, 1:width:2]).permute(0, 3, 1, 2)


def _with_less_memory(body: nn.Sequential) -> nn.Sequential:
    """The same function of images in channels-last, with less memory allocated and moved.

    Layers of other settings than those of this package's networks are unchanged.
    """
    layers = list(body)
    for place, layer in enumerate(layers):
        if isinstance(layer, nn.ReLU):
            layer.inplace = True
        elif isinstance(layer, nn.MaxPool2d):
            plain = layer.padding in (0, (0, 0)) and layer.dilation in (1, (1, 1)) and not layer.ceil_mode
            two_by_two = {layer.kernel_size, layer.stride} <= {2, (2, 2)} and plain and not layer.return_indices
            layers[place] = MaxPool2x2() if two_by_two else layer
        elif isinstance(layer, nn.Flatten) and place + 1 < len(layers):
            dense = layers[place + 1]
            channels = next((one.out_channels for one in layers[place::-1] if isinstance(one, nn.Conv2d)), None)
            if channels is None or not isinstance(dense, nn.Linear) or dense.in_features % channels:
                continue
            # Weights in the memory order of images, so that these are not moved.
            by_pixel = dense.weight.unflatten(1, (channels, -1)).transpose(1, 2).flatten(1)
            dense.weight = nn.Parameter(by_pixel.contiguous(), requires_grad=False)
            layers[place] = FlattenChannelsLast()
    return nn.Sequential(*layers)
