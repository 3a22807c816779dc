"""Exits at four brokers over real sockets: the receipt equals the brokers' books, within the limits, once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain import Exchange, Product
from app.services.order_views import ExitPart, ExitScope
from tests.services.quarter import FAMILY, KEYS, Quarter, quarter_of

pytestmark = pytest.mark.usefixtures("no_pause_before_a_retry")


@pytest.fixture
async def quarter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Quarter]:
    async with quarter_of(monkeypatch, tmp_path) as made:
        yield made


def ordered(key: str) -> int:
    """The positions that can be closed from here: Kunji orders no commodities at Dhan."""
    return 5 if key == "dhan" else 6


def not_of_mcx(part: ExitPart) -> bool:
    return part.exchange is not Exchange.MCX


async def test_everything_is_closed_in_slices_within_the_limits_after_what_rests_is_gone(quarter: Quarter) -> None:
    resting = {}
    for key in KEYS:
        quarter.grow(key, "NIFTY", 9 * 1800)
        resting[key] = await quarter.rests(key, "INFY", Product.MIS)
    before = {key: len(quarter.calls(key)) for key in KEYS}
    plan = await quarter.plan()

    view = await quarter.services.orders.exit(plan)
    again = await quarter.services.orders.exit(plan)

    assert again is view
    for key in KEYS:
        calls = quarter.calls(key)[before[key] :]
        assert quarter.left(view, key) == quarter.held(key), key
        assert all(line.left == 0 for line in view.lines if not_of_mcx(line.part)), view.lines
        assert calls[0].operation == "cancel_order"
        assert quarter.books(key).book.get(resting[key]).now.status == "CANCELLED"
        assert (len(calls), quarter.most_in_a_second(key) <= FAMILY) == (1 + ordered(key) - 1 + 9, True), key
        tags = [call.tag for call in calls if call.operation == "place_order"]
        assert len(tags) == len(set(tags))


async def test_partial_fills_rejections_a_broker_down_and_a_refused_address_are_told_as_they_are(
    quarter: Quarter,
) -> None:
    parted, rejecting, down, elsewhere = KEYS
    await quarter.services.portfolio.refresh()
    quarter.controls(parted).filling(quarter.client(parted), "partial")
    quarter.controls(rejecting).refuse_later(quarter.client(rejecting), *["RMS: blocked"] * 3)
    quarter.controls(elsewhere).allow_ips("203.0.113.7")
    before = quarter.held(elsewhere)
    plan = await quarter.plan()
    quarter.controls(down).fault("*", "503-bare")

    view = await quarter.services.orders.exit(plan)

    for key in (parted, rejecting, elsewhere):
        assert quarter.left(view, key) == quarter.held(key), (key, view.lines)
    assert (quarter.left(view, down), quarter.held(elsewhere)) == ([None], before)
    assert "still in the market" in quarter.whys(view, parted)
    assert "blocked" in quarter.whys(view, rejecting)
    assert "could not be read" in quarter.whys(view, down)
    assert "internet address" in quarter.whys(view, elsewhere)
    assert all(quarter.most_in_a_second(key) <= FAMILY for key in KEYS)


async def test_answers_that_are_lost_double_nothing(quarter: Quarter) -> None:
    for key in KEYS:
        quarter.controls(key).fault("place_order", "reset-in-body", times=2, lands=True)

    view = await quarter.exited()

    for key in KEYS:
        tags = [call.tag for call in quarter.calls(key)]
        assert len(tags) == len(set(tags)) == ordered(key)
        assert quarter.left(view, key) == quarter.held(key), (key, view.lines)
    assert all(line.left == 0 for line in view.lines if not_of_mcx(line.part)), view.lines


async def test_one_position_of_one_account_is_closed_and_nothing_else_is_touched(quarter: Quarter) -> None:
    account = quarter.accounts["fyers"]
    others = {key: quarter.held(key) for key in KEYS if key != "fyers"}
    scope = ExitScope(account.user_id, frozenset({(Exchange.NSE, "INFY", Product.MIS)}))

    view = await quarter.services.orders.exit(await quarter.plan(scope))

    assert (view.is_flat, len(quarter.calls("fyers")), -200 in quarter.held("fyers")) == (True, 1, False)
    assert others == {key: quarter.held(key) for key in others}
