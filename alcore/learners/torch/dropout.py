"""Dropout whose masks can be held fixed, so that one sample of the posterior is one function of the input."""

from collections.abc import Iterator
from contextlib import contextmanager

from alcore.extras import optional_imports

with optional_imports():
    import torch
    from torch import Tensor, nn


class ConsistentDropout(nn.Module):
    """Dropout of whole channels or units: random while training, none while evaluating, or one held mask.

    Monte-Carlo dropout with fresh masks for every point and chunk draws another function for each of them;
    joint entropies of points mean something only under the same function.
    """

    def __init__(self, rate: float = 0.5) -> None:
        """Drop each channel (of images) or unit (of rows) with probability `rate`."""
        super().__init__()
        self.rate = rate
        self.mask_C: Tensor | None = None
        self.generator: torch.Generator | None = None

    def forward(self, x_N: Tensor) -> Tensor:
        """The input with channels zeroed and the rest scaled up to keep the mean."""
        if self.generator is not None:
            if self.mask_C is None:
                keep_C = torch.rand(x_N.shape[1], generator=self.generator) >= self.rate
                self.mask_C = (keep_C / (1 - self.rate)).to(x_N.device, x_N.dtype)
            return x_N * self.mask_C.reshape(1, -1, *[1] * (x_N.dim() - 2))
        if x_N.dim() == 4:
            return nn.functional.dropout2d(x_N, self.rate, self.training)
        return nn.functional.dropout(x_N, self.rate, self.training)


def dropouts(network: nn.Module) -> list[ConsistentDropout]:
    """The network's dropout layers, in order."""
    return [layer for layer in network.modules() if isinstance(layer, ConsistentDropout)]


@contextmanager
def fixed_masks(network: nn.Module, seed: int) -> Iterator[None]:
    """Inside, every dropout layer applies one mask, drawn from the seed, to whatever passes through it."""
    layers = dropouts(network)
    generator = torch.Generator().manual_seed(seed)
    for layer in layers:
        layer.generator, layer.mask_C = generator, None
    try:
        yield
    finally:
        for layer in layers:
            layer.generator, layer.mask_C = None, None
