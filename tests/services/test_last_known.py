"""What was read last outlives the process, exactly as it was, not as current; and goes with its account."""

import dataclasses
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import (
    IST,
    DiskFull,
    Exchange,
    Funds,
    Holding,
    NotReachable,
    Order,
    OrderSide,
    OrderStatus,
    OrderType,
    Position,
    Product,
    Secret,
    SubState,
    Trade,
    Validity,
)
from app.services import last_known
from app.services.book_views import BookView, FundsView, HoldingsView, OrdersView, PositionsView, TradesView
from app.services.last_known import LastKnown
from app.services.views import AccountRemoved, BookChanged, PositionsChanged
from app.store import AppStore, LastRead
from tests.fakes.clock import ManualClock, settle
from tests.services.fakes import position
from tests.services.house import House

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=IST)
VIEW = PositionsView("usr_1", (position(),), NOON, current=True, error=None)
FUNDS = FundsView("usr_1", Funds(Decimal("1.10"), Decimal("-0.005"), raw={"net": Decimal(7)}), NOON, True, None)
REFUSED = Order(
    *("1", "RELIANCE", Exchange.NSE, Product.CNC, OrderSide.BUY, OrderType.MARKET, 1, 0, None, None, None),
    *(OrderStatus.REJECTED, SubState.NONE, "REJECTED", "refused: cnry-in-an-order", None, "", "RELIANCE"),
)


class Desk:
    """A store in a folder of the test, and the service on it, opened again and again."""

    def __init__(self, path: Path) -> None:
        self.path, self.clock = path, ManualClock(NOON)
        self.store: AppStore
        self.known: LastKnown

    async def open(self) -> None:
        self.store = await AppStore.open(self.path, self.clock)
        self.known = LastKnown(self.store, self.clock)

    async def close(self) -> None:
        await self.known.close()
        await self.store.close()

    async def again(self) -> None:
        await self.close()
        await self.open()

    async def found(self, *user_ids: str) -> set[str]:
        """Whose books are kept, of these accounts."""
        return {f"{view.user_id} {type(view).__name__}" for view in await self.known.views(user_ids)}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path / "app.db")
    await desk.open()
    yield desk
    await desk.close()


async def test_the_last_reading_is_there_after_a_restart_not_current_and_with_its_time(desk: Desk) -> None:
    desk.known.hear(PositionsChanged(VIEW))
    desk.known.hear(BookChanged(FUNDS))
    await desk.again()

    found = sorted(await desk.known.views(["usr_1"]), key=lambda view: type(view).__name__)

    assert found == [replace(FUNDS, current=False), replace(VIEW, current=False)]


async def test_how_an_order_is_good_and_shown_is_kept(desk: Desk) -> None:
    shown = replace(REFUSED, message="", validity=Validity.IOC, disclosed_quantity=5)
    view = OrdersView("usr_1", (shown, replace(REFUSED, message="")), NOON, current=True, error=None)
    desk.known.hear(BookChanged(view))
    await desk.again()

    assert await desk.known.views(["usr_1"]) == (replace(view, current=False),)


async def test_an_order_that_was_kept_before_its_validity_was_read_is_still_there(desk: Desk) -> None:
    old = (
        b'[{"order_id":"1","symbol":"RELIANCE","exchange":"NSE","product":"CNC","side":"BUY","order_type":"LIMIT",'
        b'"quantity":1,"filled_quantity":0,"price":"2500","trigger_price":null,"average_price":null,"status":"OPEN",'
        b'"sub_state":"","raw_status":"OPEN","message":"","placed_at":null,"tag":"","broker_symbol":"RELIANCE"}]'
    )
    await desk.store.last_reads.keep([LastRead("usr_1", "orders", NOON, old)])

    [view] = await desk.known.views(["usr_1"])

    assert isinstance(view, OrdersView)
    assert [(one.order_id, one.validity, one.disclosed_quantity) for one in view.rows or ()] == [("1", None, None)]


async def test_a_failed_reading_does_not_take_the_place_of_the_last_good_one(desk: Desk) -> None:
    desk.known.hear(PositionsChanged(VIEW))
    desk.known.hear(PositionsChanged(replace(VIEW, rows=None, current=False, error=NotReachable("no"))))
    await desk.again()

    (found,) = await desk.known.views(["usr_1"])

    assert found == replace(VIEW, current=False)


async def test_readings_are_written_without_being_asked_and_together(desk: Desk) -> None:
    for minute in range(3):
        desk.known.hear(PositionsChanged(replace(VIEW, as_of=NOON + timedelta(minutes=minute))))
    await settle()
    before = rows(desk.path)

    await desk.clock.advance(15)
    await desk.known._work.finish()

    assert (before, rows(desk.path)) == ([], ["usr_1 2026-11-18T06:32:00.000000+00:00"])


def rows(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [f"{user} {at}" for user, at in connection.execute("SELECT user_id, as_of FROM last_reads")]


async def test_with_an_account_its_readings_go_and_leave_no_byte_behind(desk: Desk) -> None:
    canary = replace(position(), symbol="CNRYSYMBOL", broker_symbol="CNRYSYMBOL")
    desk.known.hear(PositionsChanged(replace(VIEW, rows=(canary,) * 40)))
    desk.known.hear(PositionsChanged(replace(VIEW, user_id="usr_2")))
    await desk.again()
    assert b"CNRYSYMBOL" in desk.path.read_bytes()

    desk.known.hear(AccountRemoved("usr_1"))
    await desk.again()

    assert await desk.found("usr_1", "usr_2") == {"usr_2 PositionsView"}
    assert b"CNRYSYMBOL" not in desk.path.read_bytes()


async def test_what_was_heard_and_not_yet_written_goes_with_its_account_too(desk: Desk) -> None:
    desk.known.hear(PositionsChanged(VIEW))
    desk.known.hear(AccountRemoved("usr_1"))
    await desk.again()

    assert rows(desk.path) == []


async def test_readings_of_accounts_that_are_no_more_are_erased_at_the_start(desk: Desk) -> None:
    desk.known.hear(PositionsChanged(VIEW))
    await desk.again()

    assert await desk.found("usr_2") == set()
    assert rows(desk.path) == []


async def test_a_month_later_nothing_of_it_is_shown_or_kept(desk: Desk) -> None:
    desk.known.hear(PositionsChanged(VIEW))
    await desk.again()
    desk.clock.jump(31 * 86_400)

    assert await desk.found("usr_1") == set()
    assert rows(desk.path) == []


@pytest.mark.parametrize("body", [b"", b"[]]", b"null", b'[{"symbol":1}]', b"\xff", b"[" * 5000])
async def test_what_is_not_understood_is_not_shown_and_harms_nothing(desk: Desk, body: bytes) -> None:
    desk.known.hear(BookChanged(FUNDS))
    await desk.again()
    await desk.store.last_reads.keep([LastRead("usr_1", "positions", NOON, body)])

    assert await desk.found("usr_1") == {"usr_1 FundsView"}


async def test_a_row_in_which_a_digit_was_changed_on_the_disk_is_not_shown(desk: Desk) -> None:
    desk.known.hear(PositionsChanged(VIEW))
    await desk.again()
    with closing(sqlite3.connect(desk.path, isolation_level=None)) as other:
        changed = "UPDATE last_reads SET body = CAST(replace(body, '101', '901') AS BLOB)"
        assert other.execute(changed).rowcount == 1

    assert await desk.found("usr_1") == set()


async def test_a_row_of_an_older_version_gets_the_default_of_a_field_it_does_not_know(desk: Desk) -> None:
    desk.known.hear(PositionsChanged(VIEW))
    await desk.again()
    (read,) = await desk.store.last_reads.of_users(["usr_1"])
    body = read.body.replace(b',"price_is_derived":false', b',"more":1')
    await desk.store.last_reads.keep([replace(read, body=body)])

    assert await desk.known.views(["usr_1"]) == (replace(VIEW, current=False),)


async def test_a_disk_that_is_full_is_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> None:
        raise DiskFull("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(desk.store.last_reads, "keep", full)
        desk.known.hear(AccountRemoved("usr_2"))
        desk.known.hear(PositionsChanged(VIEW))
        await desk.clock.advance(15)
        await desk.known._work.finish()
    assert rows(desk.path) == []

    await desk.again()

    assert await desk.found("usr_1") == {"usr_1 PositionsView"}


async def test_no_secret_in_a_brokers_sentence_is_kept(desk: Desk) -> None:
    Secret("cnry-in-an-order")
    desk.known.hear(BookChanged(OrdersView("usr_1", (REFUSED,), NOON, current=True, error=None)))
    await desk.again()

    assert await desk.found("usr_1") == {"usr_1 OrdersView"}
    assert b"cnry" not in desk.path.read_bytes()


# ------------------------------------------------------------------ exactly as it was

EXACT = st.decimals(allow_nan=False, allow_infinity=False)
AWARE = st.datetimes(timezones=st.sampled_from([IST, UTC]))
OF_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(-(2**63), 2**63 - 1),
    Decimal: EXACT,
    Decimal | None: st.none() | EXACT,
    datetime | None: st.none() | AWARE,
    Mapping[str, Decimal]: st.dictionaries(st.text(), EXACT).map(MappingProxyType),
}


def any_of(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Any row of this kind, field by field."""
    hints = get_type_hints(kind)
    fields = {one.name: OF_TYPE.get(hints[one.name], st.from_type(hints[one.name])) for one in dataclasses.fields(kind)}
    return st.builds(kind, **fields)


def views(kind: type[BookView], row: type[Any]) -> st.SearchStrategy[BookView]:
    content = any_of(row) if kind is FundsView else st.lists(any_of(row), max_size=3).map(tuple)
    return st.builds(kind, st.just("usr_1"), content, AWARE, st.just(value=True), st.none())


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        (PositionsView, Position),
        (HoldingsView, Holding),
        (FundsView, Funds),
        (OrdersView, Order),
        (TradesView, Trade),
    ],
)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_every_amount_and_every_moment_comes_back_exactly(
    kind: type[BookView], row: type[Any], data: st.DataObject
) -> None:
    view = data.draw(views(kind, row))

    found = last_known._view(last_known._read(last_known._BOOKS[kind], view))

    assert found == replace(view, current=False)
    assert amounts(found) == amounts(view)


def amounts(thing: object) -> list[str]:
    """Every decimal in it as it is written: 1.10 is not 1.1."""
    if isinstance(thing, Decimal):
        return [str(thing)]
    if dataclasses.is_dataclass(thing):
        return [text for one in dataclasses.fields(thing) for text in amounts(getattr(thing, one.name))]
    if isinstance(thing, Mapping):
        return [text for name in sorted(thing) for text in amounts(thing[name])]
    return [text for one in thing for text in amounts(one)] if isinstance(thing, tuple) else []


# ------------------------------------------------------------------ in the services


async def test_a_start_without_a_network_shows_what_the_run_before_read(house: House) -> None:
    account = await house.connected()
    house.world.positions["AB1234"] = [position()]
    await house.services.portfolio.refresh(account.user_id)
    read = house.services.portfolio.view(account.user_id)
    house.world.fault = NotReachable("no route")
    await house.restart()

    view = house.services.portfolio.view(account.user_id)

    assert view == replace(read, current=False)
    assert view.rows == (position(),)


async def test_a_removed_account_is_not_in_the_file_any_more(house: House) -> None:
    account = await house.connected()
    await house.services.portfolio.refresh(account.user_id)
    await house.restart()
    assert rows(house.directory / "app.db")

    await house.services.brokers.disconnect_broker(account.user_id)
    await house.restart()

    assert rows(house.directory / "app.db") == []
