"""How a network scores a pool fastest on a device without changing what it says."""

import copy
from dataclasses import dataclass

import torch
from torch import nn

from alcore.device import has_fast_bfloat16
from alcore.learners.networks import Classifier


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


def scoring_mode(network: Classifier, device: torch.device) -> ScoringMode:
    """The fastest correct mode for a network on a device.

    Convolutions gain from bfloat16 and channels-last on processors that multiply bfloat16 in hardware, and
    on GPUs; dense layers on this size are memory-bound and stay float32.
    """
    convolutional = any(isinstance(layer, nn.Conv2d) for layer in network.modules())
    on_gpu = device.type == "cuda"
    # On the CPU larger chunks ask the system for fresh memory each time, and clearing its pages takes longer
    # than the convolutions: 24 images stay within what the allocator keeps.
    chunk = 8192 if on_gpu else 24
    if not convolutional:
        return ScoringMode("float32", torch.float32, channels_last=False, chunk=8192)
    fast = torch.cuda.is_bf16_supported(including_emulation=False) if on_gpu else has_fast_bfloat16()
    if fast:
        return ScoringMode("bfloat16 body, float32 head, channels last", torch.bfloat16, True, chunk)
    return ScoringMode("float32, channels last", torch.float32, True, chunk)


def scoring_copy(network: Classifier, mode: ScoringMode) -> Classifier:
    """A copy of the network in the mode's arithmetic; training goes on with the float32 original."""
    scorer = copy.deepcopy(network).eval().requires_grad_(False)
    scorer.body.to(mode.dtype)
    if mode.channels_last:
        scorer.body.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return scorer
