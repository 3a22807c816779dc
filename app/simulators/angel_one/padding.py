"""The mass of a real instrument file (section 8), invented row by row: the same rows for the same day."""

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from app.simulators.angel_one import names
from app.simulators.expiries import monthly_expiry

FULL_SIZE: Final = 150_000
"""Rows of a real day: about 35 MB (the sheet has 150,000 to 170,000)."""
_SHARES: Final = {
    "NSE": 8_900,
    "BSE": 12_500,
    "NFO": 96_000,
    "BFO": 22_000,
    "MCX": 14_000,
    "CDS": 9_000,
    "NCDEX": 1_500,
    "NCO": 1_100,
}
"""How the rows are spread over the exchanges, about."""
_CHAINS: Final = {"NFO": "OPTSTK", "BFO": "OPTSTK", "MCX": "OPTFUT", "CDS": "OPTCUR", "NCO": "OPTFUT"}
_LOTS: Final = {"NFO": 500, "BFO": 500, "MCX": 100, "CDS": 1000, "NCO": 10}
_FIRST_TOKEN: Final = 200_000  # at every exchange: a token is unique only together with it
_STRIKES: Final = 100
_EXPIRIES: Final = 3


class Listed(NamedTuple):
    """One object of the array: numbers are texts, but for the one boolean."""

    token: str
    symbol: str
    name: str
    kind: str
    place: str
    expiry: str = ""
    strike: str = "-1.000000"
    lot: int = 1
    tick: str = "5.000000"
    freeze: int = 100_000
    auction: bool = False

    def text(self) -> str:
        """As JSON; nothing that the demo lists needs escaping."""
        return (
            f'{{"token":"{self.token}","symbol":"{self.symbol}","name":"{self.name}","expiry":"{self.expiry}",'
            f'"strike":"{self.strike}","lotsize":"{self.lot}","instrumenttype":"{self.kind}",'
            f'"exch_seg":"{self.place}","tick_size":"{self.tick}","freeze_qty":"{self.freeze}",'
            f'"is_cas_enabled":{"true" if self.auction else "false"}}}'
        )


def padding(number: int, day: date) -> Iterator[str]:
    """`number` rows more over all exchanges, none when it is not positive."""
    number = max(number, 0)
    whole, left = sum(_SHARES.values()), number
    for place, share in _SHARES.items():
        part = left if place == "NCO" else min(number * share // whole, left)
        left -= part
        yield from _chains(place, part, day) if place in _CHAINS else _plain(place, part, day)


def _plain(place: str, number: int, day: date) -> Iterator[str]:
    """Debt, of which most of a cash segment consists; at NCDEX futures."""
    tail = {"NSE": "-SG", "BSE": "", "NCDEX": "FUT"}[place]
    end = names.expiry(monthly_expiry(day, 1)) if place == "NCDEX" else ""
    kind, lot, tick = ("FUTCOM", 10, "100.000000") if end else ("", 100, "1.000000")
    for serial in range(number):
        name = f"7{serial:05d}XX{day.year % 100:02d}"
        token, symbol = str(_FIRST_TOKEN + serial), f"{name}{tail}"
        yield Listed(token, symbol, name, kind, place, end, "-1.000000", lot, tick).text()


def _chains(place: str, number: int, day: date) -> Iterator[str]:
    """Options on invented underlyings, three months each; a currency's strike has its own factor."""
    kind, lot = _CHAINS[place], _LOTS[place]
    ends = [monthly_expiry(day, ahead) for ahead in range(_EXPIRIES)]
    factor = 10_000_000 if place == "CDS" else 100
    for serial in range(number):
        chain, at = divmod(serial, _STRIKES * 2)
        underlying, ahead = divmod(chain, _EXPIRIES)
        strike, side, end = 100 + at // 2 * 5, ("CE", "PE")[at % 2], ends[ahead]
        name = f"DEMO{place[0]}{underlying:03d}"
        symbol = f"{name}{end.day:02d}{names.month(end).upper()}{end.year % 100:02d}{strike}{side}"
        token, price = str(_FIRST_TOKEN + serial), f"{strike * factor}.000000"
        yield Listed(token, symbol, name, kind, place, names.expiry(end), price, lot).text()
