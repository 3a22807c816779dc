"""Frozen dataclasses with slots that come up fast: the constructor alone is compiled, for classes of many objects.

For one class the standard decorator compiles six functions, half a millisecond and more; a start loads some 180 of
them, and most of these have few objects. They are the same to whoever uses them (`replace`, `fields`, `==`, hashes,
matching, copies) and to type checkers.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, field, fields
from functools import partial
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, Final

_FEW: Final = 250
"""So many objects of a class are made without a constructor of its own: to compile one takes as long as 200 of them."""
_set: Final = object.__setattr__

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
        own = made.__init__ = _for_few(made)
        own(self, *args, **kwargs)

    return __init__


def _for_few(made: type[Any]) -> Any:
    """A constructor that nothing is compiled for; it gives way to the standard one."""
    names, given = [one.name for one in fields(made)], _defaults(made)
    known, needed = set(names), set(names) - given.keys()
    after, left = getattr(made, "__post_init__", None), iter(range(_FEW))

    def __init__(self: object, /, *args: object, **kwargs: object) -> None:  # noqa: N807 - it becomes one
        values = dict(zip(names, args, strict=False)) | kwargs
        called_well = len(values) == len(args) + len(kwargs) and needed <= values.keys() <= known
        if next(left, None) is None or not called_well:  # what is wrong, the standard one says
            own = made.__init__ = _standard(made)
            own(self, *args, **kwargs)
            return
        for name in names:
            _set(self, name, values[name] if name in values else given[name]())
        if after is not None:
            after(self)

    return __init__


def _defaults(made: type[Any]) -> dict[str, Callable[[], object]]:
    """What a field is that is not given."""
    plain = {one.name: partial(_itself, one.default) for one in fields(made) if one.default is not MISSING}
    return plain | {one.name: one.default_factory for one in fields(made) if one.default_factory is not MISSING}


def _itself(default: object) -> object:
    return default


def _standard(made: type[Any]) -> Any:
    """The constructor of a class of the same fields from the standard decorator."""
    after = {"__post_init__": made.__post_init__} if hasattr(made, "__post_init__") else {}
    like = [(one.name, object, _same(one)) for one in fields(made)]
    own: Any = dataclasses.make_dataclass(made.__name__, like, namespace=after, eq=False, repr=False, frozen=True)
    return own.__init__


def _same(one: Any) -> Any:
    """A field like it; of the two kinds of default one is always missing."""
    return field(default=one.default, default_factory=one.default_factory)


def _repr(made: type[Any]) -> Callable[..., str]:
    names = [one.name for one in fields(made) if one.repr]

    @recursive_repr()
    def __repr__(self: object) -> str:  # noqa: N807 - it becomes one
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({shown})"

    return __repr__


def _comparing(made: type[Any]) -> tuple[Callable[..., Any], ...]:
    names = [one.name for one in fields(made) if one.compare]
    values: Callable[[object], Any] = (
        attrgetter(*names) if len(names) > 1 else lambda one: tuple(getattr(one, name) for name in names)
    )

    def __eq__(self: object, other: object) -> Any:  # noqa: N807 - it becomes one
        if other.__class__ is not self.__class__:
            return NotImplemented
        return values(self) == values(other)  # tuples, as in the standard one: what is the same thing is equal

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
