"""Orders and trades as rows of the wire (sections 4.7, 4.8 and 5)."""

from typing import Final

from app.simulators.books import Account
from app.simulators.dhan import names, wire
from app.simulators.order_states import BookOrder, Fill, State

_WORDS: Final = {
    "PUT ORDER REQ RECEIVED": "TRANSIT",
    "VALIDATION PENDING": "TRANSIT",
    "OPEN PENDING": "TRANSIT",
    "OPEN": "PENDING",
    "TRIGGER PENDING": "PENDING",
    "AMO REQ RECEIVED": "PENDING",
    "MODIFY VALIDATION PENDING": "PENDING",
    "MODIFY PENDING": "PENDING",
    "MODIFIED": "PENDING",
    "CANCEL PENDING": "PENDING",
    "COMPLETE": "TRADED",
}
"""The states of the books in the broker's words; any other word stands as it is."""
_END_OF_DAY: Final = "Order cancelled at the end of its validity."


def status(state: State) -> str:
    """The word of the wire (section 5)."""
    if state.status == "CANCELLED" and state.message == _END_OF_DAY and state.ticket.validity == "DAY":
        return "EXPIRED"
    word = _WORDS.get(state.status, state.status)
    return "PART_TRADED" if word == "PENDING" and state.filled else word


def order(account: Account, one: BookOrder) -> wire.Row:
    """One row of GET /orders."""
    state, ticket = one.now, one.now.ticket
    final = state.status in {"CANCELLED", "REJECTED"}
    millis = int(one.placed_at.timestamp() * 1000)
    return {
        "dhanClientId": account.user.client_id,
        "orderId": one.order_id,
        "exchangeOrderId": exchange_id(state),
        # a generated tag where none was sent (section 4.7)
        "correlationId": ticket.tag or f"{account.user.client_id}-{millis}",
        "orderStatus": status(state),
        "transactionType": ticket.side,
        **wire.what(ticket.contract),
        "productType": names.on_wire(ticket.product),
        "orderType": names.on_wire(ticket.order_type),
        "validity": ticket.validity,
        "quantity": ticket.quantity,
        "disclosedQuantity": ticket.disclosed,
        "price": float(ticket.price),
        "triggerPrice": float(ticket.trigger),
        "afterMarketOrder": ticket.variety == "amo",
        "boProfitValue": 0.0,
        "boStopLossValue": 0.0,
        "legName": "NA",
        "createTime": wire.stamp(one.placed_at),
        "updateTime": wire.stamp(state.at),
        "exchangeTime": wire.UNSET if exchange_id(state) == "0" else wire.stamp(state.at),
        "omsErrorCode": "0",
        "omsErrorDescription": reason(one, state),
        "algoId": "0",
        # 0 on a cancelled order, whatever was left (section 4.7)
        "remainingQuantity": 0 if final else ticket.quantity - state.filled,
        "averageTradedPrice": float(state.average),
        "filledQty": state.filled,
    }


def trade(account: Account, one: BookOrder, fill: Fill) -> wire.Row:
    """One row of GET /trades; no correlationId (section 4.8)."""
    ticket = one.now.ticket
    return {
        "dhanClientId": account.user.client_id,
        "orderId": one.order_id,
        "exchangeOrderId": one.now.exchange_id or "0",
        "exchangeTradeId": fill.trade_id,
        "transactionType": ticket.side,
        **wire.what(ticket.contract),
        "productType": names.on_wire(ticket.product),
        "orderType": names.on_wire(ticket.order_type),
        "customSymbol": None,
        "tradedQuantity": fill.quantity,
        "tradedPrice": float(fill.price),
        "createTime": wire.stamp(one.placed_at),
        "updateTime": wire.stamp(fill.at),
        "exchangeTime": wire.stamp(fill.at),
    }


def exchange_id(state: State) -> str:
    """0 until the exchange has the order; an after-market order stays here (section 4.7)."""
    return "0" if state.status == "AMO REQ RECEIVED" else state.exchange_id or "0"


def reason(one: BookOrder, state: State) -> str:
    """Why an order was refused, with the order's own number after RMS:; CONFIRMED on a healthy one."""
    raw = state.raw or ""
    if state.status == "REJECTED":
        return raw.replace("RMS:", f"RMS:{one.order_id}:", 1)
    if state.exchange_id is None:
        return ""
    return raw or "CONFIRMED"
