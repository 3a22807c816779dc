"""The order journal: on the disk before anything is sent, exact, and only ever added to (promises O2, D4)."""

import asyncio
import sqlite3
import stat
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain import (
    Exchange,
    OrderChange,
    OrderSide,
    OrderType,
    Product,
    Validity,
    VaultDamaged,
    VaultError,
    VaultForeign,
)
from app.domain.intents import Deed, Intent, Step
from app.domain.order_life import Evidence, Fate
from app.store.journal import Journal
from tests.fakes import orders
from tests.fakes.orders import ticket

NOW = datetime.now(UTC)  # the file's own triggers look at the machine's clock
TICKET = ticket(
    symbol="NIFTY 30DEC26 26000 CE",
    exchange=Exchange.NFO,
    product=Product.NRML,
    side=OrderSide.SELL,
    order_type=OrderType.SL,
    quantity=1800,
    price=Decimal("101.05"),
    trigger_price=Decimal("101.10"),
    validity=Validity.IOC,
    disclosed_quantity=75,
    tag="KJ0001",
    amo=True,
)


def intent(number: int = 1, at: datetime = NOW) -> Intent:
    return orders.intent(number, at, account="HUF \u00b7 Zerodha", request=TICKET)


def change(number: int = 2) -> Intent:
    terms = OrderChange(quantity=150, order_type=OrderType.LIMIT, price=Decimal("0.05"))
    return replace(intent(number), deed=Deed.MODIFY, tag="", request=None, change=terms, order_id="77")


def sending(number: int = 1, fate: Fate = Fate.SENDING, evidence: Evidence = Evidence.BEGUN) -> Step:
    return Step(f"i{number}", NOW, evidence, fate)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.db"


@pytest.fixture
async def journal(path: Path) -> AsyncIterator[Journal]:
    made = await Journal.open(path)
    yield made
    await made.close()


async def test_ticket_comes_back_without_the_least_change(journal: Journal, path: Path) -> None:
    cancel = replace(intent(3), deed=Deed.CANCEL, tag="", request=None, order_id="78")
    await journal.write([intent(), change(), cancel])
    await journal.close()

    again = await Journal.open(path)
    found = await again.since(NOW)
    await again.close()

    assert [one.intent for one in found] == [intent(), change(), cancel]


async def test_intent_without_a_certain_end_is_found_at_the_next_start(journal: Journal) -> None:
    await journal.write([intent(number) for number in (1, 2, 3, 4)])
    await journal.note([sending(1), sending(2), sending(3)])
    await journal.note([sending(2, Fate.ACCEPTED, Evidence.ANSWERED), sending(3, Fate.UNKNOWN, Evidence.LOST)])

    unsettled = await journal.unsettled()

    assert [(one.intent.intent_id, one.fate) for one in unsettled] == [
        ("i1", Fate.SENDING),
        ("i3", Fate.UNKNOWN),
        ("i4", Fate.WRITTEN),
    ]


async def test_fate_that_nobody_knows_is_no_certain_end(journal: Journal, path: Path) -> None:
    await journal.write([intent()])
    with sqlite3.connect(path) as other:
        other.execute("INSERT INTO steps VALUES (1, 'i1', ?, 'answered', 'done', '', '')", (NOW.isoformat(),))
    other.close()

    with pytest.raises(VaultDamaged):
        await journal.unsettled()


async def test_order_id_is_the_last_that_the_broker_named(journal: Journal) -> None:
    await journal.write([intent()])
    await journal.note([sending(), replace(sending(1, Fate.ACCEPTED, Evidence.ANSWERED), order_id="2511180001")])

    assert (await journal.since(NOW))[0].order_id == "2511180001"


async def test_tag_is_never_used_twice_for_a_client(journal: Journal) -> None:
    await journal.write([intent()])

    with pytest.raises(VaultError):
        await journal.write([intent(2), replace(intent(3), tag="KJ1")])
    assert [one.intent.intent_id for one in await journal.since(NOW)] == ["i1"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE intents SET ticket = '{}'",
        "UPDATE steps SET fate = 'not_sent'",
        "DELETE FROM intents",
        "DELETE FROM steps",
    ],
)
async def test_nothing_written_is_changed_or_removed(journal: Journal, path: Path, change: str) -> None:
    await journal.write([intent()])
    await journal.note([sending()])

    with sqlite3.connect(path) as other, pytest.raises(sqlite3.IntegrityError, match="only grows"):
        other.execute(change)
    other.close()


async def test_what_is_older_than_it_must_be_kept_may_go(journal: Journal) -> None:
    old = NOW - timedelta(days=6 * 366)
    await journal.write([intent(1, old), intent(2)])
    await journal.note([replace(sending(1), at=old), sending(2)])

    await journal.forget(NOW)

    assert [one.intent.intent_id for one in await journal.since(old)] == ["i2"]


async def test_less_than_a_year_is_never_forgotten(journal: Journal) -> None:
    await journal.write([intent(1, NOW - timedelta(days=200))])

    await journal.forget(NOW, years=0)

    assert len(await journal.since(NOW - timedelta(days=366))) == 1


async def test_file_is_for_its_owner_alone(journal: Journal, path: Path) -> None:
    assert rights(path) == 0o600


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_foreign_file_is_refused_untouched(path: Path) -> None:
    path.write_bytes(b"something else")

    with pytest.raises(VaultForeign, match="not Kunji's order journal"):
        asyncio.run(Journal.open(path))
    assert path.read_bytes() == b"something else"


async def test_journal_that_cannot_be_written_says_so_and_what_that_means(journal: Journal, path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(VaultError) as refused:
            await journal.write([intent()])
    other.close()

    assert refused.value.kind == "busy"


@pytest.mark.parametrize("deed", [Deed.MODIFY, Deed.CANCEL])
def test_intent_that_does_not_say_what_its_deed_needs_is_none(deed: Deed) -> None:
    with pytest.raises(ValueError, match="not an intent"):
        replace(intent(), deed=deed)


async def test_probe_of_a_good_journal_leaves_nothing_behind(journal: Journal) -> None:
    await journal.write([intent()])

    await journal.probe()
    await journal.write([intent(2)])

    assert [record.intent.intent_id for record in await journal.unsettled()] == ["i1", "i2"]


@pytest.mark.parametrize("moved", [True, False], ids=["moved away", "another in its place"])
async def test_journal_that_was_taken_away_takes_neither_intents_nor_steps(tmp_path: Path, *, moved: bool) -> None:
    path = tmp_path / "orders.db"
    journal = await Journal.open(path)
    await journal.write([intent()])
    path.rename(tmp_path / "elsewhere.db")
    if not moved:
        path.touch()

    for refused in (journal.probe, lambda: journal.write([intent(2)]), lambda: journal.note([sending()])):
        with pytest.raises(VaultError) as error:
            await refused()
        assert "sent" in error.value.next_step
    await journal.close()
