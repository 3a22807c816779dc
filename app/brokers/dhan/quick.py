"""What is read of Dhan's large answers, for decoding them quickly (see `app.brokers.quick`)."""

from typing import Any

import msgspec

from app.brokers.dhan.errors import TELLTALES
from app.brokers.quick import Form, Row


class PositionRow(Row, gc=False, kw_only=True):
    """A row of GET /positions (section 4.5)."""

    number: str = msgspec.field(name="securityId")
    symbol: str | None = msgspec.field(name="tradingSymbol")
    segment: str = msgspec.field(name="exchangeSegment")
    product: str = msgspec.field(name="productType")
    quantity: Any = msgspec.field(name="netQty")
    average: Any = msgspec.field(name="costPrice")
    realised: Any = msgspec.field(name="realizedProfit")
    unrealised: Any = msgspec.field(name="unrealizedProfit")
    factor: Any = msgspec.field(name="multiplier", default=None)
    crossed: bool | None = msgspec.field(name="crossCurrency", default=None)


def positions() -> Form:
    """How the answers to GET /positions are decoded."""
    return Form(PositionRow, never=TELLTALES)
