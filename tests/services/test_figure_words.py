"""What is said of a figure that was checked."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.reckoning import Reason, check_holding, check_position
from app.qt.models.figures import MASK, Figures
from app.services.figure_words import check_words
from tests.domain.test_reckoning import OPEN, SHARES

D = Decimal


def test_a_difference_is_told_with_both_figures_and_its_reason() -> None:
    row = replace(SHARES, free=40, t1=20, pnl_told=D(2777))

    said = check_words(check_holding(row), row, "Zerodha", Figures())

    assert said == (
        "Zerodha says +2,777.00, our sum is +3,000.00: 20 of 60 shares are T1 and priced differently. Both are shown."
    )


def test_every_reason_of_a_difference_has_words() -> None:
    row = replace(SHARES, pnl_told=D(2777), pledged=5)
    check = check_holding(row)
    told = [reason for reason in Reason if reason not in (Reason.DERIVED_PRICE, Reason.NO_PRICE, Reason.ROUNDING)]

    said = {check_words(replace(check, reasons=(reason,)), row, "Fyers", Figures()) for reason in told}

    assert len(said) == len(told)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Dhan and our sum agree: +1,200.00."),
        ({"price_is_derived": True}, "Dhan tells no price: ours was worked out from its P&L of +1,200.00."),
        (
            {"last_price": None},
            "There is no price to work the P&L out from. Dhan says +1,200.00.",
        ),
    ],
)
def test_what_cannot_differ_is_told_too(changes: dict[str, Any], said: str) -> None:
    row = replace(OPEN, **changes)

    assert check_words(check_position(row), row, "Dhan", Figures()) == said


def test_a_broker_without_a_figure_of_its_own_is_named() -> None:
    row = replace(SHARES, pnl_told=None)

    said = check_words(check_holding(row), row, "Dhan", Figures())

    assert said == "Dhan tells no P&L of its own. Our sum is +3,000.00."


def test_hidden_amounts_are_hidden_here_too() -> None:
    figures = Figures()
    figures.hidden = True
    row = replace(SHARES, free=40, t1=20, pnl_told=D(2777))

    said = check_words(check_holding(row), row, "Zerodha", figures)

    assert said.count(MASK) == 4
    assert not any(sign.isdigit() for sign in said.replace("T1", ""))
