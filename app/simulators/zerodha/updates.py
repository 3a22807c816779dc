"""Order news on the ticker's socket: text messages of type "order" (sheet section 9)."""

import json
from collections.abc import Iterable
from typing import ClassVar, Final

from app.simulators.feeds import Asked, Feed, Frame, News, Refused, Seat
from app.simulators.zerodha import wire_orders
from app.simulators.zerodha.answers import refused
from app.simulators.zerodha.broker import DemoBroker
from app.simulators.zerodha.errors import Refusal, Refusals

_PLANS: Final = frozenset({"connect"})
_TOLD: Final = frozenset(
    {"AMO REQ RECEIVED", "TRIGGER PENDING", "OPEN", "MODIFIED", "COMPLETE", "CANCELLED", "REJECTED"}
)
"""Delivery is per change, not of every interim state."""


class ZerodhaFeed(Feed):
    """key and token in the address, no subscription, a byte every couple of seconds of silence."""

    path: ClassVar[str] = "ws.kite.trade"
    most: ClassVar[int | None] = 3
    heartbeat: ClassVar[tuple[float, Frame] | None] = (2.0, b"\x00")

    def __init__(self, broker: DemoBroker) -> None:
        self._broker = broker

    def admit(self, asked: Asked) -> Seat:
        """403 for a dead token and for a plan without the stream alike."""
        key, token = asked.query.get("api_key", ""), asked.query.get("access_token", "")
        try:
            app = self._broker.desk.check_pair(key, token)
            if app.plan not in _PLANS:
                raise Refusals.not_subscribed()
        except Refusal as refusal:
            raise Refused(refused(refusal)) from refusal
        return Seat(app.user.client_id, key)

    def frames(self, news: News, _: Seat) -> Iterable[Frame]:
        """One message a change; a fill of a part and a modification are an UPDATE (section 5)."""
        state = news.state
        if state.status not in _TOLD:
            return
        changed = state.status == "MODIFIED" or (news.fill is not None and state.status == "OPEN")
        row = wire_orders.order(news.account, news.order, state)
        data = row | {
            "status": "UPDATE" if changed else state.status,
            "user_id": news.account.user.client_id,
            "app_id": 1,
            "unfilled_quantity": state.ticket.quantity - state.filled,
            "checksum": "",
        }
        yield json.dumps({"type": "order", "data": data}, separators=(",", ":"))
