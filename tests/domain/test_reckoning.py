"""The check of figures: ours from quantities, averages and prices, theirs as told, and why they differ."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain import Exchange, Holding, Position, Product
from app.domain.reckoning import Check, Reason, check_holding, check_position

D = Decimal
OPEN = Position(
    "RELIANCE", Exchange.NSE, Product.NRML, 100, D(1300), D(1310), D(1200), D(200), D(1000), "RELIANCE", D(1290)
)
SHARES = Holding("INFY", Exchange.NSE, "INE009A01021", 60, 0, 0, 0, D(1500), D(1550), D(1540), "INFY", D(3000))


def test_equal_figures_need_no_reason() -> None:
    assert check_position(OPEN) == Check(D(1200), D(1200), D(0))
    assert check_holding(SHARES) == Check(D(3000), D(3000), D(0))
    assert not check_position(OPEN).differs


def test_a_closed_position_counts_what_is_booked() -> None:
    closed = replace(OPEN, quantity=0, average_price=D(0), last_price=None, pnl=D(200))

    assert check_position(closed) == Check(D(200), D(200), D(0))
    assert check_position(replace(closed, last_price=D(1310))) == Check(D(200), D(200), D(0))


def test_a_closed_position_whose_broker_says_another_sum_is_shown_to_differ() -> None:
    closed = replace(OPEN, quantity=0, average_price=D(0), last_price=None, pnl=D(150))

    check = check_position(closed)

    assert (check.difference, check.reasons, check.differs) == (D(-50), (Reason.OTHER_PRICE,), True)


@pytest.mark.parametrize(
    ("changes", "theirs", "reason"),
    [
        ({}, "2200", Reason.CARRY_PRICE),  # 200 booked, (1310 - 1290) x 100
        ({"multiplier": D(50), "close_price": None}, "220", Reason.MULTIPLIER),  # 1000 / 50 + 200
        ({"multiplier": D(50)}, "50200", Reason.MULTIPLIER),  # 1000 x 50 + 200
        ({"close_price": None}, "1700", Reason.OTHER_PRICE),
        ({"quantity": -100, "realised": D(0)}, "-2000", Reason.CARRY_PRICE),  # a short one
    ],
)
def test_a_difference_of_a_position_is_named(changes: dict[str, Any], theirs: str, reason: Reason) -> None:
    check = check_position(replace(OPEN, **changes, pnl=D(theirs)))

    assert (check.reasons, check.differs) == ((reason,), True)
    assert check.ours is not None
    assert check.difference == D(theirs) - check.ours


def test_an_open_position_without_a_price_cannot_be_checked() -> None:
    check = check_position(replace(OPEN, last_price=None))

    assert (check.ours, check.theirs, check.reasons) == (None, D(1200), (Reason.NO_PRICE,))
    assert not check.differs


def test_a_derived_price_says_nothing_about_the_figure_it_came_from() -> None:
    check = check_position(replace(OPEN, price_is_derived=True, pnl=D(1900)))

    assert (check.reasons, check.difference, check.differs) == ((Reason.DERIVED_PRICE,), D(700), False)


@pytest.mark.parametrize(
    ("off", "differs"), [("0.5", False), ("-0.5", False), ("0.51", True)], ids=["within", "below", "beyond"]
)
def test_what_a_rounded_average_makes_is_no_difference(off: str, differs: bool) -> None:  # noqa: FBT001 - a table's column
    """Half a paisa a unit, of a hundred units."""
    check = check_position(replace(OPEN, pnl=OPEN.pnl + D(off)))

    assert check.differs is differs
    assert (check.reasons == (Reason.ROUNDING,)) is not differs


@pytest.mark.parametrize(
    ("changes", "theirs", "reasons"),
    [
        ({"free": 40, "t1": 20}, "2000", (Reason.T1,)),  # 40 shares alone
        ({"free": 40, "pledged": 20}, "2000", (Reason.PLEDGED,)),
        ({"used_today": 20}, "4000", (Reason.SOLD_TODAY,)),
        ({}, "600", (Reason.CARRY_PRICE,)),  # (1550 - 1540) x 60
        ({}, "2400", (Reason.OTHER_PRICE,)),  # at the previous close
        ({"close_price": None}, "2400", (Reason.OTHER_PRICE,)),
        ({"free": 30, "t1": 20, "pledged": 10}, "2777", (Reason.T1, Reason.PLEDGED)),  # nothing explains it exactly
        ({"used_today": 20}, "2777", (Reason.OTHER_PRICE,)),
    ],
)
def test_a_difference_of_a_holding_is_named(changes: dict[str, Any], theirs: str, reasons: tuple[Reason, ...]) -> None:
    check = check_holding(replace(SHARES, **changes, pnl_told=D(theirs)))

    assert (check.ours, check.reasons, check.differs) == (D(3000), reasons, True)


def test_a_holding_of_which_the_broker_tells_no_gain_has_only_ours() -> None:
    assert check_holding(replace(SHARES, pnl_told=None)) == Check(D(3000), None)


def test_a_holding_without_a_price_has_only_theirs() -> None:
    check = check_holding(replace(SHARES, last_price=None))

    assert (check.ours, check.theirs, check.reasons) == (None, D(3000), (Reason.NO_PRICE,))
