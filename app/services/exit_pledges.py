"""What exits that go on are still to send: no limit has counted it yet, and its room is taken all the same.

Else two exits, each of which fits alone, would end one another in the middle.
"""

from typing import Final

from app.domain.calls import LimitUse
from app.domain.order_life import Fate
from app.domain.records import dataclass
from app.services.exit_ports import ExitAccount
from app.services.order_accounts import Sender

_NOT_COUNTED: Final = (Fate.WRITTEN, Fate.SENDING)


@dataclass(frozen=True, slots=True)
class _Pledge:
    """`requests` of one exit in one account, and whose limits they count in."""

    requests: int
    counted_for: frozenset[str]


class Pledges:
    """Of all exits that go on, by plan and account."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._made: dict[tuple[str, str], _Pledge] = {}

    def make(self, group: str, one: ExitAccount, requests: int) -> None:
        """The exit of the plan `group` is going to send so many for that account."""
        counted_for = frozenset(use.counted_for for use in one.order_limits) - {""}
        self._made[group, one.user_id] = _Pledge(requests, counted_for)

    def drop(self, group: str) -> None:
        """It has ended."""
        self._made = {key: made for key, made in self._made.items() if key[0] != group}

    def ahead(self, user_id: str, use: LimitUse) -> int:
        """How many are still to be sent that will count in this limit of that account."""
        return sum(
            max(0, made.requests - self._sent(group, whose))
            for (group, whose), made in self._made.items()
            if whose == user_id or use.counted_for in made.counted_for
        )

    def _sent(self, group: str, user_id: str) -> int:
        """So many of them a limit has counted, or never will."""
        ours = (one for one in self._sender.records if (one.intent.group, one.intent.user_id) == (group, user_id))
        return sum(record.fate not in _NOT_COUNTED for record in ours)
