"""What is read of Fyers' large answers, for decoding them quickly (see `app.brokers.quick`)."""

from typing import Any, Final

import msgspec

from app.brokers.quick import Form, Row

POSITIONS: Final = "netPositions"


class PositionRow(Row, gc=False, kw_only=True):
    """A row of GET /positions (section 4.4)."""

    ticker: str = msgspec.field(name="symbol")
    segment: Any = msgspec.field(name="segment")
    product: str = msgspec.field(name="productType")
    quantity: Any = msgspec.field(name="netQty")
    average: Any = msgspec.field(name="netAvg")
    pnl: Any = msgspec.field(name="pl")
    realised: Any = msgspec.field(name="realized_profit")
    unrealised: Any = msgspec.field(name="unrealized_profit")
    last_price: Any = msgspec.field(name="ltp", default=None)
    multiplier: Any = msgspec.field(name="qtyMulti_com", default=None)


def positions() -> Form:
    """How the answers to GET /positions are decoded."""
    return Form(PositionRow, under=POSITIONS)
