"""What every simulated broker can be made to do whatever its protocol: faults, delays, other answers, fixed markets."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.simulators.answers import Answer
from app.simulators.faults import Fault, FaultPlan
from app.simulators.scatter import PROMPT_FAULTS, Scatter

_EVERY: Final = "*"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer put into the broker's mouth; `lands`: the request is carried out all the same."""

    answer: Answer
    times: int | None
    lands: bool


class Switches:
    """Faults, delays and answers by operation, or "*" for all. An unknown operation raises ValueError."""

    def __init__(self, operations: Collection[str], faults: FaultPlan, changed: Callable[[], None]) -> None:
        self._operations = operations
        self._changed = changed
        self._delays: dict[str, float] = {}
        self._said: dict[str, Said] = {}
        self._fuzz: dict[str, int] = {}
        self._fuzzed = 0
        self._scatter: Scatter | None = None
        self.faults: Final = faults
        self.drip_seconds = 1.0
        self.break_seconds = 0.02

    def delay(self, operation: str, seconds: float) -> None:
        """Answer `operation` so many real seconds later; the broker has acted before the wait."""
        self._delays[self._checked(operation)] = seconds

    def fault(
        self,
        operation: str,
        name: str,
        *,
        times: int | None = None,
        retry_after: int = 7,
        lands: bool | None = None,
    ) -> None:
        """Play the fault `name` for `operation`, so many times or until `clear`.

        `retry_after` is for the two 429 that name a wait, seconds. `lands` says whether the broker carries the
        request out although its answer is broken; by default only where the broker itself would have answered.
        Faults of connections (refused, dns, accept-stall, TLS) hit every operation.
        """
        self.faults.put(self._checked(operation), Fault(name, retry_after, lands), times)
        self._changed()

    def scatter(self, seed: int, *, share: float = 0.25, names: Sequence[str] = PROMPT_FAULTS) -> None:
        """Let a share of all requests meet one of these faults each, the same ones for the same seed."""
        self._scatter = Scatter(seed, share, names)

    def say(self, operation: str, answer: Answer, *, times: int | None = None, lands: bool = False) -> None:
        """Give `answer` to `operation` instead of the broker's own."""
        self._said[self._checked(operation)] = Said(answer, times, lands)

    def fuzz(self, operation: str, seed: int) -> None:
        """Answer with random changes of the good answer; the same seed gives the same row of answers."""
        self._fuzz[self._checked(operation)] = seed
        self._fuzzed = 0

    def clear(self) -> None:
        """No faults, set or scattered, no delays, other answers or random changes any more."""
        self.faults.clear()
        self._delays.clear()
        self._said.clear()
        self._fuzz.clear()
        self._scatter = None
        self._changed()

    def fault_of(self, operation: str) -> Fault | None:
        """The fault to play for a request that arrived: one that was set for it comes before a scattered one."""
        fault = self.faults.take(operation)
        return self._scatter.take(operation) if fault is None and self._scatter is not None else fault

    def delay_of(self, operation: str) -> float:
        """Seconds that an answer waits."""
        return self._delays.get(operation, self._delays.get(_EVERY, 0.0))

    def said(self, operation: str) -> Said | None:
        """What to say instead of the broker's own answer, counted down."""
        key = operation if operation in self._said else _EVERY
        said = self._said.get(key)
        if said is not None and said.times is not None:
            if said.times > 1:
                self._said[key] = replace(said, times=said.times - 1)
            else:
                del self._said[key]
        return said

    def fuzz_seed(self, operation: str) -> str | None:
        """The seed of the next answer, or None when it is to stay whole."""
        seed = self._fuzz.get(operation, self._fuzz.get(_EVERY))
        if seed is None:
            return None
        self._fuzzed += 1
        return f"{seed}/{operation}/{self._fuzzed}"

    def _checked(self, operation: str) -> str:
        if operation != _EVERY and operation not in self._operations:
            raise ValueError(f"no such operation: {operation}")
        return operation
