"""Many networks of one kind trained at once, as one batched model: paired trials, or a committee."""

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.extras import optional_imports
from alcore.learners.torch.architectures import Classifier, Network
from alcore.learners.torch.dropout import has_dropout
from alcore.learners.torch.learner import NetworkLearner
from alcore.learners.torch.training import as_input, autocast, passes, random_affine

with optional_imports():
    import torch
    from torch import Tensor, nn
    from torch.func import functional_call, stack_module_state, vmap

MOMENTS = ("exp_avg", "exp_avg_sq")
# A network as it starts this round, and its optimiser.
Begun = tuple[Network, torch.optim.Optimizer]


def fit_stacked(
    learners: Sequence[NetworkLearner],
    x_T: Sequence[Tensor],
    y_T: Sequence[NDArray[np.int64]],
    *,
    rngs: Sequence[np.random.Generator],
    tick: Callable[[], None] | None = None,
) -> list[float]:
    """Fit each learner on its own labels, as `learner.fit(x, y, rng=rng)` would, up to rounding.

    The weights of all T networks lie in one tensor a layer, a step of one is a step of all, and Adam, which
    treats every weight alone, is run on the stacks. Where the memory runs out, one half is trained after the other.

    Args:
        learners: one a trial, none twice; they are `stackable`.
        x_T: placed points of each trial, (M, ...).
        y_T: their labels.
        rngs: each trial's stream.
        tick: called once a minibatch in place of the learners' own.

    Returns:
        each trial's mean loss over the steps of its last pass, in nats.
    """
    begun = [learner.begin(x_M, y_M, rng=rng) for learner, x_M, y_M, rng in zip(learners, x_T, y_T, rngs, strict=True)]
    x_T_M, y_T_M = torch.stack(list(x_T)), np.stack(y_T)
    ticks = [learner.tick for learner in learners] if tick is None else [tick]
    losses_T = [0.0] * len(learners)
    parts = [(0, len(learners))]
    while parts:
        start, end = parts.pop()
        some = slice(start, end)
        try:
            # Networks and optimisers are written at the very end, but the streams move on from the start.
            own_rngs = copy.deepcopy(rngs[some])
            losses_T[some] = _train_stacked(learners[0], begun[some], x_T_M[some], y_T_M[some], own_rngs, ticks)
            continue
        except torch.OutOfMemoryError:
            if end - start == 1:
                raise
        # After the except block: until it ends, the error holds on to what was computed on the way.
        if x_T_M.is_cuda:
            torch.cuda.empty_cache()
        middle = start + (end - start) // 2
        parts += [(middle, end), (start, middle)]
    for learner in learners:
        learner.finish()
    return losses_T


def stackable(learners: Sequence[NetworkLearner], x_T: Sequence[Tensor]) -> bool:
    """Whether these take the same steps on equally many points, after equally many before.

    Dropout draws from one stream for all, and trials that train to convergence end at different steps.
    """
    first = learners[0]
    network = first.network
    if network is None:
        with torch.random.fork_rng(devices=[]):
            network = first.build(tuple(x_T[0].shape[1:]), first.classes)
    kinds = [
        (learner.title, learner.classes, learner.training, learner.device, _steps_taken(learner))
        for learner in learners
    ]
    return (
        len(learners) > 1
        and isinstance(network, Classifier)
        and not has_dropout(network)
        and not first.training.converge
        and all(x_M.shape == x_T[0].shape for x_M in x_T)
        and all(kind == kinds[0] for kind in kinds)
    )


def _steps_taken(learner: NetworkLearner) -> int:
    """The number of steps in Adam's state, the same for every weight: it corrects its moments by it."""
    if learner.optimiser is None or not learner.training.carry_on:
        return 0
    return next((int(state["step"]) for state in learner.optimiser.state.values()), 0)


def _train_stacked(
    kind: NetworkLearner,
    begun: Sequence[Begun],
    x_T_M: Tensor,
    y_T_M: NDArray[np.int64],
    rngs: Sequence[np.random.Generator],
    ticks: Sequence[Callable[[], None]],
) -> list[float]:
    training, plan = kind.training, begun[0][0]
    stacks, _ = stack_module_state([network for network, _ in begun])
    together = kind.adam(list(stacks.values()))
    for name, stack in stacks.items():
        states: list[Any] = [adam.state.get(network.get_parameter(name)) for network, adam in begun]
        if all(states):  # they have taken steps before
            moments = {moment: torch.stack([state[moment] for state in states]) for moment in MOMENTS}
            together.state[stack] = {"step": states[0]["step"].clone(), **moments}
    labels_T_M = torch.from_numpy(y_T_M).to(x_T_M.device)
    movers = [random_affine(x_T_M[0], rng) if training.augment else as_input for rng in rngs]

    def loss_of(weights: dict[str, Tensor], x_B: Tensor, labels_B: Tensor) -> Tensor:
        logits = functional_call(plan, weights, (x_B,))
        return nn.functional.cross_entropy(logits, labels_B, label_smoothing=training.smoothing)

    precision = autocast(plan, x_T_M.device)
    trial_T_1 = torch.arange(len(begun), device=x_T_M.device)[:, None]
    totals_T, points = torch.zeros(len(begun), device=x_T_M.device), 1
    orders_T = [passes(x_T_M.shape[1], training, rng=rng) for rng in rngs]
    for orders in zip(*orders_T, strict=True):
        order_T_M = torch.from_numpy(np.stack(orders)).to(x_T_M.device)
        totals_T, points = torch.zeros_like(totals_T), order_T_M.shape[1]
        for rows_T_B in order_T_M.split(training.batch_size, dim=1):
            for tick in ticks:
                tick()
            x_T_B = x_T_M[trial_T_1, rows_T_B]
            moved_T_B = torch.stack([move(x_B) for move, x_B in zip(movers, x_T_B, strict=True)])
            with precision:
                losses_T = vmap(loss_of)(stacks, moved_T_B, labels_T_M[trial_T_1, rows_T_B])
            together.zero_grad(set_to_none=True)
            # Each trial's loss depends on its own weights alone, so the gradient of the sum holds them all.
            losses_T.sum().backward()
            together.step()
            totals_T += losses_T.detach() * rows_T_B.shape[1]
    with torch.no_grad():
        for trial, (network, adam) in enumerate(begun):
            for name, weights in network.named_parameters():
                state = together.state[stacks[name]]
                weights.copy_(stacks[name][trial])
                moments = {moment: state[moment][trial].clone() for moment in MOMENTS}
                adam.state[weights] = {"step": state["step"].clone(), **moments}
    return (totals_T.double() / points).tolist()
