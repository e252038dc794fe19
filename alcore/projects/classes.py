"""Classes that are added, renamed, merged and deleted. The log keeps what was answered; what counts is as it is now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from alcore.projects.answers import Answer

LONGEST_CLASS = 100
Aliases = Mapping[str, str | None]


@dataclass(frozen=True)
class Classes:
    """The classes of a project.

    Attributes:
        names: in the order of their buttons.
        aliases: class that is no more -> the class that its labels count as; None: they count no more.
        places: all names that have a place among the buttons, with those merged or deleted since: a class keeps its
            place, and so its key and colour, while others go and come back.
    """

    names: tuple[str, ...]
    aliases: Aliases
    places: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Give a place to every class that has none."""
        missing = tuple(name for name in self.names if name not in self.places)
        object.__setattr__(self, "places", (*self.places, *missing))

    @staticmethod
    def of(classes: Sequence[str], settings: Mapping[str, Any]) -> "Classes":
        """The classes of a project with these settings."""
        return Classes(tuple(classes), settings.get("aliases", {}), tuple(settings.get("places", ())))

    def settings(self) -> dict[str, Any]:
        """What `Project.change` stores."""
        return {"classes": list(self.names), "aliases": dict(self.aliases), "places": list(self.places)}

    def added(self, name: str) -> "Classes":
        """With a further class.

        Raises:
            ValueError: the name is empty, too long, or taken now or before.
        """
        return Classes((*self.names, self._free(name)), self.aliases, self.places)

    def renamed(self, old: str, new: str) -> "Classes":
        """With another name for a class; raises as `added`."""
        self._known(old)
        new = self._free(new)
        names, places = (tuple(new if name == old else name for name in some) for some in (self.names, self.places))
        return Classes(names, {**self.aliases, old: new}, places)

    def merged(self, old: str, into: str) -> "Classes":
        """With a class's labels counting as another's.

        Raises:
            ValueError: a class is unknown, or both are one.
        """
        self._known(old)
        self._known(into)
        if old == into:
            raise ValueError("a class is merged into another one")
        return Classes(tuple(name for name in self.names if name != old), {**self.aliases, old: into}, self.places)

    def deleted(self, old: str) -> "Classes":
        """Without a class: its labels count no more, and its items are queried again."""
        self._known(old)
        return Classes(tuple(name for name in self.names if name != old), {**self.aliases, old: None}, self.places)

    def brought_back(self, old: str) -> "Classes":
        """With a class that was renamed, merged or deleted; at its former place, if none has taken that.

        Raises:
            ValueError: there is no such former class.
        """
        if old not in self.aliases:
            raise ValueError(f"there was no class {old!r}")
        aliases = {name: target for name, target in self.aliases.items() if name != old}
        places = self.places if old in self.places else (*self.places, old)
        return Classes(tuple(name for name in places if name in (*self.names, old)), aliases, places)

    def _known(self, name: str) -> None:
        if name not in self.names:
            raise ValueError(f"there is no class {name!r}")

    def _free(self, name: str) -> str:
        name = name.strip()
        if not 0 < len(name) <= LONGEST_CLASS:
            raise ValueError(f"a class's name has 1 to {LONGEST_CLASS} characters")
        if name in self.names:
            raise ValueError(f"there is a class {name!r} already")
        if name in self.aliases:
            raise ValueError(f"there was a class {name!r} before: bring it back, or choose another name")
        return name


def now_called(name: str, aliases: Aliases) -> str | None:
    """The class that a label counts as; None where it counts no more."""
    seen = set()
    found: str | None = name
    while found is not None and found in aliases and found not in seen:
        seen.add(found)
        found = aliases[found]
    return found


def as_now(answer: Answer, aliases: Aliases) -> Answer:
    """An answer with the class that is there now; a label of a deleted class is one that was skipped."""
    if answer.kind != "label" or answer.value not in aliases:
        return answer
    name = now_called(str(answer.value), aliases)
    if name is not None:
        return replace(answer, value=name)
    return replace(answer, kind="skip", value=None, machine=False)
