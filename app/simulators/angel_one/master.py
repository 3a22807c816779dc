"""The instrument master (section 8): one JSON array without order, and the contracts behind it."""

import random
from datetime import date
from decimal import Decimal
from typing import Final

from app.simulators.angel_one import names
from app.simulators.angel_one.padding import Listed, padding
from app.simulators.listing import Contract, Sort
from app.simulators.master import Master

_CASH_FREEZE: Final = 100_000
_CURRENCY: Final = 100_000  # the further factor of a currency option's strike


class AngelMaster(Master):
    """All contracts of one business day, found by exchange and token, too; `rows` pads the file to a real size."""

    def __init__(self, day: date, *, rows: int = 0) -> None:
        super().__init__(day)
        self._more = rows - len(self)
        self._by_token = {(one.exchange, names.token(one)): one for one in self}
        self._text = b""

    def by_token(self, exchange: str, token: str) -> Contract | None:
        """The contract of that pair: a token alone names nothing (section 8)."""
        return self._by_token.get((exchange, token))

    def text(self) -> bytes:
        """The file, made once; the same bytes for the same day."""
        if not self._text:
            lines = [*(_line(one) for one in self), *padding(self._more, self.day)]
            random.Random(f"{self.day}").shuffle(lines)  # noqa: S311 - no secret depends on it
            self._text = f"[{','.join(lines)}]".encode()
        return self._text


def _line(one: Contract) -> str:
    listed = Listed(
        token=names.token(one),
        symbol=names.symbol(one),
        name=names.name(one),
        kind=names.kind(one),
        place=one.exchange,
        expiry=names.expiry(one.expiry),
        strike=_strike(one),
        lot=names.lot(one),
        tick=f"{one.tick * 100:.6f}",
        freeze=freeze(one),
        auction=one.exchange == "NSE" and names.series(one) == "EQ",
    )
    return listed.text()


def freeze(one: Contract) -> int:
    """The largest quantity of one order, units."""
    return one.freeze * one.units if one.is_derivative else _CASH_FREEZE


def _strike(one: Contract) -> str:
    """Rupees x 100; -1 for none, 0 for indices; currency options have another factor."""
    if one.sort is Sort.INDEX:
        return "0.000000"
    if not one.is_option:
        return "-1.000000"
    factor = Decimal(100) * (_CURRENCY if one.exchange == "CDS" else 1)
    return f"{one.strike * factor:.6f}"
