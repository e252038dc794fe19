"""Any `torch.nn.Module` as a network of this package: logits over the classes, and an embedding."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from alcore.extras import optional_imports
from alcore.learners.torch.reading import evaluating, pooled, probe_points, read

with optional_imports():
    import torch
    from torch import Tensor, nn

# (module, input) -> features_N_D.
FeatureFunction = Callable[[nn.Module, Tensor], Tensor]
Features = FeatureFunction | str | None


class AdaptedModule(nn.Module):
    """A module whose logits are cut to the classes there are, and whose embedding is read by hooks.

    Outputs beyond the classes are cut off before the softmax: they have neither loss nor probability.

    Attributes:
        module: the adapted module.
        classes: how many classes there are.
        shape: of one point.
        reading: the layers at which the module is read.
    """

    def __init__(
        self,
        module: nn.Module,
        classes: int,
        *,
        shape: tuple[int, ...],
        features: Features = None,
        scale: tuple[Tensor, Tensor] | None = None,
    ) -> None:
        """Wrap a module, which is run on random points to find its last layers.

        Args:
            module: maps (N, *shape), float32, to logits (N, classes or more); it is not copied.
            classes: how many classes there are.
            shape: of one point.
            features: of the embedding, see `TorchLearner`.
            scale: mean and standard deviation, one or one a channel, by which inputs are standardised.

        Raises:
            ValueError: if the module does not take such points, or gives no such logits or features.
        """
        super().__init__()
        self.module = module
        self.classes = classes
        self.shape = shape
        self.features = features
        if isinstance(features, str):
            names = [name for name, _ in module.named_modules() if name]
            if features not in names:
                raise ValueError(
                    f"features must name a submodule of {type(module).__name__}, got {features!r}: choose one of "
                    f"{', '.join(names)}"
                )
        self.standardises = scale is not None
        mean, deviation = (numbers.float().reshape(-1) for numbers in scale or (torch.zeros(1), torch.ones(1)))
        channels = shape[0] if shape else 1
        if not {len(mean), len(deviation)} <= {1, channels}:
            raise ValueError(
                f"scale must be a mean and a standard deviation, one number each or one for each of {channels} "
                f"channels, got {len(mean)} and {len(deviation)}"
            )
        self.register_buffer("mean", mean, persistent=False)
        self.register_buffer("deviation", deviation, persistent=False)
        self.reading, head_inputs = read(module, self._run, shape)
        if self.reading.outputs < classes:
            raise ValueError(
                f"{type(module).__name__} has {self.reading.outputs} outputs and there are {classes} classes: give its "
                f"last layer {classes} outputs or more, or give a function that makes a module of a number of classes"
            )
        if features is not None and head_inputs is not None:
            with evaluating(self.module), torch.no_grad():
                features_N_D = self.embed(probe_points(shape))
            same = features_N_D.shape == head_inputs.shape and torch.equal(features_N_D, head_inputs)
            self.reading = replace(self.reading, ends_in_features=same)

    def forward(self, x_N: Tensor) -> Tensor:
        """logits_N_C.

        Raises:
            ValueError: if the module returns anything but a tensor, as some do in training mode.
        """
        logits_N = self._run(x_N)
        if not isinstance(logits_N, Tensor):
            raise ValueError(
                f"{type(self.module).__name__} must return logits, a tensor, in training as in evaluation; it returned "
                f"{type(logits_N).__name__}: wrap it in a module that returns the logits alone"
            )
        return logits_N[:, : self.classes]

    def embed(self, x_N: Tensor) -> Tensor:
        """features_N_D."""
        return self._features_by_function(self.features, x_N) if callable(self.features) else self.both(x_N)[0]

    def both(self, x_N: Tensor) -> tuple[Tensor, Tensor]:
        """features_N_D and logits_N_C, in one pass unless features are a function."""
        if callable(self.features):
            return self._features_by_function(self.features, x_N), self(x_N)
        if self.features is not None:
            with _recorded(self.module.get_submodule(self.features), output=True) as found:
                logits_N_C = self(x_N)
            return found[-1].flatten(1).float(), logits_N_C
        layer = self.module.get_submodule(self.reading.layer)
        with _recorded(layer) as found:
            logits_N_C = self(x_N)
        return pooled(found[-1], layer).float(), logits_N_C

    def head_inputs(self, x_N: Tensor) -> Tensor:
        """The input of the dense layer that makes the logits, (N, D); there must be such a layer."""
        with _recorded(self.head) as found:
            self(x_N)
        return found[-1].float()

    @property
    def head(self) -> nn.Linear:
        """The dense layer that makes the logits; there must be such a layer."""
        layer = self.module.get_submodule(self.reading.head or "")
        assert isinstance(layer, nn.Linear)  # see `read`
        return layer

    def _run(self, x_N: Tensor) -> Any:
        if self.standardises:
            # Channels are along the first axis after the points, as are the columns of a table.
            shape = (1, -1, *[1] * (x_N.dim() - 2))
            x_N = (x_N - self.mean.reshape(shape)) / self.deviation.reshape(shape)  # type: ignore[operator]
        return self.module(x_N)

    def _features_by_function(self, features: FeatureFunction, x_N: Tensor) -> Tensor:
        features_N_D = features(self.module, x_N)
        if not isinstance(features_N_D, Tensor) or features_N_D.dim() != 2 or len(features_N_D) != len(x_N):
            given = tuple(features_N_D.shape) if isinstance(features_N_D, Tensor) else type(features_N_D).__name__
            raise ValueError(
                f"features must give a tensor (N, D) with a row for each of {len(x_N)} points, got {given}"
            )
        return features_N_D.float()


@contextmanager
def _recorded(layer: nn.Module, *, output: bool = False) -> Iterator[list[Tensor]]:
    """A context in which the inputs of a layer, or copies of its outputs, are appended to the list at every call."""
    found: list[Tensor] = []
    if output:
        # A copy: the next layer may change the output in place.
        handle = layer.register_forward_hook(lambda _layer, _inputs, left: found.append(left.clone()))
    else:
        handle = layer.register_forward_pre_hook(lambda _layer, inputs: found.append(inputs[0]))
    try:
        yield found
    finally:
        handle.remove()
