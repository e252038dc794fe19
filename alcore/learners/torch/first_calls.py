"""The first call of each of torch's vector functions, made by one thread.

On the CPU torch computes these by oneMKL, which chooses a function's kernel when it is called first. Where two threads
make that call together, one of them may use a kernel of 12 bits for its share of the numbers, without a word
(pytorch/pytorch #188792): a run would not repeat to the last digit.
"""

from alcore.extras import optional_imports

with optional_imports():
    import torch

FUNCTIONS = (
    *(
        "acos",
        "asin",
        "atan",
        "cos",
        "erf",
        "erfc",
        "erfinv",
        "exp",
        "expm1",
        "lgamma",
        "log",
        "log10",
        "log1p",
        "log2",
    ),
    *("sin", "sqrt", "tan", "tanh"),
)


def choose_kernels() -> None:
    """Call each function of float32 and float64 on one number, for which one thread is used."""
    for dtype in (torch.float32, torch.float64):
        half = torch.full((1,), 0.5, dtype=dtype)
        for name in FUNCTIONS:
            getattr(torch, name)(half)
