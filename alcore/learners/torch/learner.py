"""A torch network as a learner: the whole data set is one tensor on the device, no data loader."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.device import device_name, resolve_device
from alcore.extras import optional_imports
from alcore.learners.base import COMMITTEE, DROPOUT_SAMPLES, without_tick
from alcore.learners.committee import bootstrap_rows, committee_size
from alcore.learners.labels import class_numbers
from alcore.learners.options import Training
from alcore.learners.torch.adapter import AdaptedModule
from alcore.learners.torch.architectures import Build, Classifier, Network
from alcore.learners.torch.checkpoint import pack, unpack
from alcore.learners.torch.dropout import fixed_masks, has_dropout, held_dropouts
from alcore.learners.torch.first_calls import choose_kernels
from alcore.learners.torch.gradients import expected_gradient_lengths
from alcore.learners.torch.scoring import ScoringMode, in_chunks, scoring_copy, scoring_mode
from alcore.learners.torch.training import OnLoss, as_input, layout_of, mixed, shrink_and_perturb, train
from alcore.points import channels_first, numbers_of
from alcore.rng import rng_for

with optional_imports():
    import torch
    from torch import Tensor, nn

Floats = NDArray[np.float32]

choose_kernels()


class NetworkLearner:
    """A network trained by Adam on cross-entropy, a few epochs a round, with a warm start or from scratch.

    Points are images, of which bytes are made [0, 1] one chunk at a time, or numbers (N, D). It is pickled by
    settings and weights; a learner from a GPU is restored on a GPU where there is one, else on the CPU.
    """

    def __init__(
        self,
        build: Build,
        *,
        classes: int,
        seed: int,
        training: Training,
        device: str,
        tick: Callable[[], None],
        dropout_samples: int = DROPOUT_SAMPLES,
    ) -> None:
        """See `make_learner`."""
        self.build = build
        self.classes = classes
        self.seed = seed
        self.training = training
        self.device = resolve_device(device)
        self.tick = tick
        # Shows the training loss while it trains; not pickled.
        self.on_loss: OnLoss | None = None
        self.dropout_samples = dropout_samples
        self.shape: tuple[int, ...] | None = None
        self.network: Network | None = None
        self.optimiser: torch.optim.Optimizer | None = None
        self.mode: ScoringMode | None = None
        self.scorer: Network | None = None
        self.fitted_on: tuple[Tensor, np.ndarray] | None = None
        self.members: list[NetworkLearner] = []

    @property
    def record(self) -> dict[str, str]:
        """How and where it computes; the scoring mode is known after the first fit."""
        arithmetic = "not trained yet"
        if self.network is not None:
            arithmetic = "bfloat16 products, float32 weights" if mixed(self.network, self.device) else "float32"
        return {
            "device": self.device.type,
            "device name": device_name(self.device),
            "training": arithmetic,
            "scoring": self.mode.name if self.mode else "not scored yet",
            "torch": torch.__version__,
        }

    @property
    def title(self) -> str:
        """The name of what builds the network."""
        return getattr(self.build, "func", self.build).__name__

    @property
    def capabilities(self) -> frozenset[str]:
        """Gradient lengths."""
        return frozenset({"gradient_lengths_N"})

    def prepare(self, x: Any) -> Tensor:
        """The points as one tensor on the device, images channels first: uint8 stays uint8, numbers become float32."""
        return self.as_tensor(channels_first(numbers_of(x)))

    def as_tensor(self, x_N: Any) -> Tensor:
        """As `prepare` of a NumPy array, in the layout that it has."""
        kept = x_N if x_N.dtype == np.uint8 else x_N.astype(np.float32)
        return torch.from_numpy(np.ascontiguousarray(kept)).to(self.device)

    @property
    def goes_on(self) -> bool:
        """Whether the next fit depends on the last one."""
        return self.training.carry_on

    def forget(self) -> None:
        """Return to the state before the first fit."""
        self.network = self.optimiser = self.mode = self.scorer = self.fitted_on = None
        self.members = []

    def fit(self, x_M: Any, y_M: Any, *, rng: np.random.Generator) -> float:
        """Train on the labelled points; returns the mean loss over the last pass's steps in nats."""
        x_M, y_M = self._placed(x_M), class_numbers(y_M, self.classes)
        labels_M = torch.as_tensor(y_M, dtype=torch.int64, device=self.device)
        # Dropout moves torch's global generator, which is the caller's: it is restored.
        with torch.random.fork_rng(devices=[self.device] if self.device.type == "cuda" else []):
            network, optimiser = self.begin(x_M, y_M, rng=rng)
            loss = train(
                network, optimiser, x_M, labels_M, self.training, rng=rng, tick=self.tick, on_loss=self.on_loss
            )
        self.finish()
        return loss

    def begin(self, x_M: Tensor, y_M: np.ndarray, *, rng: np.random.Generator) -> tuple[Network, torch.optim.Optimizer]:
        """The network to train on these labels, as at the start of this round, and its optimiser."""
        self.fitted_on = (x_M, y_M)
        carried = self.network is not None and self.training.carry_on
        network, optimiser = self._start(tuple(x_M.shape[1:]))
        if carried and self.training.shrink < 1:
            shrink_and_perturb(network, self.training.shrink, rng=rng)
            # Adam's moments belong to the former weights.
            optimiser = self.optimiser = self.adam(network.parameters())
        if isinstance(network, AdaptedModule) or has_dropout(network):
            # Dropout draws from torch's global generator: seeded from the round's stream, a run can be resumed.
            torch.manual_seed(int(rng.integers(2**63 - 1)))
        return network.train(), optimiser

    def finish(self) -> None:
        """Predict by the trained network from now on."""
        assert self.network is not None and self.shape is not None  # set by begin
        self.mode = scoring_mode(self.network, self.device, self.shape)
        self.scorer = scoring_copy(self.network, self.mode)

    def adam(self, weights: Iterable[Tensor]) -> torch.optim.Optimizer:
        """A fresh optimiser of these weights."""
        assert self.network is not None  # set by begin
        # One kernel a step; elsewhere the plain loop, which reproduces stored runs to the last digit.
        fused = True if self.device.type == "cuda" or mixed(self.network, self.device) else None
        return torch.optim.Adam(weights, lr=self.training.learning_rate, fused=fused)

    def predict_probs(self, x_N: Any) -> Tensor:
        """probs_N_C, float32 on the device."""
        scorer = self._fitted()
        return self._chunked(x_N, lambda inputs: scorer.both(inputs)[1].float().softmax(dim=1))

    def features(self, x_N: Any) -> Tensor:
        """features_N_D, float32 on the device: the output of the last hidden layer."""
        return self._chunked(x_N, self._fitted().embed)

    def features_and_probs(self, x_N: Tensor) -> tuple[Tensor, Tensor]:
        """Both in one pass over the points."""
        scorer = self._fitted()

        def compute(inputs: Tensor) -> Tensor:
            features_N_D, logits_N_C = scorer.both(inputs)
            return torch.cat([features_N_D, logits_N_C.float().softmax(dim=1)], dim=1)

        both_N = self._chunked(x_N, compute)
        return both_N[:, : -self.classes], both_N[:, -self.classes :]

    def head_inputs(self, x_N: Any) -> Tensor:
        """The input of the dense layer that makes the logits, (N, D), float32 on the device."""
        scorer = self._fitted()
        return self._chunked(x_N, scorer.embed if isinstance(scorer, Classifier) else scorer.head_inputs)

    def sample_probs(self, x_N: Any, samples: int | None, *, rng: np.random.Generator) -> Tensor:
        """probs_N_K_C, float32 on the device: Monte-Carlo dropout if the network has any, else a committee.

        Dropout masks are held fixed over all points within a sample. A committee's members have a warm
        start or not as the learner itself, each on a new bootstrap of the labels; or, in an ensemble, on all of them.
        """
        scorer = self._fitted()
        ensemble = self.training.committee == "ensemble"
        if held_dropouts(scorer) and not ensemble:
            probs_K = []
            for _ in range(committee_size(samples, self.dropout_samples)):
                with fixed_masks(scorer, int(rng.integers(2**63 - 1))):
                    probs_K.append(self.predict_probs(x_N))
            return torch.stack(probs_K, dim=1)
        assert self.fitted_on is not None  # set with the scorer
        x_M, y_M = self.fitted_on
        samples = committee_size(samples, COMMITTEE)
        self._grow_committee(samples)
        rows_K = [np.arange(len(y_M))] * samples if ensemble else bootstrap_rows(y_M, samples, rng=rng)
        probs_K = []
        for member, rows in zip(self.members, rows_K, strict=False):
            member.fit(x_M[rows], y_M[rows], rng=rng)
            probs_K.append(member.predict_probs(x_N))
        return torch.stack(probs_K, dim=1)

    def layers(self, x_N: Any) -> tuple[list[Tensor], list[Tensor]] | None:
        """The input of each layer, and the weights of all but the first, of a network of dense layers."""
        network, x_N = self._fitted(), self._placed(x_N)
        if not isinstance(network, Classifier) or any(isinstance(layer, nn.Conv2d) for layer in network.modules()):
            return None
        dense = [place for place, layer in enumerate(network.body) if isinstance(layer, nn.Linear)]
        hidden = [self._chunked(x_N, network.body[:end]) for end in [*dense[1:], len(network.body)]]
        later = [layer for layer in network.modules() if isinstance(layer, nn.Linear)][1:]
        return [as_input(x_N).flatten(1), *hidden], [layer.weight for layer in later]

    def gradient_lengths(self, x_N: Any) -> Tensor:
        """Expected gradient lengths over all parameters, without dropout."""
        assert self.network is not None  # set by fit
        return expected_gradient_lengths(self.network.eval(), as_input(self._placed(x_N)), tick=self.tick)

    def entropy_gradients(self, x_N: Floats) -> tuple[Floats, Floats]:
        """The entropy of the prediction and its gradient with respect to the input, without dropout.

        Args:
            x_N: inputs as the network takes them: pixels in [0, 1], or numbers.

        Returns:
            entropies_N in nats, and gradients of the shape of x_N.

        Raises:
            RuntimeError: if the network has not been fitted.
        """
        self._fitted()
        assert self.network is not None  # set by fit
        inputs = torch.as_tensor(x_N, dtype=torch.float32, device=self.device).requires_grad_()
        log_probs_N_C = self.network.eval()(inputs).log_softmax(dim=1)
        entropies_N = -(log_probs_N_C.exp() * log_probs_N_C).sum(dim=1)
        # Each entropy depends on its own input alone, so the gradient of the sum holds them all.
        (gradients_N,) = torch.autograd.grad(entropies_N.sum(), inputs)
        return entropies_N.detach().cpu().numpy(), gradients_N.cpu().numpy()

    def weights(self) -> dict[str, np.ndarray]:
        """The trained weights by their names, as float32 arrays: what `take_weights` predicts by."""
        assert self.network is not None  # set by fit
        return {name: one.detach().float().cpu().numpy().copy() for name, one in self.network.state_dict().items()}

    def take_weights(self, weights: Mapping[str, np.ndarray], shape: tuple[int, ...]) -> None:
        """Predict from now on by the weights of a learner of the same settings, trained on points of this shape."""
        network, _ = self._start(shape)
        network.load_state_dict({name: torch.from_numpy(np.array(one)) for name, one in weights.items()})
        self.finish()

    def state(self) -> dict[str, Any]:
        """What the next fit starts from: weights, optimiser, and those of the committee's members."""
        assert self.network is not None and self.optimiser is not None  # set by fit
        return {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "members": [member.state() for member in self.members],
        }

    def restore(self, state: dict[str, Any], shape: tuple[int, ...]) -> None:
        """Load the state of a learner of the same settings, trained on points of this shape."""
        network, optimiser = self._start(shape)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        self._grow_committee(len(state["members"]))
        for member, kept in zip(self.members, state["members"], strict=True):
            member.restore(kept, shape)

    def __getstate__(self) -> dict[str, Any]:
        state = without_tick(self) | {"on_loss": None, "network": None, "optimiser": None, "scorer": None}
        if self.network is not None:
            state |= {"members": [], "carried": pack(self)}
        if self.fitted_on is not None:
            state["fitted_on"] = (self.fitted_on[0].cpu().numpy(), self.fitted_on[1])
        return state | {"device": self.device.type}

    def __setstate__(self, state: dict[str, Any]) -> None:
        carried = state.pop("carried", None)
        self.__dict__.update(state)
        self.device = resolve_device("cpu" if state["device"] == "cpu" else "auto")
        if carried is not None and self.shape is not None:
            unpack(carried, self, self.shape)
        if self.fitted_on is not None:
            self.fitted_on = self.as_tensor(self.fitted_on[0]), self.fitted_on[1]
            self.finish()

    def _placed(self, x: Any) -> Tensor:
        return x if isinstance(x, Tensor) else self.prepare(x)

    def _grow_committee(self, size: int) -> None:
        for number in range(len(self.members), size):
            self.members.append(
                NetworkLearner(
                    self.build,
                    classes=self.classes,
                    seed=int(rng_for(self.seed, "member", number).integers(2**31)),
                    training=self.training,
                    device=self.device.type,
                    tick=self.tick,
                )
            )

    def _start(self, shape: tuple[int, ...]) -> tuple[Network, torch.optim.Optimizer]:
        """This round's network: the last, or a fresh one with first weights of the seed."""
        self.shape = shape
        if self.network is None or self.optimiser is None or not self.training.carry_on:
            # Layers draw their weights from torch's global generator, which is the caller's: a fork of it is seeded.
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(int(rng_for(self.seed, "weights").integers(2**63 - 1)))
                network = self.build(shape, self.classes)
            layout = layout_of(network, self.device)
            self.network = network.to(self.device, memory_format=layout)  # type: ignore[call-overload]
            self.optimiser = self.adam(self.network.parameters())
        return self.network, self.optimiser

    def _fitted(self) -> Network:
        if self.scorer is None:
            raise RuntimeError("the network has not been fitted: call fit before asking for predictions")
        return self.scorer

    @torch.inference_mode()
    def _chunked(self, x_N: Any, compute: Callable[[Tensor], Tensor]) -> Tensor:
        """The result of `compute` on the points, float32, chunk by chunk in the mode's arithmetic and layout."""
        mode, x_N = self.mode, self._placed(x_N)
        assert mode is not None  # set with the scorer

        def of_chunk(chunk: Tensor) -> Tensor:
            self.tick()
            inputs = as_input(chunk).to(mode.dtype)
            if mode.channels_last:
                inputs = inputs.to(memory_format=torch.channels_last)
            return compute(inputs).float()

        outputs, chunk = in_chunks(x_N, mode.chunk, of_chunk)
        self.mode = replace(mode, chunk=chunk)
        return torch.cat(outputs)
