"""What an instrument can take of an order, wherever it is placed: steps of its price, whole lots, one order's size."""

from app.brokers.slices import largest_of
from app.domain import (
    AlreadyFinal,
    Instrument,
    InvalidRequest,
    Order,
    OrderChange,
    OrderRequest,
    OrderSide,
    OrderType,
    Product,
    Unsupported,
)
from app.domain.tongue import tr


def check_ticks(order: OrderRequest | OrderChange, instrument: Instrument) -> None:
    """Raise `InvalidRequest` for a price between two steps of the instrument's price."""
    for name, price in (("price", order.price), ("trigger_price", order.trigger_price)):
        if price is not None and instrument.tick_size > 0 and price % instrument.tick_size:
            raise InvalidRequest(f"{name}: {instrument.symbol} moves in steps of {instrument.tick_size:f}", field=name)


def check_lots(quantity: int, lot: int, instrument: Instrument) -> None:
    """Raise `InvalidRequest` for a part of a lot."""
    if lot > 1 and quantity % lot:
        raise InvalidRequest(f"quantity: {instrument.symbol} trades in multiples of {lot}", field="quantity")


def check_stop(order: OrderRequest | OrderChange, side: OrderSide) -> None:
    """Raise `InvalidRequest` for a stop-limit order that could not trade where its trigger is hit."""
    price, trigger = order.price, order.trigger_price
    if order.order_type is not OrderType.SL or price is None or trigger is None:
        return
    if price < trigger if side is OrderSide.BUY else price > trigger:
        word = "below" if side is OrderSide.BUY else "above"
        raise InvalidRequest(f"price: {word} the trigger price, so that it may never be filled", field="price")


def check_change(order: Order, change: OrderChange, instrument: Instrument) -> None:
    """Raise for what a resting order cannot become: `AlreadyFinal`, or `InvalidRequest` with its field."""
    check_alive(order)
    if change.quantity <= order.filled_quantity:
        raise InvalidRequest(f"quantity: {order.filled_quantity} of it are filled already", field="quantity")
    largest = largest_of(instrument)
    if largest is not None and change.quantity > largest:
        raise InvalidRequest(f"quantity: one order takes at most {largest}", field="quantity")
    check_ticks(change, instrument)
    check_stop(change, order.side)


def check_alive(order: Order) -> None:
    """Raise `AlreadyFinal` for an order of which the broker said that nothing more will happen to it."""
    if order.status is not None and order.status.is_final:
        raise AlreadyFinal(f"it is {order.status}")


def check_open(order: Order) -> None:
    """Raise for an order that nobody can change or cancel any more, or that is no ordinary one."""
    check_alive(order)
    if order.product in (Product.CO, Product.BO):  # their legs hang together: one of them alone is not ours to touch
        raise Unsupported(tr("Kunji only shows cover and bracket orders"), field="product")
