"""The order update socket (section 9.2): a login message, then alerts with camelCase keys and Title-case states."""

import json
from collections.abc import Iterable
from typing import ClassVar, Final

from app.simulators.dhan import names, wire, wire_orders
from app.simulators.dhan.broker import DemoBroker
from app.simulators.dhan.tokens import Dead
from app.simulators.feeds import Asked, Feed, Frame, HangUp, News, Seat
from app.simulators.listing import Contract

_LOGIN: Final = 42
_PRODUCTS: Final = {"CNC": "C", "MIS": "I", "NRML": "M", "MTF": "F"}
_TYPES: Final = {"LIMIT": "LMT", "MARKET": "MKT", "SL": "SL", "SL-M": "SLM"}


class DhanFeed(Feed):
    """A login message, no acknowledgement, no heartbeat."""

    path: ClassVar[str] = "api-order-update.dhan.co"

    def __init__(self, broker: DemoBroker) -> None:
        self._broker = broker

    def admit(self, _: Asked) -> Seat:
        """Everybody may connect."""
        return Seat()

    def heard(self, seat: Seat, said: str) -> Iterable[Frame]:
        """The login message, without an acknowledgement; a dead token is a reset (section 2.5)."""
        try:
            message = json.loads(said)
            login = message["LoginReq"]
            client, token, code = login["ClientId"], login["Token"], login["MsgCode"]
        except (ValueError, TypeError, KeyError):
            return ()
        try:
            ours = self._broker.desk.check(str(token)).user.client_id
        except Dead as dead:
            raise HangUp from dead
        if ours != client or code != _LOGIN or message.get("UserType") != "SELF":
            raise HangUp
        seat.client_id = ours
        return ()

    def frames(self, news: News, _: Seat) -> Iterable[Frame]:
        """One alert for every state that the book's word tells apart, and for every fill."""
        before = news.order.states[news.place - 1] if news.place else None
        word = wire_orders.status(news.state)
        same = before is not None and wire_orders.status(before) == word and before.ticket == news.state.ticket
        if same and news.fill is None:
            return
        data = self._alert(news, word)
        if self._broker.pascal_case:
            data = {name[0].upper() + name[1:]: value for name, value in data.items()}
        yield json.dumps({"Type": "order_alert", "Data": data}, separators=(",", ":"))

    def _alert(self, news: News, word: str) -> wire.Row:
        state, ticket = news.state, news.state.ticket
        rest = 0 if state.status in {"CANCELLED", "REJECTED"} else ticket.quantity - state.filled
        return {
            **_what(ticket.contract),
            "source": "P",
            "clientId": news.account.user.client_id,
            "exchOrderNo": wire_orders.exchange_id(state),
            "orderNo": news.order.order_id,
            "product": _PRODUCTS[ticket.product],
            "productName": names.on_wire(ticket.product),
            "txnType": ticket.side[0],
            "orderType": _TYPES[ticket.order_type],
            "validity": ticket.validity,
            "discQuantity": ticket.disclosed,
            "discQtyRem": min(ticket.disclosed, rest),
            "remainingQuantity": rest,
            "quantity": ticket.quantity,
            "tradedQty": state.filled,
            "price": float(ticket.price),
            "triggerPrice": float(ticket.trigger),
            "tradedPrice": float(news.fill.price) if news.fill else 0.0,
            "avgTradedPrice": float(state.average),
            "algoOrdNo": 0,
            "offMktFlag": "1" if ticket.variety == "amo" else "0",
            "orderDateTime": wire.stamp(news.order.placed_at),
            "exchOrderTime": wire.stamp(state.at) if state.exchange_id else wire.UNSET,
            "lastUpdatedTime": wire.stamp(state.at),
            "remarks": "",
            "mktType": "NL",
            "reasonDescription": wire_orders.reason(news.order, state) or "CONFIRMED",
            "legNo": 1,
            "status": word.title(),
            "goodTillDaysDate": wire.stamp(state.at)[:10],
            "refLtp": float(self._broker.prices.last(ticket.contract)),
            "algoId": "0",
            "correlationId": ticket.tag or "NA",
        }


def _what(contract: Contract) -> wire.Row:
    exchange, segment = names.master_segment(contract)
    return {
        "exchange": exchange,
        "segment": segment,
        "securityId": str(contract.token),
        "instrument": names.instrument(contract),
        "symbol": names.trading_symbol(contract),
        "displayName": names.display_name(contract),
        "isin": names.isin(contract),
        "series": names.series(contract),
        "lotSize": contract.lot,
        "strikePrice": float(contract.strike),
        "expiryDate": wire.NEVER if contract.expiry is None else contract.expiry.isoformat(),
        "optType": str(contract.sort) if contract.is_option else "XX",
        "tickSize": float(contract.tick),
        "multiplier": contract.units,
    }
