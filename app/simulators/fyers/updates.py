"""The order socket (section 9.2): subscriptions by kind, raw keys, fields that are zero left out."""

import json
from collections.abc import Iterable
from typing import ClassVar, Final
from uuid import NAMESPACE_OID, uuid5

from app.simulators.answers import Answer
from app.simulators.feeds import Asked, Feed, Frame, News, Refused, Seat
from app.simulators.fyers import wire_orders
from app.simulators.fyers.broker import DemoBroker
from app.simulators.fyers.files import details
from app.simulators.fyers.tickets import kind_of
from app.simulators.fyers.wire import Row, noisy
from app.simulators.fyers.words import MARKET, PRODUCT_WORDS, STOP, stamp, status_of
from app.simulators.order_states import FINAL, Fill

_KINDS: Final = frozenset({"orders", "trades", "positions", "edis", "pricealerts", "login"})
_RAW: Final = {4: 20, 6: 23, 2: 90, 1: 91, 5: 92}
"""One of the raw numbers that stand for each status (section 5)."""
_BARE: Final = Answer(b"", 403, None)
_KEPT: Final = frozenset({"ord_status", "org_ord_status", "s"})


class FyersFeed(Feed):
    """Kinds of news that a client subscribes to."""

    path: ClassVar[str] = "socket.fyers.in/trade/v3"

    def __init__(self, broker: DemoBroker) -> None:
        self._broker = broker

    def admit(self, asked: Asked) -> Seat:
        """403 without a body for a dead token or a wrong pair (section 14)."""
        given = asked.headers.get("authorization", "")
        app = self._broker.desk.claimed(given)
        if app is None or not self._broker.desk.is_live(app, given.partition(":")[2]):
            raise Refused(_BARE)
        return Seat(app.user.client_id, app.app_id)

    def heard(self, seat: Seat, said: str) -> Iterable[Frame]:
        """`ping`, or a subscription and its acknowledgement."""
        if said == "ping":
            return ["pong"]
        try:
            message = json.loads(said)
            kinds = {kind for kind in message["SLIST"] if kind in _KINDS}
            wanted = message["T"] == "SUB_ORD" and message["SUB_T"]
        except (ValueError, TypeError, KeyError):
            return ()
        if wanted not in {1, -1} or not kinds:
            return ()
        (seat.wants.update if wanted == 1 else seat.wants.difference_update)(kinds)
        word = "subscribed" if wanted == 1 else "unsubscribed"
        return [json.dumps({"code": 1605, "message": f"Successfully {word}", "s": "ok"})]

    def frames(self, news: News, seat: Seat) -> Iterable[Frame]:
        """The order; the trade that changed it, and the position that the trade changed."""
        if "orders" in seat.wants and _is_new(news):
            yield _event("orders", self._order(news))
        if news.fill is None:
            return
        if "trades" in seat.wants:
            yield _event("trades", self._trade(news, news.fill))
        if "positions" in seat.wants:
            yield _event("positions", self._position(news))

    def _order(self, news: News) -> Row:
        state, ticket, order = news.state, news.state.ticket, news.order
        symbol = self._broker.symbols.of(ticket.contract)
        status, kind = status_of(state), kind_of(ticket)
        exchange, segment = symbol.place
        return {
            "id": order.order_id,
            "client_id": news.account.user.client_id,
            "id_fyers": str(uuid5(NAMESPACE_OID, order.order_id)),
            "id_exchange": state.exchange_id or "",
            "id_parent": "",
            "qty": ticket.quantity,
            "qty_remaining": 0 if state.status in FINAL else ticket.quantity - state.filled,
            "qty_filled": state.filled,
            "price_limit": 0 if kind in {MARKET, STOP} else float(ticket.price),
            "price_stop": float(ticket.trigger),
            "price_traded": noisy(state.average),
            "ord_type": kind,
            "tran_side": 1 if ticket.side == "BUY" else -1,
            "ord_status": _RAW.get(status, status),
            "org_ord_status": status,
            "oms_msg": state.message or state.raw or "",
            "status_msg": state.status.title(),
            "report_type": "Fill" if news.fill else "New",
            "time_oms": stamp(state.at),
            "time_epoch_oms": int(state.at.timestamp()),
            "time_exch": stamp(state.at) if state.exchange_id else "NA",
            "validity": ticket.validity,
            "product_type": PRODUCT_WORDS[ticket.product],
            "ord_source": "API",
            "ordertag": wire_orders.tag_of(ticket.tag),
            "symbol": symbol.ticker,
            "symbol_exch": ticket.contract.name,
            "symbol_desc": details(symbol),
            "fy_token": symbol.fy_token,
            "exchange": exchange,
            "segment": segment,
            "offline_flag": ticket.variety == "amo",
            "tick_size": float(ticket.contract.tick),
            "lot_size": ticket.contract.lot,
            "pan": "XXXXX0000X",
        }

    def _trade(self, news: News, fill: Fill) -> Row:
        ticket = news.state.ticket
        symbol = self._broker.symbols.of(ticket.contract)
        return {
            "id": news.order.order_id,
            "id_fill": f"{news.order.order_id}-{fill.trade_id}",
            "client_id": news.account.user.client_id,
            "id_exchange": news.state.exchange_id or "",
            "symbol": symbol.ticker,
            "fy_token": symbol.fy_token,
            "product_type": PRODUCT_WORDS[ticket.product],
            "ordertag": wire_orders.tag_of(ticket.tag),
            "ord_type": kind_of(ticket),
            "tran_side": 1 if ticket.side == "BUY" else -1,
            "qty_traded": fill.quantity,
            "price_traded": float(fill.price),
            "traded_val": noisy(fill.price * fill.quantity * ticket.contract.units),
            "fill_time": stamp(fill.at),
        }

    def _position(self, news: News) -> Row:
        ticket = news.state.ticket
        leg = news.account.ledger.leg(ticket.contract, ticket.product)
        symbol, product = self._broker.symbols.of(ticket.contract), PRODUCT_WORDS[ticket.product]
        last = self._broker.prices.last(ticket.contract)
        return {
            "id": f"{symbol.ticker}-{product}",
            "symbol": symbol.ticker,
            "fy_token": symbol.fy_token,
            "product_type": product,
            "net_qty": leg.quantity,
            "qty": abs(leg.quantity),
            "tran_side": (leg.quantity > 0) - (leg.quantity < 0),
            "net_avg": noisy(leg.average),
            "buy_qty": leg.buys,
            "buy_val": noisy(leg.buy_value),
            "buy_avg": noisy(leg.buy_value / leg.buys / ticket.contract.units) if leg.buys else 0,
            "sell_qty": leg.sells,
            "sell_val": noisy(leg.sell_value),
            "sell_avg": noisy(leg.sell_value / leg.sells / ticket.contract.units) if leg.sells else 0,
            "pl_realized": noisy(leg.pnl(last) - leg.open_pnl(last)),
            "pl_unrealized": noisy(leg.open_pnl(last)),
            "pl_total": noisy(leg.pnl(last)),
        }


def _is_new(news: News) -> bool:
    """Whether the order's number, its values or its fill changed: transit has no steps of its own here."""
    before, state = news.order.states[news.place - 1] if news.place else None, news.state
    same = before is not None and status_of(before) == status_of(state) and before.ticket == state.ticket
    return news.fill is not None or not same


def _event(kind: str, row: Row) -> str:
    """Fields that are zero or empty may be missing, and are (section 14)."""
    told = {name: value for name, value in row.items() if value or name in _KEPT}
    return json.dumps({kind: told, "s": "ok"}, separators=(",", ":"))
