"""Dropout whose masks can be held fixed, so that a sample of the posterior is one function of the input.

Monte-Carlo dropout with fresh masks for every point and chunk draws another function for each of them; joint entropies
of points are defined under the same function alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alcore.extras import optional_imports

with optional_imports():
    import torch
    from torch import Tensor, nn
    from torch.nn.modules.dropout import _DropoutNd

# The output of a SELU network where nothing is active: minus its scale times its alpha.
_ALPHA_PRIME = -1.7580993408473766


class HeldDropout(nn.Module):
    """In place of a dropout layer of torch, for sampling: the identity, or held masks of the same kind.

    A layer that a forward pass calls several times has a mask for each call.

    Attributes:
        p: the probability of dropping a unit or channel.
    """

    def __init__(self, layer: _DropoutNd) -> None:
        """Drop the same as the layer: units, or whole channels; to zero, or to SELU's lowest value."""
        super().__init__()
        self.p = layer.p
        self.whole_channels = not isinstance(layer, nn.Dropout | nn.AlphaDropout)
        self.to_lowest = isinstance(layer, nn.AlphaDropout | nn.FeatureAlphaDropout)
        self.generator: torch.Generator | None = None
        self.masks: list[Tensor] = []
        self.calls = 0
        self.points = 1

    def hold(self, generator: torch.Generator | None) -> None:
        """Apply masks drawn from the generator from now on; None: none."""
        self.generator, self.masks, self.calls = generator, [], 0

    def begin_pass(self, points: int) -> None:
        """A forward pass over so many points begins: its calls have the same masks as those of the last one."""
        self.calls, self.points = 0, points

    def forward(self, x_N: Tensor) -> Tensor:
        """The input, or the input with this call's mask applied to every point.

        Raises:
            ValueError: the points are not along the first axis.
        """
        if self.generator is None:
            return x_N
        if x_N.shape[0] % self.points:
            raise ValueError(
                f"dropout samples hold one mask for all points, which must lie along the first axis; a dropout layer "
                f"was given an array of shape {tuple(x_N.shape)} for {self.points} points: use batch_first=True"
            )
        if self.calls == len(self.masks):
            # 1 where the input is kept, else 0; the same for all points.
            shape = [x_N.shape[1], *[1] * (x_N.dim() - 2)] if self.whole_channels else list(x_N.shape[1:])
            kept = torch.rand(1, *shape, generator=self.generator) >= self.p
            self.masks.append(kept.to(x_N.device, x_N.dtype))
        keep = self.masks[self.calls]
        self.calls += 1
        if not self.to_lowest:
            return x_N * (keep / (1 - self.p) if self.p < 1 else keep)
        # The affine map that restores zero mean and unit variance, as in torch.
        scale = ((1 - self.p) * (1 + self.p * _ALPHA_PRIME**2)) ** -0.5 if self.p < 1 else 0.0
        return scale * (x_N * keep + _ALPHA_PRIME * (1 - keep)) - scale * _ALPHA_PRIME * self.p


def has_dropout(network: nn.Module) -> bool:
    """Whether training draws dropout masks."""
    return any(isinstance(layer, _DropoutNd) and layer.p > 0 for layer in network.modules())


def held_dropouts(network: nn.Module) -> list[HeldDropout]:
    """The network's dropout layers whose masks can be held, in order."""
    return [layer for layer in network.modules() if isinstance(layer, HeldDropout)]


def with_held_dropout(module: nn.Module) -> nn.Module:
    """The same module with `HeldDropout` in place of torch's layers that drop anything; changed in place."""
    held: dict[nn.Module, HeldDropout] = {}
    for parent in list(module.modules()):
        # All names, also those of one layer that has several: `named_children` leaves these out.
        for name, layer in list(parent._modules.items()):
            if isinstance(layer, _DropoutNd) and layer.p > 0:
                setattr(parent, name, held.setdefault(layer, HeldDropout(layer)))

    def begin_pass(_module: nn.Module, inputs: tuple[Any, ...]) -> None:
        for layer in held.values():
            layer.begin_pass(len(inputs[0]))

    if held:
        module.register_forward_pre_hook(begin_pass)
    return module


@contextmanager
def fixed_masks(network: nn.Module, seed: int) -> Iterator[None]:
    """Inside, every `HeldDropout` layer applies one mask, drawn from the seed, to all its inputs."""
    layers = held_dropouts(network)
    generator = torch.Generator().manual_seed(seed)
    # Torch's fused transformer layer, used in evaluation, does not call its dropout layers.
    fused = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    for layer in layers:
        layer.hold(generator)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fused)
        for layer in layers:
            layer.hold(None)
