"""Records are what the standard decorator makes of the same class; only they come up faster."""

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, replace
from typing import Any

import pytest

from app.domain.records import dataclass

Make = Callable[[type[Any]], type[Any]]


class Plain:
    """What both decorators are given."""

    name: str
    secret: str = field(repr=False)
    rows: list[int] = field(default_factory=list)
    seen: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.name.strip())


@dataclass(frozen=True, slots=True)
class Kept:
    """One that can be found by its name, as copies have to."""

    name: str
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Own:
    """Says itself what it is and what it equals."""

    name: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Own)

    def __hash__(self) -> int:
        return 7

    def __repr__(self) -> str:
        return "own"


def made_by(decorator: Any) -> type[Any]:
    copied = type("Plain", (), {name: value for name, value in vars(Plain).items() if name != "__dict__"})
    made: type[Any] = decorator(frozen=True, slots=True)(copied)
    return made


@pytest.fixture(params=[dataclasses.dataclass, dataclass], ids=["standard", "ours"])
def kind(request: pytest.FixtureRequest) -> type[Any]:
    return made_by(request.param)


def test_it_is_built_by_position_and_by_name_with_defaults_of_its_own(kind: type[Any]) -> None:
    first, second = kind(" a ", secret="s"), kind("a", "s", [1], 2)
    assert (first.name, first.rows, first.seen) == ("a", [], 0)
    assert (second.rows, second.seen) == ([1], 2)
    assert first.rows is not kind("a", "s").rows


@pytest.mark.parametrize(
    ("args", "more"),
    [((), {}), (("a",), {}), (("a", "s", [], 0, 1), {}), (("a", "s"), {"b": 1}), (("a", "s"), {"name": "b"})],
)
def test_a_wrong_call_is_refused(kind: type[Any], args: tuple[Any, ...], more: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="__init__"):
        kind(*args, **more)


def test_what_is_equal_and_what_is_shown_goes_by_the_fields(kind: type[Any]) -> None:
    assert kind("a", "s", seen=1) == kind("a", "s", seen=2)
    assert kind("a", "s") != kind("a", "t")
    assert kind("a", "s") != ("a", "s", [], 0)
    assert repr(kind("a", "hidden")) == "Plain(name='a', rows=[], seen=0)"


@pytest.mark.parametrize("decorator", [dataclasses.dataclass, dataclass], ids=["standard", "ours"])
def test_one_field_is_compared_as_many_are(decorator: Any) -> None:
    kind: Any = decorator(frozen=True, slots=True)(type("One", (), {"__annotations__": {"price": float}}))
    odd = float("nan")
    assert kind(odd) == kind(odd)
    assert kind(1.0) != kind(2.0)
    assert kind(1.0) != (1.0,)


def test_nothing_of_it_can_be_changed_and_nothing_added(kind: type[Any]) -> None:
    one = kind("a", "s")
    with pytest.raises(FrozenInstanceError):
        one.name = "b"
    with pytest.raises(FrozenInstanceError):
        del one.name
    with pytest.raises((FrozenInstanceError, TypeError)):  # the standard one stumbles over a name it does not know
        one.other = 1
    assert not hasattr(one, "__dict__")


def test_it_is_replaced_looked_through_and_matched_as_any_other(kind: type[Any]) -> None:
    one = replace(kind("a", "s"), name="b")
    assert dataclasses.asdict(one) == {"name": "b", "secret": "s", "rows": [], "seen": 0}
    assert kind.__match_args__ == ("name", "secret", "rows", "seen")
    assert list(inspect.signature(kind).parameters) in (["name", "secret", "rows", "seen"], ["args", "kwargs"])


def test_equal_ones_have_one_hash_and_copies_are_equal() -> None:
    one = Kept("a", 1)
    assert len({one, Kept("a", 1), Kept("a", 2)}) == 2
    assert copy.deepcopy(one) == copy.copy(one) == pickle.loads(pickle.dumps(one)) == one


def test_what_a_class_says_itself_stays() -> None:
    assert (Own("a"), repr(Own("a"))) == (Own("b"), "own")
    assert hash(Own("a")) == 7


def test_a_constructor_of_its_own_is_made_for_a_class_of_many_objects() -> None:
    kind = made_by(dataclass)
    few = [kind("a", "s", seen=number) for number in range(250)]
    before = kind.__init__
    assert list(inspect.signature(kind).parameters) == ["args", "kwargs"]
    many = [kind("a", "s", seen=number) for number in range(250)]
    assert kind.__init__ is not before
    assert list(inspect.signature(kind).parameters) == ["name", "secret", "rows", "seen"]
    assert [repr(one) for one in few] == [repr(one) for one in many]
