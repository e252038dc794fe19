"""Shop windows of packages: public names that are imported when they are first used (PEP 562)."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any


def lazy_names(
    package: str, places: Mapping[str, tuple[str, ...]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The module functions `__getattr__` and `__dir__` of a package whose names are imported on first use.

    A public name may be that of a submodule, such as the function `compare` of `alcore.compare`: the package's
    attribute is the function, whichever is imported first.

    Args:
        package: `__name__` of the package.
        places: module -> the public names that it holds.

    Returns:
        (`__getattr__`, `__dir__`), to be bound to these names in the package.
    """
    module_of = {name: module for module, names in places.items() for name in names}
    hidden = {name for name, module in module_of.items() if module == f"{package}.{name}"}

    class Window(ModuleType):
        """The package, in which a submodule does not replace a function of its name."""

        def __setattr__(self, name: str, value: Any) -> None:
            same = name in hidden and isinstance(value, ModuleType)
            super().__setattr__(name, getattr(value, name) if same else value)

    def load(name: str) -> Any:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(module_of[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    def listed() -> list[str]:
        return sorted({*vars(sys.modules[package]), *module_of})

    if hidden:
        sys.modules[package].__class__ = Window
    return load, listed
