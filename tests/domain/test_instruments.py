from datetime import date
from decimal import Decimal

import pytest

from app.domain import Instrument, Kind, MemoryInstruments

DAY = date(2026, 11, 20)


def instrument(
    symbol: str,
    name: str,
    kind: Kind = Kind.CASH,
    expiry: date | None = None,
    strike: str | None = None,
    *,
    exchange: str = "NFO",
) -> Instrument:
    cost = None if strike is None else Decimal(strike)
    return Instrument(exchange, symbol, "1", name, kind, expiry, cost, Decimal("0.05"), 75)


@pytest.mark.parametrize(
    ("row", "symbol"),
    [
        (instrument("RELIANCE", "RELIANCE", exchange="NSE"), "RELIANCE"),
        (instrument("BAJAJ-AUTO", "BAJAJ-AUTO", exchange="NSE"), "BAJAJ-AUTO"),
        (instrument("NIFTY 50", "NIFTY 50", Kind.INDEX, exchange="NSE"), "NIFTY 50"),
        (instrument("NIFTY25DECFUT", "NIFTY", Kind.FUTURE, date(2025, 12, 30)), "NIFTY 30DEC25 FUT"),
        (instrument("NIFTY25D0226050CE", "NIFTY", Kind.CALL, date(2025, 12, 2), "26050"), "NIFTY 02DEC25 26050 CE"),
        (instrument("NIFTY25D0226050PE", "NIFTY", Kind.PUT, date(2025, 12, 2), "26050.00"), "NIFTY 02DEC25 26050 PE"),
        (instrument("X", "M&M", Kind.CALL, date(2026, 1, 27), "2423.70"), "M&M 27JAN26 2423.7 CE"),
        (instrument("X", "USDINR", Kind.PUT, date(2026, 1, 27), "84.2500"), "USDINR 27JAN26 84.25 PE"),
        (instrument("X", "BANKNIFTY", Kind.CALL, date(2026, 1, 27), "100"), "BANKNIFTY 27JAN26 100 CE"),
        (instrument("X", "NIFTY", Kind.FUTURE, date(2025, 12, 30), "0"), "NIFTY 30DEC25 FUT"),
    ],
)
def test_the_name_comes_from_the_contract_never_from_the_brokers_symbol(row: Instrument, symbol: str) -> None:
    assert row.symbol == symbol


def test_the_month_is_english_whatever_the_machine_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")

    assert instrument("X", "NIFTY", Kind.FUTURE, date(2026, 5, 26)).symbol == "NIFTY 26MAY26 FUT"


async def test_a_master_is_found_by_both_names() -> None:
    master = MemoryInstruments()
    row = instrument("NIFTY25DECFUT", "NIFTY", Kind.FUTURE, date(2025, 12, 30))
    await master.replace("zerodha", [row], day=DAY)

    assert await master.by_symbol("zerodha", "NFO", "NIFTY 30DEC25 FUT") == row
    assert await master.by_broker_symbol("zerodha", [("NFO", "NIFTY25DECFUT"), ("NFO", "absent")]) == {
        ("NFO", "NIFTY25DECFUT"): row
    }


async def test_brokers_do_not_see_each_others_masters() -> None:
    master = MemoryInstruments()
    await master.replace("zerodha", [instrument("RELIANCE", "RELIANCE", exchange="NSE")], day=DAY)

    assert await master.by_symbol("other", "NSE", "RELIANCE") is None
    assert await master.loaded_on("other") is None


async def test_a_new_master_replaces_the_whole_old_one_and_its_day() -> None:
    master = MemoryInstruments()
    await master.replace("zerodha", [instrument("OLD", "OLD", exchange="NSE")], day=DAY)

    count = await master.replace("zerodha", [instrument("NEW", "NEW", exchange="NSE")], day=date(2026, 11, 23))

    assert count == 1
    assert await master.by_symbol("zerodha", "NSE", "OLD") is None
    assert await master.loaded_on("zerodha") == date(2026, 11, 23)


async def test_a_master_that_breaks_off_leaves_the_last_good_one() -> None:
    master = MemoryInstruments()
    row = instrument("GOOD", "GOOD", exchange="NSE")
    await master.replace("zerodha", [row], day=DAY)

    def broken() -> "list[Instrument]":
        raise ValueError("cut short")

    with pytest.raises(ValueError, match="cut short"):
        await master.replace("zerodha", (row for row in broken()), day=date(2026, 11, 23))

    assert await master.by_symbol("zerodha", "NSE", "GOOD") == row
    assert await master.loaded_on("zerodha") == DAY
