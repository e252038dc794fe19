"""Devices, and torchvision beside a torch without CUDA."""

import subprocess
import sys

import pytest
import torch

from alcore.device import DeviceError, resolve_device


def test_cpu_and_auto_are_always_there() -> None:
    assert resolve_device("cpu").type == "cpu"
    assert resolve_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")


def test_cuda_without_a_gpu_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(DeviceError, match="sees no CUDA GPU on this machine. Choose the device auto or cpu"):
        resolve_device("cuda")
    with pytest.raises(DeviceError, match="Unknown device 'tpu'"):
        resolve_device("tpu")


def test_torchvision_imports_in_a_fresh_process() -> None:
    code = (
        "from alcore.device import torchvision_datasets as t; t(); t(); "
        "import torchvision; print(t().MNIST.__name__, torchvision.__version__)"
    )
    told = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("MNIST 0.28.0")
