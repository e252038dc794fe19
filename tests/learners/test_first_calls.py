import json
import subprocess
import sys

from alcore.learners.torch.first_calls import FUNCTIONS

RECORD = f"""
import json
import torch

sizes = {{}}


def recorded(name, function):
    def call(x, *rest, **named):
        sizes.setdefault(name, []).append((str(x.dtype), x.numel()))
        return function(x, *rest, **named)

    return call


for name in {FUNCTIONS!r}:
    setattr(torch, name, recorded(name, getattr(torch, name)))
import alcore.learners.torch.learner

print(json.dumps(sizes))
"""


def test_each_vector_function_is_called_on_one_number_before_any_learner_is_made():
    done = subprocess.run([sys.executable, "-c", RECORD], capture_output=True, text=True, check=True)
    once = [["torch.float32", 1], ["torch.float64", 1]]
    assert json.loads(done.stdout) == {name: once for name in FUNCTIONS}


def test_the_functions_of_training_and_scoring_are_among_them():
    # Adam's root, the loss's logarithm and exponential, and the activations of common modules.
    assert {"sqrt", "log", "exp", "tanh", "erf"} <= set(FUNCTIONS)
