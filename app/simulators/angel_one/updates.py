"""The order event socket (section 9.2): AB00 first, then one frame a state, the order's row inside."""

import json
from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

from app.simulators.angel_one import wire_orders
from app.simulators.angel_one.broker import DemoBroker
from app.simulators.answers import Answer
from app.simulators.feeds import Asked, Feed, Frame, News, Refused, Seat
from app.simulators.order_states import State

_CODES: Final = {
    "OPEN": "AB01",
    "CANCELLED": "AB02",
    "REJECTED": "AB03",
    "MODIFIED": "AB04",
    "COMPLETE": "AB05",
    "AMO REQ RECEIVED": "AB06",
    "OPEN PENDING": "AB09",
    "TRIGGER PENDING": "AB10",
    "MODIFY VALIDATION PENDING": "AB11",
    "MODIFY PENDING": "AB11",
}
_CANCELLED_BEFORE: Final = "AB07"
_MODIFIED_BEFORE: Final = "AB08"
_STALE: Final = frozenset({"AB04", "AB11"})
"""These carry the values from before the change."""
_NOT_TOLD: Final = frozenset({"uniqueorderid", "exchangeorderid"})
_TEXTS: Final = {
    "AB06": "after market order req received",
    "AB08": "modify after market order req received",
}


class AngelOneFeed(Feed):
    """the token in a header, `ping` and `pong` as texts."""

    path: ClassVar[str] = "tns.angelone.in/smart-order-update"
    most: ClassVar[int | None] = 3

    def __init__(self, broker: DemoBroker) -> None:
        self._broker = broker

    def admit(self, asked: Asked) -> Seat:
        """401 for what is no token of ours, 403 for one that has died (section 2.2)."""
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        login, alive = self._broker.desk.whose(token)
        if login is None:
            raise _refused(401, "Invalid Authorization")
        if not alive:
            raise _refused(403, "Expired Authorization")
        return Seat(login.user.client_id, login.user.client_id)

    def too_many(self) -> Answer:
        """429."""
        return _refused(429, "Too many connections").answer

    def greeting(self, seat: Seat) -> Iterable[Frame]:
        """The first frame."""
        yield _frame(seat.client_id, "AB00", {})

    def heard(self, _: Seat, said: str) -> Iterable[Frame]:
        """A ping."""
        return ["pong"] if said == "ping" else ()

    def frames(self, news: News, _: Seat) -> Iterable[Frame]:
        """One frame for each state that has a code."""
        code = _code(news)
        if code is None:
            return
        shown = _before_the_change(news) if code in _STALE else news.state
        row = wire_orders.order(news.order, None, short=self._broker.short_products, state=shown)
        row = {name: value for name, value in row.items() if name not in _NOT_TOLD}
        text = _TEXTS.get(code) or wire_orders.status(news.order, news.state)
        yield _frame(news.account.user.client_id, code, row | {"status": text, "orderstatus": text})


def _code(news: News) -> str | None:
    """The code of section 5; None for a state that is not told."""
    state = news.state
    code = _CODES.get(state.status)
    if code == "AB06" and news.place > 0:
        return _MODIFIED_BEFORE
    if code == "AB02" and wire_orders.status(news.order, state) == "cancelled after market order":
        return _CANCELLED_BEFORE
    return code


def _before_the_change(news: News) -> State:
    earlier = reversed(news.order.states[: news.place])
    return next((state for state in earlier if not state.status.startswith("MODIF")), news.state)


def _frame(client_id: str, code: str, row: Mapping[str, object]) -> str:
    frame = {"user-id": client_id, "status-code": "200", "order-status": code, "error-message": "", "orderData": row}
    return json.dumps(frame, separators=(",", ":"))


def _refused(status: int, why: str) -> Refused:
    return Refused(Answer(b"", status, None, {"x-error-message": why}))
