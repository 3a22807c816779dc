"""What an exit says, before it and after it: a sentence a line. Pure."""

from collections.abc import Iterable

from app.domain import Exchange, Order, OrderRequest, OrderSide, OrderType, Product, TradingError
from app.domain.instruments import plain
from app.domain.intents import Record
from app.domain.tongue import tr


def said(error: TradingError) -> str:
    """An error in a line; `detail` is the broker's own text."""
    return tr("{title}: {detail}", title=error.title, detail=error.detail) if error.detail else error.title


def why_refused(record: Record) -> str:
    """Why an order was not taken, in the words that the journal keeps."""
    return record.steps[-1].detail if record.steps else ""


def order_line(order: OrderRequest) -> str:
    """An order that would be sent: "Sell 75 NIFTY 30DEC25 26000 CE (NFO, NRML) at market"."""
    return tr(
        "{side} {quantity} {symbol} ({exchange}, {product}) {terms}",
        side=side_word(order.side),
        quantity=order.quantity,
        symbol=order.symbol,
        exchange=order.exchange,
        product=order.product,
        terms=_terms(order),
    )


def side_word(side: OrderSide) -> str:
    """The side in a word."""
    return tr("Buy") if side is OrderSide.BUY else tr("Sell")


def _terms(order: OrderRequest) -> str:
    if order.order_type is OrderType.MARKET:
        return tr("at market")
    price = plain(order.price) if order.price is not None else ""
    return tr("at {price} or better", price=price)


def cancel_line(order: Order) -> str:
    """An order that would be cancelled."""
    return tr(
        "Cancel first: {side} {remaining} {symbol} ({product}), order {order_id}",
        side=side_word(order.side).lower(),
        remaining=order.remaining,
        symbol=order.symbol,
        product=order.product,
        order_id=order.order_id,
    )


def not_done_line(symbol: str, product: Product, why: str) -> str:
    """A position that nothing is done about."""
    return tr("{symbol} ({product}) stays as it is: {why}", symbol=symbol, product=product, why=why)


def of_account(title: str, line: str) -> str:
    """`line` with the account that it is about."""
    return tr("{title}: {line}", title=title, line=line)


def unread_line(error: TradingError) -> str:
    """An account whose positions nobody knows."""
    return tr("positions and orders could not be read, so nothing is known of them: {why}", why=said(error))


def is_closed(exchange: Exchange) -> str:
    """Outside the hours."""
    return tr("{exchange} is closed now", exchange=exchange)


def under_way() -> str:
    """Another exit has it already."""
    return tr("its exit is under way")


def together(sentences: Iterable[str]) -> str:
    """Several reasons in one text, each once."""
    return "; ".join(dict.fromkeys(filter(None, sentences)))
