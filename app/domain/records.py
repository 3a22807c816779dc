"""Frozen dataclasses with slots that come up fast: what Python would compile for each of them is made on first use.

For one class the standard decorator compiles six functions, half a millisecond and more; a start loads some 180 of
them. These are the same to whoever uses them (`replace`, `fields`, `==`, hashes, matching, copies) and to type
checkers.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, fields
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - type checkers see the standard one
else:

    def dataclass(*, frozen: bool = False, slots: bool = False, **more: bool) -> Callable[[type], type]:
        """As `dataclasses.dataclass`; those that are frozen, with slots and nothing else come up faster."""
        if frozen and slots and not more:
            return _record
        return dataclasses.dataclass(frozen=frozen, slots=slots, **more)


def _record(cls: type[Any]) -> type[Any]:
    own = {name for name, value in vars(cls).items() if value is not None}
    made: type[Any] = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    for method in (_init(made), _repr(made), *_comparing(made), *_FROZEN, *_copying(made)):
        if method.__name__ not in own:
            setattr(made, method.__name__, method)
    return made


def _init(made: type[Any]) -> Callable[..., None]:
    def __init__(self: object, /, *args: object, **kwargs: object) -> None:  # noqa: N807 - it becomes one
        own = made.__init__ = _standard(made, init=True).__init__
        own(self, *args, **kwargs)

    return __init__


def _standard(made: type[Any], *, init: bool = False, eq: bool = False) -> Any:
    """A class of the same fields from the standard decorator, for those functions of it that are wanted."""
    after = {"__post_init__": made.__post_init__} if hasattr(made, "__post_init__") else {}
    like = [(one.name, object, _same(one)) for one in fields(made)]
    return dataclasses.make_dataclass(made.__name__, like, namespace=after, init=init, eq=eq, repr=False, frozen=True)


def _same(one: Any) -> Any:
    """A field like it; of the two kinds of default one is always missing."""
    return field(default=one.default, default_factory=one.default_factory, compare=one.compare)


def _repr(made: type[Any]) -> Callable[..., str]:
    names = [one.name for one in fields(made) if one.repr]

    @recursive_repr()
    def __repr__(self: object) -> str:  # noqa: N807 - it becomes one
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({shown})"

    return __repr__


def _comparing(made: type[Any]) -> tuple[Callable[..., Any], ...]:
    names = [one.name for one in fields(made) if one.compare]
    values = attrgetter(*names) if names else type

    def __eq__(self: object, other: object) -> Any:  # noqa: N807 - it becomes one
        own = made.__eq__ = _standard(made, eq=True).__eq__
        return own(self, other)

    def __hash__(self: object) -> int:  # noqa: N807 - it becomes one
        return hash(values(self))

    return __eq__, __hash__


def _freezing() -> tuple[Callable[..., None], ...]:
    def __setattr__(_: object, name: str, value: object) -> None:  # noqa: ARG001, N807 - Python's call
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(_: object, name: str) -> None:  # noqa: N807 - it becomes one
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    return __setattr__, __delattr__


_FROZEN: Final = _freezing()


def _copying(made: type[Any]) -> tuple[Callable[..., Any], ...]:
    names = [one.name for one in fields(made)]

    def __getstate__(self: object) -> list[object]:  # noqa: N807 - it becomes one
        return [getattr(self, name) for name in names]

    def __setstate__(self: object, state: list[object]) -> None:  # noqa: N807 - it becomes one
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    return __getstate__, __setstate__
