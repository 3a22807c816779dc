"""Orders and trades as rows of the wire (sheet sections 4 and 13)."""

from app.simulators.books import Account
from app.simulators.order_states import BookOrder, Fill, State
from app.simulators.zerodha.wire import Row, noisy, stamp, what


def order(account: Account, one: BookOrder, state: State | None = None) -> Row:
    """One row of GET /orders, or how it stood in an earlier state."""
    state = state or one.now
    return {
        "account_id": account.user.client_id,
        "placed_by": account.user.client_id,
        **history(one, state),
        "parent_order_id": state.ticket.parent,
        "status_message_raw": state.raw,
        "modified": one.modifications > 0,
        "market_protection": 0,
        "meta": state.ticket.meta,
        "tag": state.ticket.tag,
        "tags": [tag for tag in (state.ticket.tag, *state.ticket.tags) if tag],
        "guid": None,
    }


def history(one: BookOrder, state: State) -> Row:
    """One row of GET /orders/:id: fewer keys than the book's (sheet section 4)."""
    ticket = state.ticket
    reached = stamp(state.at) if state.exchange_id else None
    return {
        "order_id": one.order_id,
        "exchange_order_id": state.exchange_id,
        "status": state.status,
        "status_message": state.message,
        "order_timestamp": stamp(one.placed_at if state is one.states[0] else state.at),
        "exchange_update_timestamp": reached,
        "exchange_timestamp": reached,
        "variety": ticket.variety,
        **what(ticket.contract),
        "order_type": ticket.order_type,
        "transaction_type": ticket.side,
        "validity": ticket.validity,
        "validity_ttl": ticket.ttl,
        "product": ticket.product,
        "quantity": ticket.quantity,
        "disclosed_quantity": ticket.disclosed,
        "price": float(ticket.price),
        "trigger_price": float(ticket.trigger),
        "average_price": noisy(state.average),
        "filled_quantity": state.filled,
        # a cancelled row keeps its rest as pending (sheet section 5)
        "pending_quantity": 0 if state.status == "REJECTED" else ticket.quantity - state.filled,
        "cancelled_quantity": state.cancelled,
    }


def trade(one: BookOrder, fill: Fill) -> Row:
    """One row of GET /trades; its order_timestamp is the time alone (sheet section 13)."""
    ticket = one.now.ticket
    return {
        "trade_id": fill.trade_id,
        "order_id": one.order_id,
        **what(ticket.contract),
        "product": ticket.product,
        "average_price": float(fill.price),
        "quantity": fill.quantity,
        "exchange_order_id": one.now.exchange_id,
        "transaction_type": ticket.side,
        "fill_timestamp": stamp(fill.at),
        "order_timestamp": stamp(one.placed_at)[11:],
        "exchange_timestamp": stamp(fill.at),
    }
