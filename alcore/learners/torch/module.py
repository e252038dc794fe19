"""Any `torch.nn.Module` as a learner."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from alcore.extras import optional_imports
from alcore.learners.base import DROPOUT_SAMPLES, Learner, no_tick
from alcore.learners.committee import committee_size
from alcore.learners.options import Training
from alcore.learners.torch.adapter import AdaptedModule, Features
from alcore.learners.torch.learner import NetworkLearner
from alcore.learners.torch.reading import Reading
from alcore.points import are_images, channels_first, numbers_of

with optional_imports():
    import torch
    from torch import Tensor, nn

# Makes a module with one output a class.
ModuleFunction = Callable[[int], nn.Module]
Scale = tuple[ArrayLike, ArrayLike]
# Settings that a learner's repr names.
_SHOWN = ("epochs", "batch_size", "learning_rate", "warm_start", "augment")


class TorchLearner:
    """A torch module that returns logits, trained by Adam on cross-entropy; a learner for `ActiveLearner`.

    Its outputs are the classes, in the order of `ActiveLearner.classes_`; outputs beyond the classes are left out, and
    a class that appears later takes the next of them.

    The module may be of any structure. It takes float32: images that come as bytes (N, H, W), (N, H, W, C) with C of
    1, 3 or 4, or (N, C, H, W) are given as (N, C, H, W) in [0, 1]; numbers and tables are given unchanged.

    Its embedding is the input of its last dense layer (`nn.Linear`), if the output of that is the module's own. Else it
    is the input of the last layer with parameters, averaged over all places of an image. BADGE and expected gradient
    length need such a dense layer.

    Torch's dropout layers (`nn.Dropout`, `Dropout1d` to `3d`, `AlphaDropout`, `FeatureAlphaDropout`) make the samples
    of Monte-Carlo dropout; without any, samples are a committee trained on bootstraps of the labels.

    Attributes:
        module: the module, or the function that makes one.
        training: how it is trained.
        name: for titles.
    """

    def __init__(
        self,
        module: nn.Module | ModuleFunction,
        *,
        epochs: int = 50,
        batch_size: int = 64,
        learning_rate: float = 1e-3,
        warm_start: bool = False,
        augment: bool = False,
        device: str = "auto",
        samples: int = DROPOUT_SAMPLES,
        features: Features = None,
        scale: Scale | None = None,
        name: str | None = None,
    ) -> None:
        """Describe a learner; nothing is trained or copied.

        Args:
            module: a module, whose present weights are the start of every round (with `warm_start` of the first),
                whatever the seed, and which is never changed; or a function that makes a module of a
                number of classes, whose first weights are drawn from the seed.
            epochs: passes over the labelled points each round.
            batch_size: points a gradient step. With batch norm no step is of a single point.
            learning_rate: Adam's.
            warm_start: go on from the weights of the last round, or start again.
            augment: turn, shift, scale and shear images a little, afresh in each step.
            device: `auto` (a GPU if there is one), `cpu` or `cuda`.
            samples: of Monte-Carlo dropout, 2 or more, where a session is not given another number.
            features: the embedding, if another is wanted: the dotted name of a submodule, whose
                output is flattened, or a function of module and input that returns a tensor (N, D).
            scale: mean and standard deviation that inputs are standardised by, one number each or one a channel (or
                column); after images of bytes have been brought to [0, 1].
            name: for titles; the name of the module's class or of the function if not given.

        Raises:
            ValueError: if an argument is out of range or of another type.
        """
        if not isinstance(module, nn.Module) and not callable(module):
            raise ValueError(
                "module must be a torch.nn.Module or a function that makes one of a number of classes, "
                f"got {type(module).__name__}"
            )
        if not (features is None or isinstance(features, str) or callable(features)):
            raise ValueError(
                f"features must be the name of a submodule or a function of module and input, got {features!r}"
            )
        self.module = module
        self.training = Training(
            epochs=epochs, batch_size=batch_size, learning_rate=learning_rate, carry_on=warm_start, augment=augment
        )
        self.device = device
        self.samples = committee_size(samples, DROPOUT_SAMPLES)
        self.features = features
        self.scale = None if scale is None else _as_scale(scale)
        self.name = name or _name_of(module)

    def __repr__(self) -> str:
        chosen = (f"{name}={value!r}" for name, value in self.settings().items() if name in _SHOWN)
        return f"TorchLearner({self.name}, {', '.join(chosen)})"

    def make_learner(self, *, classes: int, seed: int, tick: Callable[[], None] = no_tick) -> Learner:
        """An unfitted learner.

        Args:
            classes: how many classes there are, seen or not.
            seed: decides the first weights, if a function makes the module, and those of a committee.
            tick: called at least once a minibatch and scored chunk; an exception from it stops the work.

        Raises:
            DeviceError: if the device is not there.
        """
        return ModuleLearner(
            ModuleBuild(self.module, self.features, self.scale, self.name),
            classes=classes,
            seed=seed,
            training=self.training,
            device=self.device,
            tick=tick,
            dropout_samples=self.samples,
        )

    def settings(self) -> dict[str, Any]:
        """All arguments, as JSON: modules and functions by their names."""
        return {
            "learner": "torch",
            "name": self.name,
            "module": _name_of(self.module),
            "epochs": self.training.epochs,
            "batch_size": self.training.batch_size,
            "learning_rate": self.training.learning_rate,
            "warm_start": self.training.carry_on,
            "augment": self.training.augment,
            "device": self.device,
            "samples": self.samples,
            "features": _name_of(self.features) if callable(self.features) else self.features,
            "scale": None if self.scale is None else [numbers.tolist() for numbers in self.scale],
        }


@dataclass(frozen=True)
class ModuleBuild:
    """Makes the network of a round: a copy of a module, or the result of a function; adapted.

    Attributes:
        module: the module, or the function.
        features: see `TorchLearner`.
        scale: mean and standard deviation, (C,) each.
        name: for titles.
    """

    module: nn.Module | ModuleFunction
    features: Features
    scale: tuple[np.ndarray, np.ndarray] | None
    name: str

    def __call__(self, shape: tuple[int, ...], classes: int) -> AdaptedModule:
        """The network for points of a shape, on the CPU; a function draws from torch's global generator.

        Raises:
            ValueError: if it is no module, or does not take such points, or has fewer outputs than classes.
        """
        module = copy.deepcopy(self.module) if isinstance(self.module, nn.Module) else self.module(classes)
        if not isinstance(module, nn.Module):
            raise ValueError(
                f"{self.name} must make a torch.nn.Module of a number of classes, got {type(module).__name__}"
            )
        if not any(weights.requires_grad for weights in module.parameters()):
            raise ValueError(f"{self.name} has no weights that can be trained: set requires_grad of some of them")
        scale = None if self.scale is None else (torch.from_numpy(self.scale[0]), torch.from_numpy(self.scale[1]))
        return AdaptedModule(module.to("cpu", torch.float32), classes, shape=shape, features=self.features, scale=scale)

    @property
    def __name__(self) -> str:
        return self.name


class ModuleLearner(NetworkLearner):
    """A `NetworkLearner` of any module, with the outputs and the embedding that are read of it.

    Attributes:
        reading: where the module is read; None until points are placed.
    """

    reading: Reading | None = None

    @property
    def capabilities(self) -> frozenset[str]:
        """Gradient lengths, if the module ends in a dense layer; not known before points are placed."""
        return frozenset() if "gradient_lengths_N" in self.lacks else frozenset({"gradient_lengths_N"})

    @property
    def lacks(self) -> dict[str, str]:
        """What the module cannot give, with the reason: `gradient_lengths_N`, and `gradient_features`.

        The latter is the embedding as what enters the layer that makes the logits. Empty until points are placed.
        """
        if self.reading is None:
            return {}
        if self.reading.head is None:
            reason = f"{self.title} does not end in a dense layer (nn.Linear) whose output is its logits"
            return {"gradient_lengths_N": reason, "gradient_features": reason}
        if not self.reading.ends_in_features:
            return {
                "gradient_features": f"the features that were chosen for {self.title} are not what enters its last "
                "dense layer: leave features out"
            }
        return {}

    def prepare(self, x: Any) -> Tensor:
        """The points as one tensor on the device: bytes of images channels first, numbers as float32.

        Raises:
            ValueError: if the module does not take points of their shape, or has fewer outputs than classes.
        """
        points = numbers_of(x)
        x_N = self.as_tensor(channels_first(points) if are_images(points) else points)
        shape = tuple(x_N.shape[1:])
        if self.reading is None or self.shape != shape:
            # Of a copy that is not kept: it has the layers of those that are trained.
            with torch.random.fork_rng(devices=[]):
                network = self.build(shape, self.classes)
            assert isinstance(network, AdaptedModule)  # see `ModuleBuild`
            self.shape, self.reading = shape, network.reading
        return x_N

    def layers(self, x_N: Any) -> tuple[list[Tensor], list[Tensor]] | None:
        """The input of the last dense layer, as a chain of one layer; None where it has no bias, or there is none."""
        if self.reading is None or not self.reading.has_bias:
            return None
        return [self.head_inputs(x_N)], []

    def gradient_lengths(self, x_N: Any) -> Tensor:
        """Expected lengths of the gradient with respect to the last dense layer: sum_y p(y) |p - e_y| |h|.

        With a bias, |h|^2 + 1 stands for |h|^2.

        Raises:
            ValueError: if the module does not end in a dense layer.

        Source: Settles, Craven & Ray (2008), over the last layer.
        """
        if reason := self.lacks.get("gradient_lengths_N"):
            raise ValueError(f"expected gradient length is that of the last dense layer, but {reason}")
        inputs_N_D, probs_N_C = self.head_inputs(x_N), self.predict_probs(x_N)
        assert self.reading is not None  # points are placed
        # |p - e_y|^2 is the sum of the other classes' squares and the square of their sum; in float64 these differences
        # of nearly equal numbers lose nothing.
        p_N_C = probs_N_C.double()
        squares_N_C = p_N_C.square()
        others_N_C = p_N_C.sum(dim=1, keepdim=True) - p_N_C
        errors_N_C = (squares_N_C.sum(dim=1, keepdim=True) - squares_N_C).clamp(min=0) + others_N_C.square()
        inputs_N = inputs_N_D.double().square().sum(dim=1) + int(self.reading.has_bias)
        return ((p_N_C * errors_N_C.sqrt()).sum(dim=1) * inputs_N.sqrt()).float()

    def restore(self, state: dict[str, Any], shape: tuple[int, ...]) -> None:
        """As `NetworkLearner.restore`; the shape is that of placed points, if there are any: placing may change it."""
        super().restore(state, self.shape or shape)


def _as_scale(scale: Scale) -> tuple[np.ndarray, np.ndarray]:
    try:
        mean, deviation = (np.atleast_1d(np.asarray(numbers, dtype=np.float32)) for numbers in scale)
    except (ValueError, TypeError) as error:
        raise ValueError(f"scale must be a mean and a standard deviation, got {scale!r}") from error
    if not (np.isfinite(mean).all() and np.isfinite(deviation).all() and (deviation > 0).all()):
        raise ValueError(f"scale must be a finite mean and a standard deviation above 0, got {scale!r}")
    return mean, deviation


def _name_of(module: Any) -> str:
    if isinstance(module, nn.Module):
        return type(module).__name__
    function = getattr(module, "func", module)
    return str(getattr(function, "__name__", type(function).__name__))
