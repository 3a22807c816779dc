"""The instrument master (section 8): a modest, deterministic one, and its two files."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count, islice
from typing import Final

from app.simulators.dhan import names
from app.simulators.expiries import monthly_expiry, plain
from app.simulators.listing import Contract, Sort
from app.simulators.master import Master

COMPACT: Final = (
    "SEM_EXM_EXCH_ID", "SEM_SEGMENT", "SEM_SMST_SECURITY_ID", "SEM_INSTRUMENT_NAME", "SEM_EXPIRY_CODE",
    "SEM_TRADING_SYMBOL", "SEM_LOT_UNITS", "SEM_CUSTOM_SYMBOL", "SEM_EXPIRY_DATE", "SEM_STRIKE_PRICE",
    "SEM_OPTION_TYPE", "SEM_TICK_SIZE", "SEM_EXPIRY_FLAG", "SEM_EXCH_INSTRUMENT_TYPE", "SEM_SERIES",
    "SM_SYMBOL_NAME",
)  # fmt: skip
DETAILED: Final = (
    "EXCH_ID", "SEGMENT", "SECURITY_ID", "ISIN", "INSTRUMENT", "UNDERLYING_SECURITY_ID", "UNDERLYING_SYMBOL",
    "SYMBOL_NAME", "DISPLAY_NAME", "INSTRUMENT_TYPE", "SERIES", "LOT_SIZE", "SM_EXPIRY_DATE", "STRIKE_PRICE",
    "OPTION_TYPE", "TICK_SIZE", "EXPIRY_FLAG", "BRACKET_FLAG", "COVER_FLAG", "ASM_GSM_FLAG", "ASM_GSM_CATEGORY",
    "BUY_SELL_INDICATOR", "MTF_LEVERAGE", "SM_UPPER_LIMIT", "SM_LOWER_LIMIT",
)  # fmt: skip
_KNOWN: Final = {
    ("IDX_I", "NIFTY"): 13, ("IDX_I", "BANKNIFTY"): 25, ("IDX_I", "FINNIFTY"): 27, ("IDX_I", "INDIA VIX"): 21,
    ("IDX_I", "SENSEX"): 51, ("NSE_EQ", "ABB"): 13, ("NSE_EQ", "ADANIENT"): 25, ("NSE_EQ", "RELIANCE"): 2885,
    ("NSE_EQ", "TCS"): 11536, ("NSE_EQ", "HDFCBANK"): 1333, ("NSE_EQ", "M&M"): 2031, ("NSE_EQ", "BAJAJ-AUTO"): 16669,
    ("BSE_EQ", "RELIANCE"): 500325, ("BSE_EQ", "M&M"): 500520,
}  # fmt: skip
"""Ids that the sheet names: the same number in two segments is two things (section 8)."""
_FIRST_FREE: Final = 30_000
_EXTRA: Final = (
    Contract("NSE", "ABB", "ABB", Sort.CASH, 0, Decimal(5200), Decimal("0.5"), title="ABB INDIA"),
    Contract("NSE", "CHOLAFIN", "CHOLAFIN", Sort.CASH, 0, Decimal(1620), Decimal("0.1"), title="CHOLAMANDALAM"),
    # a debenture under the share's own ticker (section 8)
    Contract("NSE", "CHOLAFIN-D1", "CHOLAFIN", Sort.CASH, 0, Decimal(1005), Decimal("0.01"), title="CHOLAMANDALAM"),
    Contract("NSE", "011NSETEST", "011NSETEST", Sort.CASH, 0, Decimal(100), title="NSE TEST"),
)
_WIDTH: Final = 2000  # strikes of one underlying and month that the padding may use


class DhanMaster(Master):
    """All contracts of one business day; `token` is the securityId. `rows` pads it to the size of a real file."""

    def __init__(self, day: date, *, rows: int = 0) -> None:
        super().__init__(day)
        contracts = [*self._rows.values(), *_EXTRA]
        known = {contract.key for contract in contracts}
        more = (one for one in _padding(contracts, day) if one.key not in known)
        contracts += islice(more, max(rows - len(contracts), 0))
        self._rows = {contract.key: contract for contract in _with_ids(contracts)}
        self._ids = {(names.segment(one), one.token): one for one in self._rows.values()}
        self._underlyings = {one.name: one for one in self._rows.values() if not one.is_derivative}
        self._texts: dict[bool, bytes] = {}

    def by_id(self, segment: str, number: int) -> Contract | None:
        """The contract of that segment and securityId, or None."""
        return self._ids.get((segment, number))

    def text(self, *, detailed: bool) -> bytes:
        """One of the two files: UTF-8, LF, no quotes."""
        if detailed not in self._texts:
            head, line = (DETAILED, self._detailed) if detailed else (COMPACT, _compact)
            lines = [",".join(head), *(",".join(line(one)) for one in self)]
            self._texts[detailed] = ("\n".join(lines) + "\n").encode()
        return self._texts[detailed]

    def _detailed(self, one: Contract) -> tuple[str, ...]:
        derivative = one.is_derivative
        below = self._underlyings.get(one.name) if derivative else None
        ticker = names.trading_symbol(one)
        expiry = one.expiry.isoformat() if one.expiry else _no_expiry(one)
        high, low = plain(one.base * 11 / 10), plain(one.base * 9 / 10)
        return (
            *names.master_segment(one), str(one.token), names.isin(one), names.instrument(one),
            str(below.token) if below else "NA", one.name if derivative else ticker,
            ticker if derivative else one.title or ticker, names.display_name(one), _type(one), names.series(one),
            f"{one.lot}.0", expiry, _strike(one), _option(one), _tick(one), _flag(one),
            "N", "N", "N", "NA", "A", "0", high, low,
        )  # fmt: skip


def _compact(one: Contract) -> tuple[str, ...]:
    """One line; the name of a contract's symbol is empty (section 8)."""
    hour = "23:30:00" if one.exchange == "MCX" else "14:30:00"
    expiry = f"{one.expiry.isoformat()} {hour}" if one.expiry else _no_expiry(one)
    title = "" if one.is_derivative else one.title
    return (
        *names.master_segment(one), str(one.token), names.instrument(one), "0", names.trading_symbol(one),
        f"{one.lot}.0", names.display_name(one), expiry, _strike(one), _option(one), _tick(one), _flag(one),
        _type(one), names.series(one), title,
    )  # fmt: skip


def _no_expiry(one: Contract) -> str:
    return "0001-01-01" if one.sort is Sort.INDEX else ""


def _strike(one: Contract) -> str:
    if one.is_option:
        return f"{one.strike:.5f}"
    return "-0.01000" if one.is_derivative else ""


def _option(one: Contract) -> str:
    if one.is_option:
        return str(one.sort)
    return "XX" if one.is_derivative else ""


def _tick(one: Contract) -> str:
    """In paise for what can be traded; an index carries rupees that mean nothing (section 8)."""
    return "0.05" if one.sort is Sort.INDEX else names.paise(one.tick)


def _flag(one: Contract) -> str:
    return "M" if one.is_derivative else "NA"


def _type(one: Contract) -> str:
    if one.sort is Sort.INDEX:
        return "INDEX"
    if one.is_derivative:
        return "OP" if one.is_option else "FUT"
    if one.symbol == "NIFTYBEES":
        return "ETF"
    return "ES" if names.series(one) in {"EQ", "BE", "BZ", "A", "SM", "ST"} else "DEB"


def _with_ids(contracts: Iterable[Contract]) -> Iterator[Contract]:
    free = count(_FIRST_FREE)
    for one in contracts:
        key = (names.segment(one), one.name if one.sort is Sort.INDEX else one.symbol)
        yield replace(one, token=_KNOWN.get(key) or next(free))


def _padding(contracts: list[Contract], day: date) -> Iterator[Contract]:
    """Options on every share that has none yet, strike by strike: they are most of the real file."""
    optioned = {one.name for one in contracts if one.is_option}
    shares = [one for one in contracts if one.exchange == "NSE" and names.series(one) == "EQ"]
    shares = [one for one in shares if one.name not in optioned]
    months = [monthly_expiry(day, ahead) for ahead in range(3)]
    for place in range(1, _WIDTH):
        for share in shares:
            strike = Decimal(place * 5)
            for expiry in months:
                for sort in (Sort.CALL, Sort.PUT):
                    symbol = f"{share.name}-{expiry:%Y%m%d}-{place * 5}-{sort}"
                    yield Contract(
                        "NFO", symbol, share.name, sort, 0, share.base, Decimal("0.05"), 500, expiry, strike
                    )  # fmt: skip
