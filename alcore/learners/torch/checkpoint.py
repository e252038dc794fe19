"""The state of a learner between rounds, as bytes that hold numbers and no code."""

import io
from typing import Any

from alcore.extras import optional_imports
from alcore.learners.base import Learner


class CheckpointError(ValueError):
    """Bytes that are not a state of this learner."""


def pack(learner: Learner) -> bytes:
    """The state of a network after a fit; b"" of a learner that is fitted afresh in each round."""
    network: Any = learner
    if not hasattr(learner, "state"):
        return b""
    with optional_imports():
        import torch

    file = io.BytesIO()
    torch.save(network.state(), file)
    return file.getvalue()


def unpack(content: bytes, learner: Learner, shape: tuple[int, ...]) -> None:
    """Put a learner into the state of `pack`, taken from a learner of the same settings.

    Args:
        content: from `pack`.
        learner: not fitted yet; of no use after an error.
        shape: of one point.

    Raises:
        CheckpointError: the bytes are damaged, of another network, or hold more than numbers.
    """
    network: Any = learner
    if not hasattr(learner, "restore"):
        return
    with optional_imports():
        import torch

    try:
        # Weights only: no code in a file is run.
        network.restore(torch.load(io.BytesIO(content), map_location="cpu", weights_only=True), shape)
    except Exception as error:  # a damaged file can fail in any way
        raise CheckpointError(f"{type(error).__name__}: {error}") from error
