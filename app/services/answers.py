"""Yes, a definite no, or unknown: the only three results an operation that asks a broker may have."""

from typing import Generic, TypeVar

from app.domain import TradingError
from app.domain.records import dataclass

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Yes(Generic[T_co]):
    """It worked; `value` is what came of it."""

    value: T_co


@dataclass(frozen=True, slots=True)
class No:
    """A definite no, by the broker or by a rule of ours; nothing was changed unless the operation says so."""

    error: TradingError


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something prevented an answer. What was believed before is still believed."""

    error: TradingError


Answer = Yes[T_co] | No | Unknown
