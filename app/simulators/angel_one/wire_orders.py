"""Orders and trades as rows of the wire (sections 4.1, 4.2 and 5): prices are floats, quantities texts."""

from typing import Final
from uuid import NAMESPACE_OID, uuid5

from app.domain import IST
from app.simulators.angel_one import names, wire
from app.simulators.listing import Contract
from app.simulators.order_states import BookOrder, Fill, State, Ticket

AFTER_MARKET: Final = "AMO"
_WAITING: Final = "AMO REQ RECEIVED"
_TYPES: Final = {"LIMIT": "LIMIT", "MARKET": "MARKET", "SL": "STOPLOSS_LIMIT", "SL-M": "STOPLOSS_MARKET"}
STOP_AT_MARKET: Final = "stop at market"
"""How a ticket remembers its type, which the books change when its trigger is hit."""


def unique_id(one: BookOrder) -> str:
    """The key of the one-order call, made by the server."""
    return str(uuid5(NAMESPACE_OID, one.order_id))


def order_type(ticket: Ticket) -> str:
    """As sent, whatever the books made of it."""
    if STOP_AT_MARKET in ticket.meta:
        return "STOPLOSS_MARKET"
    stopped = ticket.order_type == "LIMIT" and ticket.trigger > 0
    return _TYPES["SL" if stopped else ticket.order_type]


def status(one: BookOrder, state: State | None = None) -> str:
    """The text of section 5; any word that is not one of the books' stands as it is."""
    word = (state or one.now).status
    if word == _WAITING:
        return "modify after market order req received" if one.modifications else "open"
    if word == "CANCELLED" and one.now.ticket.variety == AFTER_MARKET.lower() and not _went(one):
        return "cancelled after market order"
    return word.lower() if word.isupper() else word


def _went(one: BookOrder) -> bool:
    return any(state.status == "OPEN PENDING" for state in one.states)


def what(contract: Contract) -> wire.Row:
    """How orders and trades describe their instrument."""
    return {
        "instrumenttype": names.kind(contract),
        "optiontype": str(contract.sort) if contract.is_option else "",
        "expirydate": names.expiry(contract.expiry),
    }


def order(one: BookOrder, spoken: tuple[str, str] | None, *, short: bool, state: State | None = None) -> wire.Row:
    """One row of getOrderBook, and the answer of the one-order call; `spoken` replaces its two status fields.

    `state` shows the order as it stood before.
    """
    state = state or one.now
    ticket = state.ticket
    contract, word = ticket.contract, status(one, state)
    at_market = order_type(ticket).endswith("MARKET")
    said, said_again = spoken or (word, word)
    exchange_id = _exchange_id(state)
    stamp = names.stamp(state.at) if exchange_id else ""
    return {
        "variety": AFTER_MARKET if ticket.variety == "amo" else ticket.variety,
        "ordertype": order_type(ticket),
        "producttype": names.product(ticket.product, short=short),
        "duration": ticket.validity,
        "price": 0.0 if at_market else float(ticket.price),
        "triggerprice": float(ticket.trigger),
        "quantity": _units(contract, ticket.quantity),
        "disclosedquantity": _units(contract, ticket.disclosed),
        "squareoff": 0.0,
        "stoploss": 0.0,
        "trailingstoploss": 0.0,
        "tradingsymbol": names.symbol(contract),
        "transactiontype": ticket.side,
        "exchange": contract.exchange,
        "symboltoken": names.token(contract),
        "strikeprice": float(names.strike(contract)),
        **what(contract),
        "lotsize": str(names.lot(contract)),
        "cancelsize": _units(contract, state.cancelled),
        "averageprice": float(state.average),
        "filledshares": _units(contract, state.filled),
        "unfilledshares": _units(contract, ticket.quantity - state.filled - state.cancelled),
        "orderid": one.order_id,
        "text": state.raw or state.message or "",
        "status": said,
        "orderstatus": said_again,
        "updatetime": names.stamp(state.at),
        "exchtime": stamp,
        "exchorderupdatetime": stamp,
        **_last_fill(one),
        "parentorderid": "",
        "ordertag": ticket.tag or "",
        "uniqueorderid": unique_id(one),
        "exchangeorderid": exchange_id,
        "algoID": "99999",
    }


def _units(contract: Contract, quantity: int) -> str:
    return str(quantity * contract.units)


def _exchange_id(state: State) -> str:
    """Empty until the exchange has the order."""
    return "" if state.status == _WAITING else state.exchange_id or ""


def _last_fill(one: BookOrder) -> wire.Row:
    if not one.fills:
        return {"fillid": "", "filltime": ""}
    return {"fillid": one.fills[-1].trade_id, "filltime": names.stamp(one.fills[-1].at)}


def trade(one: BookOrder, fill: Fill, *, short: bool) -> wire.Row:
    """One row of getTradeBook: all texts; no symboltoken, no ordertag, a time without its day."""
    ticket = one.now.ticket
    contract = ticket.contract
    return {
        "exchange": contract.exchange,
        "producttype": names.product(ticket.product, short=short),
        "tradingsymbol": names.symbol(contract),
        **what(contract),
        "symbolgroup": names.series(contract) or "XX",
        "strikeprice": f"{names.strike(contract)}",
        "marketlot": str(names.lot(contract)),
        "precision": "2",
        "multiplier": wire.multiplier(contract),
        "tradevalue": wire.two(fill.price * fill.quantity * contract.units),
        "transactiontype": ticket.side,
        "fillprice": f"{fill.price}",
        "fillsize": _units(contract, fill.quantity),
        "orderid": one.order_id,
        "fillid": fill.trade_id,
        "filltime": f"{fill.at.astimezone(IST):%H:%M:%S}",
    }
