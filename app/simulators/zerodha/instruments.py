"""The instrument master as a file (sheet section 8): a modest, deterministic one, and its CSV."""

from datetime import date
from typing import Final

from app.simulators.expiries import plain
from app.simulators.listing import Contract, Sort
from app.simulators.master import Master

COLUMNS: Final = (
    "instrument_token", "exchange_token", "tradingsymbol", "name", "last_price", "expiry", "strike", "tick_size",
    "lot_size", "instrument_type", "segment", "exchange",
)  # fmt: skip


class CsvMaster(Master):
    """The master with its file."""

    def __init__(self, day: date, *, rows: int = 0) -> None:
        super().__init__(day, rows=rows)
        self._files: dict[str | None, bytes] = {}

    def csv(self, exchange: str | None = None) -> bytes:
        """The file, whole or of one exchange; UTF-8, LF, `name` quoted."""
        if exchange not in self._files:
            lines = [",".join(COLUMNS)]
            lines += (",".join(_fields(one)) for one in self if exchange in (None, one.exchange))
            self._files[exchange] = ("\n".join(lines) + "\n").encode()
        return self._files[exchange]


def _fields(one: Contract) -> tuple[str, ...]:
    """One line; `last_price` is 0 in every measured row, indices have neither tick nor lot."""
    index = one.sort is Sort.INDEX
    expiry = one.expiry.isoformat() if one.expiry else ""
    kind = Sort.CASH if index else one.sort
    tick, lot = ("0", "0") if index else (plain(one.tick), str(one.lot))
    return (
        str(one.token), str(one.token >> 8), one.symbol, f'"{one.title}"', "0", expiry, plain(one.strike), tick,
        lot, kind, _segment(one), one.exchange,
    )  # fmt: skip


def _segment(one: Contract) -> str:
    if one.sort is Sort.INDEX:
        return "INDICES"
    if one.sort is Sort.CASH:
        return one.exchange
    return f"{one.exchange}-{'FUT' if one.sort is Sort.FUTURE else 'OPT'}"
