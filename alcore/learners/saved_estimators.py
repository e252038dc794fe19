"""scikit-learn estimators as JSON: the path of a class and its parameters. Nothing is pickled.

Reading makes objects of classes of the sklearn package only, and calls nothing but their constructors.
"""

import importlib
import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.compose import make_column_selector
from sklearn.gaussian_process.kernels import Kernel
from sklearn.model_selection import BaseCrossValidator, BaseShuffleSplit

from alcore.extras import optional_imports
from alcore.learners.members import Committee

# Classes of sklearn that are made again, and the one module whose functions are parameters of them.
_BASES = (BaseEstimator, BaseCrossValidator, BaseShuffleSplit, Kernel, make_column_selector)
_FUNCTIONS = "sklearn.feature_selection"
# Where scikit-learn keeps what set_output chose, which is no parameter.
_OUTPUT = "_sklearn_output_config"
_TYPES = {"object": object, "int": int, "float": float, "str": str, "bool": bool}


class NotSavedError(ValueError):
    """An estimator, or a part of it, cannot be written."""


def estimator_to_json(estimator: Any) -> Any:
    """An estimator as JSON can hold it.

    Args:
        estimator: of scikit-learn, nested or not, a key of `LEARNERS`, or a `Committee` of these.

    Returns:
        mappings, lists, texts, numbers, booleans and None.

    Raises:
        NotSavedError: a part of it is no class of scikit-learn or no plain value; the sentence names it.
    """
    if isinstance(estimator, Committee):
        return {"committee": [estimator_to_json(member) for member in estimator.members]}
    return _to_json(estimator)


def estimator_from_json(content: Any) -> Any:
    """The estimator of `estimator_to_json`, unfitted.

    Raises:
        ValueError: if the content is not what that function writes, or names anything outside scikit-learn.
    """
    if isinstance(content, dict) and set(content) == {"committee"}:
        return Committee([estimator_from_json(member) for member in content["committee"]])
    return _from_json(content)


def estimator_to_skops(estimator: Any) -> bytes:
    """An estimator, fitted or not and of any package, in the format of skops, which pickles nothing.

    Raises:
        MissingExtraError: skops is not installed.
        NotSavedError: skops cannot write a part of it.
    """
    with optional_imports():
        from skops.io import dumps

    try:
        return dumps(estimator)
    except Exception as error:  # skops raises those of the objects that it visits
        raise NotSavedError(f"skops cannot write {type(estimator).__name__}: {error}") from error


def estimator_from_skops(content: bytes, trusted: Sequence[str]) -> Any:
    """The estimator of `estimator_to_skops`.

    Args:
        content: what that function returned.
        trusted: names of classes and functions that may be imported, beside those that skops knows to be harmless.

    Raises:
        MissingExtraError: skops is not installed.
        ValueError: it holds others, which the sentence names; none of them is imported then.
    """
    with optional_imports():
        from skops.io import get_untrusted_types, loads

    unknown = [name for name in get_untrusted_types(data=content) if name not in trusted]
    if unknown:
        raise ValueError(
            f"the estimator in the file has parts of other packages, {', '.join(unknown[:9])}: if you trust the file's "
            f"author, name them, trusted={unknown[:9]}"
        )
    return loads(content, trusted=list(trusted))


def _to_json(value: Any) -> Any:
    if value is None or isinstance(value, bool | str) or type(value) is int:
        return value
    if isinstance(value, float) and not isinstance(value, np.generic):
        return value if math.isfinite(value) else {"number": repr(value)}
    if isinstance(value, np.generic):
        return {"scalar": _to_json(value.item()), "dtype": value.dtype.str}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufU":
        return {"array": [_to_json(one) for one in value.ravel().tolist()], "dtype": value.dtype.str} | {
            "shape": list(value.shape)
        }
    if type(value) in (list, tuple):
        return {type(value).__name__: [_to_json(one) for one in value]}
    if type(value) is dict:
        return {"dict": [[_to_json(key), _to_json(one)] for key, one in value.items()]}
    if type(value) is slice:
        return {"slice": [_to_json(part) for part in (value.start, value.stop, value.step)]}
    if isinstance(value, np.dtype):
        return {"numpy dtype": value.str}
    if isinstance(value, type) and issubclass(value, np.generic):
        return {"numpy type": value.__name__}
    if isinstance(value, type) and value in _TYPES.values():
        return {"type": value.__name__}
    name = str(getattr(value, "__name__", ""))
    if inspect.isfunction(value) and value is getattr(importlib.import_module(_FUNCTIONS), name, None):
        return {"function": name}
    if type(value).__module__.startswith("sklearn.") and isinstance(value, _BASES):
        output = getattr(value, _OUTPUT, {}).get("transform")
        return {"class": _path(type(value)), "parameters": _parameters(value), "output": output}
    raise NotSavedError(
        f"{type(value).__module__}.{type(value).__qualname__} is no class of scikit-learn and no plain value"
    )


def _from_json(content: Any) -> Any:
    if not isinstance(content, dict):
        if content is None or isinstance(content, bool | int | float | str):
            return content
        raise ValueError(f"a saved estimator holds no {type(content).__name__}")
    if set(content) == {"class", "parameters", "output"}:
        parameters = {str(name): _from_json(value) for name, value in content["parameters"].items()}
        made = _class(content["class"])(**parameters)
        if content["output"] in ("default", "pandas", "polars"):
            # By set_output a pipeline would set it for all of its steps.
            setattr(made, _OUTPUT, {"transform": content["output"]})
        return made
    if set(content) == {"array", "dtype", "shape"}:
        values = [_from_json(one) for one in content["array"]]
        return np.array(values, dtype=content["dtype"]).reshape(content["shape"])
    if set(content) == {"scalar", "dtype"}:
        return np.dtype(content["dtype"]).type(_from_json(content["scalar"]))
    readers: dict[str, Callable[[Any], Any]] = {
        "number": lambda text: {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[text],
        "list": lambda values: [_from_json(one) for one in values],
        "tuple": lambda values: tuple(_from_json(one) for one in values),
        "dict": lambda pairs: {_from_json(key): _from_json(one) for key, one in pairs},
        "slice": lambda parts: slice(*(_from_json(part) for part in parts)),
        "numpy dtype": np.dtype,
        "numpy type": _numpy_type,
        "type": lambda name: _TYPES[name],
        "function": _function,
    }
    if len(content) == 1 and (kind := next(iter(content))) in readers:
        return readers[kind](content[kind])
    raise ValueError(f"a saved estimator holds no {sorted(content)}")


def _parameters(value: Any) -> dict[str, Any]:
    """Its parameters, without those that have the constructor's default."""
    signature = inspect.signature(type(value).__init__).parameters
    if hasattr(value, "get_params"):
        given = value.get_params(deep=False)
    else:
        given = {name: getattr(value, name) for name in signature if name != "self" and hasattr(value, name)}
    return {
        name: _to_json(one)
        for name, one in given.items()
        if name not in signature or signature[name].default is not one
    }


def _path(made: type) -> str:
    """The shortest path from which a class is imported."""
    parts = made.__module__.split(".")
    for length in range(2, len(parts) + 1):
        module = ".".join(parts[:length])
        if getattr(importlib.import_module(module), made.__name__, None) is made:
            return f"{module}.{made.__name__}"
    raise NotSavedError(f"{made.__module__}.{made.__qualname__} cannot be imported by its name")


def _class(path: Any) -> type:
    module, _, name = str(path).rpartition(".")
    if not module.startswith("sklearn.") or "externals" in module:
        raise ValueError(f"a saved estimator is of scikit-learn, got {path!r}")
    try:
        made = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ValueError(f"this scikit-learn has no {path}: it was saved with another version") from error
    if not isinstance(made, type) or not issubclass(made, _BASES) or not made.__module__.startswith("sklearn."):
        raise ValueError(f"a saved estimator is a class of scikit-learn, and {path} is none")
    return made


def _numpy_type(name: Any) -> Any:
    made = getattr(np, str(name), None)
    if not isinstance(made, type) or not issubclass(made, np.generic):
        raise ValueError(f"a saved estimator holds a type of NumPy, and {name!r} is none")
    return made


def _function(name: Any) -> Any:
    function = getattr(importlib.import_module(_FUNCTIONS), str(name), None)
    if not inspect.isfunction(function) or not function.__module__.startswith(_FUNCTIONS):
        raise ValueError(f"{_FUNCTIONS} has no function {name!r}")
    return function
