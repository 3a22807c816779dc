"""What an exit says, before it and after it: a sentence a line. Pure."""

from collections.abc import Iterable

from app.domain import Exchange, Order, OrderRequest, Product, TradingError
from app.domain.tongue import tr
from app.services.order_request_words import deed_words, terms, units


def said(error: TradingError) -> str:
    """An error in a line; `detail` is the broker's own text."""
    return tr("{title}: {detail}", title=error.title, detail=error.detail) if error.detail else error.title


def order_line(order: OrderRequest) -> str:
    """An order that would be sent: "Sell 75 NIFTY 30DEC25 26000 CE on NFO (NRML) at the market price"."""
    return tr(
        "{deed} on {exchange} ({product}) {terms}",
        deed=deed_words(order),
        exchange=order.exchange,
        product=order.product,
        terms=terms(order),
    )


def cancel_line(order: Order) -> str:
    """An order that would be cancelled."""
    return tr("Cancel first: {rest}, order {order_id}", rest=resting(order), order_id=order.order_id)


def resting(order: Order) -> str:
    """What is left of an order: "Sell 75 NIFTY 30DEC25 26000 CE (NRML) at ₹437.50 or more, 75 open"."""
    return tr(
        "{deed} ({product}) {terms}, {left} open",
        deed=deed_words(order),
        product=order.product,
        terms=terms(order),
        left=units(order.remaining),
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


def unguarded(why: str, count: int) -> str:
    """`why` a position is left, and that orders which may have guarded it are gone."""
    gone = tr("its resting orders ({count}) were cancelled, so nothing may guard it any more", count=count)
    return together((why, gone))


def together(sentences: Iterable[str]) -> str:
    """Several reasons in one text, each once."""
    return "; ".join(dict.fromkeys(filter(None, sentences)))
