"""Any `torch.nn.Module` as a network of this package: logits over the classes there are, and an embedding."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from alcore.extras import optional_imports
from alcore.learners.torch.reading import evaluating, pooled, probe_points, read

with optional_imports():
    import torch
    from torch import Tensor, nn

# Makes features_N_D of a module and its input.
FeatureFunction = Callable[[nn.Module, Tensor], Tensor]
Features = FeatureFunction | str | None


class AdaptedModule(nn.Module):
    """A module whose logits are cut to the classes there are, and whose embedding is read by hooks.

    Outputs beyond the classes are left out before the softmax: they have neither loss nor probability.

    Attributes:
        module: what is adapted.
        classes: how many classes there are.
        shape: of one point.
        reading: where the module is read.
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
        """Wrap a module, which is run on random points to find where it is to be read.

        Args:
            module: maps (N, *shape), float32, to logits (N, classes or more); it is not copied.
            classes: how many classes there are.
            shape: of one point.
            features: where the embedding is read, see `TorchLearner`.
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
        mean, deviation = _checked_scale(scale, shape) if scale else (torch.zeros(1), torch.ones(1))
        self.register_buffer("mean", mean, persistent=False)
        self.register_buffer("deviation", deviation, persistent=False)
        self.reading, head_inputs = read(module, self._run, shape)
        if self.reading.outputs < classes:
            raise ValueError(
                f"{type(module).__name__} has {self.reading.outputs} outputs and there are {classes} classes: give its "
                f"last layer {classes} outputs or more, or give a function that makes a module of a number of classes"
            )
        if features is not None:
            ends_in_features = head_inputs is not None and self._gives(head_inputs)
            self.reading = replace(self.reading, ends_in_features=ends_in_features)

    def forward(self, x_N: Tensor) -> Tensor:
        """logits_N_C.

        Raises:
            ValueError: if the module returns anything else than a tensor, as some do while they train.
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
        """features_N_D and logits_N_C: in one pass, but where features are a function."""
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
        """What enters the dense layer that makes the logits, (N, D); there must be one."""
        with _recorded(self.head) as found:
            self(x_N)
        return found[-1].float()

    @property
    def head(self) -> nn.Linear:
        """The dense layer that makes the logits; there must be one."""
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

    def _gives(self, expected_N_D: Tensor) -> bool:
        """Whether these are the features of `probe_points`."""
        with evaluating(self.module), torch.no_grad():
            features_N_D = self.embed(probe_points(self.shape))
        return features_N_D.shape == expected_N_D.shape and torch.equal(features_N_D, expected_N_D)


@contextmanager
def _recorded(layer: nn.Module, *, output: bool = False) -> Iterator[list[Tensor]]:
    """Inside, what enters a layer is put in the list at every call; or a copy of what leaves it."""
    found: list[Tensor] = []
    if output:
        # A copy: what leaves a layer may be changed in place by the next one.
        handle = layer.register_forward_hook(lambda _layer, _inputs, left: found.append(left.clone()))
    else:
        handle = layer.register_forward_pre_hook(lambda _layer, inputs: found.append(inputs[0]))
    try:
        yield found
    finally:
        handle.remove()


def _checked_scale(scale: tuple[Tensor, Tensor], shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    mean, deviation = (numbers.float().reshape(-1) for numbers in scale)
    channels = shape[0] if shape else 1
    if not {len(mean), len(deviation)} <= {1, channels}:
        raise ValueError(
            f"scale must be a mean and a standard deviation, one number each or one for each of {channels} channels, "
            f"got {len(mean)} and {len(deviation)}"
        )
    return mean, deviation
