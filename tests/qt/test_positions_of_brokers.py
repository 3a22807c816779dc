"""The positions page over accounts of different brokers: rows as their adapters give them, whatever a broker omits."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.domain import Exchange, Position, Product, RateLimited, WireSurprise
from app.qt.panels.positions import PositionsPanel
from app.services.views import AccountView
from tests.qt.conftest import Show
from tests.qt.fakes import FakeServices, account, at, position, positions, signed_out
from tests.qt.reading import cell, heads, lines, row_texts, spoken
from tests.qt.waiting import until

DASH = "\u2013"


def held(kind: str, label: str, name: str, **changes: Any) -> AccountView:
    return account(kind, name=name, broker_type=kind, broker_label=label, **changes)


def row(symbol: str, exchange: Exchange, quantity: int, average: str, last: str, **changes: Any) -> Position:
    product = changes.pop("product", Product.NRML)
    return position(
        symbol, exchange=exchange, product=product, quantity=quantity, average=average, last=last, **changes
    )


CARRIED = row("NIFTY 29DEC26 26000 CE", Exchange.NFO, -150, "798.25", "977.35")  # bought on another day
CRUDE = row("CRUDEOIL 18DEC26 FUT", Exchange.MCX, 100, "5240.00", "5175.00", multiplier=Decimal(100))
DOLLAR = row("USDINR 29DEC26 FUT", Exchange.CDS, -2000, "88.1275", "88.1300", multiplier=Decimal(1000))
CLOSED = replace(
    row("SBIN", Exchange.NSE, 0, "0", "1", product=Product.MIS, realised="4280"), last_price=None, close_price=None
)
UNPRICED = replace(
    row("TCS", Exchange.NSE, 40, "3075.90", "3075.90", product=Product.CNC), last_price=None, close_price=None
)
UNNAMED = row("NIFTY-Dec2026-26000-CE (35002)", Exchange.NFO, 75, "1", "2")  # its contract is in no master


def four() -> FakeServices:
    """An account at each broker; one of them signed out with what was read before."""
    views = (
        held("zerodha", "Zerodha", "HUF"),
        held("dhan", "Dhan", "Self"),
        held("fyers", "Fyers", "Fyers joint"),
        signed_out("angel_one", name="Mother", broker_type="angel_one", broker_label="Angel One"),
    )
    rows = {"zerodha": (CARRIED, CRUDE), "dhan": (CLOSED, UNPRICED, UNNAMED), "fyers": (CARRIED, DOLLAR)}
    read = [positions(kind, rows=found) for kind, found in rows.items()]
    return FakeServices(views, [*read, positions("angel_one", rows=(CRUDE,), current=False, as_of=at(9, 12))])


def open_page(show: Show, services: FakeServices) -> PositionsPanel:
    window = show(services)
    window.go("positions")
    return window.pages.positions


async def test_each_account_is_a_group_that_names_its_broker(show: Show) -> None:
    page = open_page(show, four())

    assert heads(page) == [
        "HUF \u00b7 Zerodha: live",
        "Self \u00b7 Dhan: live",
        "Fyers joint: live",
        "Mother \u00b7 Angel One: signed out, as of 09:12",
    ]


async def test_one_contract_reads_the_same_at_every_broker(show: Show) -> None:
    page = open_page(show, four())

    at_zerodha, at_fyers = row_texts(page, "zerodha", 0), row_texts(page, "fyers", 0)
    assert at_zerodha.pop("account") != at_fyers.pop("account")
    assert at_zerodha == at_fyers
    page.filter.setText("nifty 29dec26")
    assert [len(head.lines) for head in page.model.groups] == [1, 0, 1, 0]
    assert page.totals.count.text() == "2 positions"


async def test_a_carried_position_keeps_its_own_average(show: Show) -> None:
    found = row_texts(open_page(show, four()), "zerodha", 0)

    assert (found["quantity"], found["average"], found["pnl"]) == (
        "\u2212150",
        "798.25",
        "\u221226,865.00",
    )


async def test_lots_are_units_and_the_multiplier_is_not_counted_twice(show: Show) -> None:
    page = open_page(show, four())

    crude, dollar = row_texts(page, "zerodha", 1), row_texts(page, "fyers", 1)

    assert (crude["quantity"], crude["open"]) == ("100", "\u22126,500.00")
    assert (dollar["quantity"], dollar["average"]) == ("\u22122,000", "88.1275")
    assert dollar["pnl"] == "\u22125.00"


async def test_a_closed_row_shows_what_was_booked_and_nothing_else(show: Show) -> None:
    found = row_texts(open_page(show, four()), "dhan", 0)

    assert [found[column] for column in ("average", "last", "day", "open")] == [DASH] * 4
    assert (found["quantity"], found["booked"], found["pnl"]) == ("0", "+4,280.00", "+4,280.00")


async def test_a_broker_without_a_price_leaves_a_dash_and_never_a_zero(show: Show) -> None:
    found = row_texts(open_page(show, four()), "dhan", 1)

    assert (found["last"], found["day"], found["average"]) == (DASH, DASH, "3,075.90")


async def test_a_contract_that_no_master_knows_stands_under_the_brokers_symbol(show: Show) -> None:
    page = open_page(show, four())

    assert row_texts(page, "dhan", 2)["instrument"] == "NIFTY-Dec2026-26000-CE (35002)"
    page.filter.setText("35002")
    assert page.totals.count.text() == "1 position"


async def test_when_its_name_comes_the_row_is_the_same_row(show: Show) -> None:
    services = four()
    page = open_page(show, services)
    resets: list[None] = []
    page.model.modelReset.connect(lambda: resets.append(None))

    services.read(positions("dhan", rows=(CLOSED, UNPRICED, replace(UNNAMED, symbol="NIFTY 29DEC26 26000 CE"))))

    await until(lambda: row_texts(page, "dhan", 2)["instrument"] == "NIFTY 29DEC26 26000 CE")
    assert resets == []


async def test_the_sums_are_over_all_brokers_and_count_what_is_not_current(show: Show) -> None:
    page = open_page(show, four())

    assert page.totals.count.text() == "8 positions"
    assert page.totals.more.text() == "7 open, 1 closed; 1 not current"
    every = (CARRIED, CRUDE, CLOSED, UNPRICED, UNNAMED, CARRIED, DOLLAR, CRUDE)
    assert sum(one.pnl for one in every) == Decimal("-62380.00")
    assert "P&L \u221262,380.00" in page.totals.accessibleName()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (None, "Self \u00b7 Dhan: The broker answered something unexpected, not read yet"),
        ((UNPRICED,), "Self \u00b7 Dhan: The broker answered something unexpected, as of 09:12"),
    ],
)
async def test_a_reading_that_failed_in_a_living_session_says_why(
    show: Show, rows: tuple[Position, ...] | None, said: str
) -> None:
    failed = positions("dhan", rows=rows, current=False, as_of=at(9, 12) if rows else None, error=WireSurprise())
    page = open_page(show, FakeServices([held("dhan", "Dhan", "Self")], [failed]))

    assert heads(page) == [said]


async def test_one_broker_that_asks_to_wait_does_not_age_the_others(show: Show) -> None:
    services = four()
    page = open_page(show, services)

    services.read(positions("fyers", rows=(CARRIED, DOLLAR), current=False, as_of=at(9, 12), error=RateLimited()))

    await until(lambda: [head.group.current for head in page.model.groups] == [True, True, False, False])
    assert page.totals.more.text().endswith("; 3 not current")


async def test_a_share_of_two_exchanges_is_told_apart_without_eyes(show: Show) -> None:
    both = (
        row("RELIANCE", Exchange.NSE, 1, "1", "2", product=Product.CNC),
        row("RELIANCE", Exchange.BSE, 1, "1", "2", product=Product.CNC),
    )
    page = open_page(show, FakeServices([held("dhan", "Dhan", "Self")], [positions("dhan", rows=both)]))

    said = [spoken(page, line, "instrument") for line in lines(page)]

    assert said == ["Instrument RELIANCE NSE", "Instrument RELIANCE BSE"]


async def test_a_price_that_the_broker_did_not_send_is_marked_and_explained(show: Show) -> None:
    derived = replace(row("RELIANCE", Exchange.NSE, 1, "1", "2", product=Product.CNC), price_is_derived=True)
    sent = row("INFY", Exchange.NSE, 1, "1", "2", product=Product.CNC)
    page = open_page(show, FakeServices([held("dhan", "Dhan", "Self")], [positions("dhan", rows=(derived, sent))]))

    cells = [cell(page, line, "last") for line in lines(page)]

    why = "worked out from the P&L; Dhan sends no price with a position"
    assert [at.data() for at in cells] == ["~2.00", "2.00"]
    assert [at.data(Qt.ItemDataRole.ToolTipRole) for at in cells] == [why, ""]
    assert [at.data(Qt.ItemDataRole.AccessibleTextRole) for at in cells] == [f"LTP ~2.00, {why}", "LTP 2.00"]
