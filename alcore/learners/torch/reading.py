"""The layers of a module that make its logits and its embedding, found by a pass over random points."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from alcore.extras import optional_imports

with optional_imports():
    import torch
    from torch import Tensor, nn

# The number of random points of that pass.
POINTS = 8
# Layers whose input has its channels along the last axis; those of all others are along the first after the points.
_CHANNELS_LAST = (nn.Linear, nn.LayerNorm, nn.RMSNorm, nn.MultiheadAttention, nn.RNNBase)


@dataclass(frozen=True)
class Reading:
    """The layers at which a module is read.

    Attributes:
        outputs: the number of its logits.
        layer: dotted name of the layer whose input is the embedding by default.
        head: dotted name of the dense layer whose output is the module's own; None where there is none.
        has_bias: whether that layer has a bias.
        ends_in_features: whether the embedding is what enters that layer.
    """

    outputs: int
    layer: str
    head: str | None
    has_bias: bool
    ends_in_features: bool


def probe_points(shape: tuple[int, ...]) -> Tensor:
    """Random points in [0, 1), (POINTS, *shape), the same in every call."""
    return torch.rand(POINTS, *shape, generator=torch.Generator().manual_seed(0))


def read(module: nn.Module, run: Callable[[Tensor], Any], shape: tuple[int, ...]) -> tuple[Reading, Tensor | None]:
    """Run a module once on random points, in evaluation mode, and find its last layers.

    The head is the last `nn.Linear` called, if its output is the module's output. The embedding enters the head;
    where there is none, the last layer called that has parameters.

    Args:
        module: on the CPU, float32.
        run: the module's outputs for its inputs, by the module itself.
        shape: of one point.

    Returns:
        the reading, and the input of the head on `probe_points`; None where there is no head.

    Raises:
        ValueError: if it cannot be run on such points, or returns no logits.
    """
    title = type(module).__name__
    # Name, layer, and copies of its first input and its output (None where that is no tensor), by call.
    calls: list[tuple[str, nn.Module, Tensor, Tensor | None]] = []

    def note(name: str, layer: nn.Module, inputs: Any, output: Any) -> None:
        if inputs and isinstance(inputs[0], Tensor):
            calls.append((name, layer, inputs[0].clone(), output.clone() if isinstance(output, Tensor) else None))

    handles = [
        layer.register_forward_hook(partial(note, name))
        for name, layer in module.named_modules()
        if layer._parameters or not name
    ]
    try:
        with evaluating(module), torch.no_grad():
            logits_N_C = run(probe_points(shape))
    except Exception as error:
        raise ValueError(
            f"{title} does not take points of shape {shape}: run on {POINTS} of them, in float32, it stopped with "
            f"{type(error).__name__}: {error}"
        ) from error
    finally:
        for handle in handles:
            handle.remove()
    if not isinstance(logits_N_C, Tensor) or logits_N_C.dim() != 2 or len(logits_N_C) != POINTS:
        given = f"shape {tuple(logits_N_C.shape)}" if isinstance(logits_N_C, Tensor) else type(logits_N_C).__name__
        raise ValueError(
            f"{title} must return logits, a tensor with one row a point and one column a class: for {POINTS} points "
            f"it returned {given}"
        )
    # The module as a whole is called last: it counts only where its layers have no parameters.
    layers = [call for call in calls if call[0]] or calls
    dense = [call for call in layers if isinstance(call[1], nn.Linear)]
    outputs = logits_N_C.shape[1]
    if dense:
        name, layer, entered, left = dense[-1]
        if left is not None and torch.equal(left, logits_N_C):
            has_bias = getattr(layer, "bias", None) is not None
            return Reading(outputs, name, name, has_bias, ends_in_features=True), entered
    return Reading(outputs, layers[-1][0], None, has_bias=False, ends_in_features=False), None


def pooled(x: Tensor, layer: nn.Module) -> Tensor:
    """The input of a layer as rows (N, D): the mean over all axes but points and channels."""
    if x.dim() <= 2:
        return x.reshape(len(x), -1)
    return x.flatten(1, -2).mean(dim=1) if isinstance(layer, _CHANNELS_LAST) else x.flatten(2).mean(dim=2)


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """A context in which the module evaluates; afterwards each of its layers has its former mode."""
    modes = {layer: layer.training for layer in module.modules()}
    module.eval()
    try:
        yield
    finally:
        for layer, mode in modes.items():
            layer.training = mode
