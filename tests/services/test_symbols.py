from datetime import date
from decimal import Decimal

import pytest

from app.domain import Exchange, Instrument, InvalidRequest, Kind, MemoryInstruments
from app.services.symbols import listed_as, pair_of


@pytest.mark.parametrize(
    ("typed", "symbol", "exchange"),
    [
        ("INFY", "INFY", Exchange.NSE),
        ("infy", "INFY", Exchange.NSE),
        ("BSE:INFY", "INFY", Exchange.BSE),
        ("bse:infy", "INFY", Exchange.BSE),
        (" NSE : M&M ", "M&M", Exchange.NSE),
        ("NFO:NIFTY  30DEC25 FUT", "NIFTY 30DEC25 FUT", Exchange.NFO),
        ("nfo:nifty 30dec25 26000 ce", "NIFTY 30DEC25 26000 CE", Exchange.NFO),
        ("BAJAJ-AUTO", "BAJAJ-AUTO", Exchange.NSE),
        ("Nifty Fin Service", "Nifty Fin Service", Exchange.NSE),  # a master may write it so
    ],
)
def test_an_instrument_is_written_with_its_exchange_or_is_of_nse(typed: str, symbol: str, exchange: Exchange) -> None:
    assert pair_of(typed) == (symbol, exchange)


@pytest.mark.parametrize("typed", ["", "  ", "NSE:", ":", ":INFY", "NASDAQ:AAPL", "IN\x1bFY", "X" * 65])
def test_what_names_no_instrument_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        pair_of(typed)

    assert caught.value.field == "symbols"
    assert caught.value.next_step.startswith(("Write it as", "Exchanges: NSE, BSE"))


def listed(name: str, kind: Kind = Kind.INDEX) -> Instrument:
    return Instrument("NSE", name, "1", name, kind, None, None, Decimal("0.05"), 1)


async def test_an_index_is_found_by_every_name_it_goes_by() -> None:
    store = MemoryInstruments()
    await store.replace("zerodha", [listed("NIFTY 50")], day=date(2026, 11, 18))
    await store.replace("dhan", [listed("NIFTY")], day=date(2026, 11, 18))

    found = [
        await listed_as(store, broker, (name, Exchange.NSE)) for broker in ("zerodha", "dhan") for name in NAMES_OF_ONE
    ]

    assert found == [("NIFTY 50", Exchange.NSE)] * 3 + [("NIFTY", Exchange.NSE)] * 3


NAMES_OF_ONE = ("NIFTY", "NIFTY 50", "NIFTY50")


async def test_a_share_is_found_with_and_without_its_series() -> None:
    store = MemoryInstruments()
    await store.replace("zerodha", [listed("RCOM-BZ", Kind.CASH)], day=date(2026, 11, 18))
    await store.replace("dhan", [listed("RCOM", Kind.CASH)], day=date(2026, 11, 18))

    assert await listed_as(store, "zerodha", ("RCOM", Exchange.NSE)) == ("RCOM-BZ", Exchange.NSE)
    assert await listed_as(store, "dhan", ("RCOM-BZ", Exchange.NSE)) == ("RCOM", Exchange.NSE)
    assert await listed_as(store, "dhan", ("RCOM-BZ", Exchange.BSE)) == ("RCOM-BZ", Exchange.BSE)


async def test_what_no_master_knows_is_asked_for_as_it_was_typed() -> None:
    assert await listed_as(MemoryInstruments(), "zerodha", ("NIFTY", Exchange.NSE)) == ("NIFTY", Exchange.NSE)
