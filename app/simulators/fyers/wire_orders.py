"""Orders and trades as rows of the wire (sheet section 4.7)."""

from decimal import Decimal
from uuid import NAMESPACE_OID, uuid5

from app.simulators.fyers.files import details
from app.simulators.fyers.symbols import Symbol
from app.simulators.fyers.tickets import KIND, kind_of
from app.simulators.fyers.wire import Row, noisy
from app.simulators.fyers.words import MARKET, PRODUCT_WORDS, STOP, TRANSIT, stamp, status_of
from app.simulators.order_states import BookOrder, Fill


def order(client_id: str, one: BookOrder, symbol: Symbol, number: int, market: tuple[Decimal, Decimal]) -> Row:
    """One row of `orderBook`; `market` is last price and previous close."""
    state, ticket = one.now, one.now.ticket
    status, kind = status_of(state), kind_of(ticket)
    exchange, segment = symbol.place
    return {
        "clientId": client_id,
        "id": one.order_id,
        "id_fyers": str(uuid5(NAMESPACE_OID, one.order_id)),
        "exchOrdId": None if status == TRANSIT else state.exchange_id,
        "exchange": exchange,
        "segment": segment,
        "symbol": symbol.ticker,
        "ex_sym": ticket.contract.name,
        "description": details(symbol),
        "fyToken": symbol.fy_token,
        "instrument": 0,
        "qty": ticket.quantity,
        "remainingQuantity": 0 if one.is_final else ticket.quantity - state.filled,
        "filledQty": state.filled,
        "disclosedQty": ticket.disclosed,
        "discloseQty": ticket.disclosed,
        "dqQtyRem": 0,
        "type": kind,
        "side": 1 if ticket.side == "BUY" else -1,
        "status": status,
        "limitPrice": 0 if kind in {MARKET, STOP} else float(ticket.price),
        "stopPrice": float(ticket.trigger),
        "tradedPrice": noisy(state.average),
        "takeProfit": 0,
        "stopLoss": 0,
        "productType": PRODUCT_WORDS[ticket.product],
        "orderValidity": ticket.validity,
        "source": "API",
        "orderDateTime": stamp(one.placed_at),
        "offlineOrder": ticket.variety == "amo",
        "message": state.message or state.raw or "",
        "orderTag": tag_of(ticket.tag),
        "orderNumStatus": f"{one.order_id}:{status}",
        **_quote(*market),
        "slNo": number,
        "pan": "XXXXX0000X",
    }


def tag_of(tag: str | None) -> str:
    """Read back with `1:` in front; untagged orders say so (section 10)."""
    return f"1:{tag}" if tag else "2:Untagged"


def _quote(last: Decimal, close: Decimal) -> Row:
    return {"lp": float(last), "ch": noisy(last - close), "chp": noisy((last - close) * 100 / close)}


def trade(client_id: str, one: BookOrder, fill: Fill, symbol: Symbol, number: int) -> Row:
    """One row of `tradeBook`."""
    ticket = one.now.ticket
    exchange, segment = symbol.place
    return {
        "clientId": client_id,
        "tradeNumber": fill.trade_id,
        "orderNumber": one.order_id,
        "exchangeOrderNo": one.now.exchange_id or "",
        "symbol": symbol.ticker,
        "fyToken": symbol.fy_token,
        "productType": PRODUCT_WORDS[ticket.product],
        "orderTag": tag_of(ticket.tag),
        "tradedQty": fill.quantity,
        "tradePrice": float(fill.price),
        "tradeValue": noisy(fill.price * fill.quantity * ticket.contract.units),
        "side": 1 if ticket.side == "BUY" else -1,
        "orderType": ticket.meta[KIND][KIND],
        "exchange": exchange,
        "segment": segment,
        "orderDateTime": stamp(fill.at),
        "row": number,
    }
