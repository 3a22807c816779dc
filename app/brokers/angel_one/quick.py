"""What is read of Angel One's large answers, for decoding them quickly (see `app.brokers.quick`)."""

from typing import Any

import msgspec

from app.brokers.quick import Form, Row


class PositionRow(Row, gc=False, kw_only=True):
    """A row of getPosition (section 4.3); every number comes as a text."""

    exchange: str = msgspec.field(name="exchange")
    product: str = msgspec.field(name="producttype")
    symbol: str | None = msgspec.field(name="tradingsymbol", default=None)
    token: Any = msgspec.field(name="symboltoken", default=None)
    quantity: Any = msgspec.field(name="netqty")
    bought_at: Any = msgspec.field(name="totalbuyavgprice", default=None)
    sold_at: Any = msgspec.field(name="totalsellavgprice", default=None)
    last_price: Any = msgspec.field(name="ltp", default=None)
    close_price: Any = msgspec.field(name="close", default=None)
    pnl: Any = msgspec.field(name="pnl", default=None)
    realised: Any = msgspec.field(name="realised", default=None)
    unrealised: Any = msgspec.field(name="unrealised", default=None)
    bought: Any = msgspec.field(name="buyqty", default=None)
    sold: Any = msgspec.field(name="sellqty", default=None)
    carried_bought: Any = msgspec.field(name="cfbuyqty", default=None)
    carried_sold: Any = msgspec.field(name="cfsellqty", default=None)


def positions() -> Form:
    """How the answers to getPosition are decoded."""
    return Form(PositionRow, under="data")
