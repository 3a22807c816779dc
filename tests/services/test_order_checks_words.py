"""The exact request in words: every kind of order, every condition, nothing left out."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain import Exchange as Listed
from app.domain import Order, OrderChange, OrderPlan, OrderRequest, OrderSide, OrderType, Product, Validity
from app.domain.intents import Mode
from app.services.order_request_words import change_words, planned_words, request_words, rupees
from tests.fakes.clock import ManualClock
from tests.fakes.exchange import account_view
from tests.fakes.orders import market, row, ticket
from tests.services.order_room import CALL, SHARE, option

SL = {"order_type": OrderType.SL, "trigger_price": Decimal(2490)}
SL_M = {"order_type": OrderType.SL_M, "price": None, "trigger_price": Decimal(2490)}
SELL = {"side": OrderSide.SELL}


def said(request: OrderRequest, **other: Any) -> tuple[str, ...]:
    mode = other.pop("mode", Mode.LIVE)
    return request_words(request, account_view(), mode, **other)


@pytest.mark.parametrize(
    ("request_", "first"),
    [
        (ticket(), "Buy 10 RELIANCE on NSE at \u20b92,500.00 or less."),
        (ticket(**SELL), "Sell 10 RELIANCE on NSE at \u20b92,500.00 or more."),
        (market(quantity=12345), "Buy 12,345 RELIANCE on NSE at the market price."),
        (ticket(**SL), "Buy 10 RELIANCE on NSE at \u20b92,500.00 or less, once \u20b92,490.00 or more is paid."),
        (
            ticket(**SL, **SELL),
            "Sell 10 RELIANCE on NSE at \u20b92,500.00 or more, once \u20b92,490.00 or less is paid.",
        ),
        (ticket(**SL_M), "Buy 10 RELIANCE on NSE at the market price, once \u20b92,490.00 or more is paid."),
    ],
)
def test_first_sentence_says_side_quantity_instrument_and_price(request_: OrderRequest, first: str) -> None:
    assert said(request_)[0] == first


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (Mode.LIVE, "For HUF \u00b7 Zerodha (HS2096), with real money."),
        (Mode.DEMO, "For HUF \u00b7 Zerodha (HS2096), a demo: nothing is real."),
        (None, "For HUF \u00b7 Zerodha (HS2096)."),
    ],
)
def test_second_sentence_says_whose_it_is_and_whether_money_is_real(mode: Mode | None, words: str) -> None:
    assert said(ticket(), mode=mode)[1] == words


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (ticket(), "LIMIT, good for today."),
        (ticket(validity=Validity.IOC), "LIMIT, IOC: what is not filled at once is cancelled."),
        (ticket(validity=Validity.TTL), "LIMIT, for some minutes."),
        (ticket(), "CNC: for delivery, paid in full."),
        (ticket(product=Product.MIS), "MIS: intraday, the broker closes it before the end of the day."),
        (ticket(product=Product.MTF), "MTF: for delivery, a part of it with money lent by the broker at interest."),
        (option(), "NRML: carried overnight."),
        (ticket(product=Product.CO), "CO."),
        (ticket(disclosed_quantity=5), "The market is shown 5 units of it at a time."),
        (
            ticket(amo=True),
            "After-market order (AMO): it waits at the broker and goes to the exchange when that opens.",
        ),
    ],
)
def test_every_condition_is_said(request_: OrderRequest, words: str) -> None:
    assert words in said(request_)


def test_lots_are_said_where_there_are_any() -> None:
    assert "75 units are 1 lot." in said(option(), instrument=CALL)
    assert "150 units are 2 lots of 75." in said(option(quantity=150), instrument=CALL)
    assert not any("lot" in line for line in said(option(quantity=100), instrument=CALL))
    assert not any("lot" in line for line in said(ticket(), instrument=SHARE))


def test_worth_is_said_where_it_is_known() -> None:
    assert "Worth \u20b925,000.00, without charges." in said(ticket(), value=Decimal(25000))
    assert not any("Worth" in line for line in said(ticket()))


def test_stand_in_is_said_as_what_is_sent() -> None:
    sent = ticket(**SL)

    words = said(ticket(**SL_M), plan=OrderPlan((sent,), ("Zerodha carries no stop at market out.",)))

    assert words[-2:] == (
        "It is sent as SL: Buy 10 RELIANCE at \u20b92,500.00 or less, once \u20b92,490.00 or more is paid.",
        "Zerodha carries no stop at market out.",
    )


def test_plan_that_is_the_ticket_adds_nothing() -> None:
    assert said(ticket(), plan=OrderPlan((ticket(),))) == said(ticket())


def test_currency_pairs_have_four_decimals() -> None:
    assert rupees(Decimal("84.2525"), Listed.CDS) == "\u20b984.2525"


def _resting(request: OrderRequest) -> Order:
    return row(request, order_id="o0", placed_at=ManualClock().now())


def test_change_says_what_is_new_and_what_was() -> None:
    order = replace(_resting(ticket()), order_id="o1")
    terms = OrderChange(10, OrderType.SL, price=Decimal(2505), trigger_price=Decimal(2490))

    assert change_words(order, terms, account_view(), Mode.DEMO) == (
        "Change the order o1: Buy 10 RELIANCE on NSE at \u20b92,500.00 or less.",
        "For HUF \u00b7 Zerodha (HS2096), a demo: nothing is real.",
        "Quantity: 10.",
        "Order: SL, until now LIMIT.",
        "Price: \u20b92,505.00, until now \u20b92,500.00.",
        "Trigger: \u20b92,490.00.",
        "SL, good for today.",
    )


def test_change_to_the_market_price_names_no_price() -> None:
    words = change_words(_resting(ticket()), OrderChange(10, OrderType.MARKET), account_view(), Mode.LIVE)

    assert words[-1] == "MARKET, good for today."
    assert not any(line.startswith(("Price", "Trigger")) for line in words)


def test_change_says_as_what_it_is_sent_where_that_is_something_else() -> None:
    asked, sent = ticket(**SL_M), ticket(**SL)
    planned = planned_words(asked, OrderPlan((sent,), ("Zerodha carries no stop at market out.",)))
    terms = OrderChange(10, OrderType.SL_M, trigger_price=Decimal(2490))

    words = change_words(_resting(ticket()), terms, account_view(), Mode.LIVE, planned)

    assert words[-2:] == (
        "It is sent as SL: Buy 10 RELIANCE at \u20b92,500.00 or less, once \u20b92,490.00 or more is paid.",
        "Zerodha carries no stop at market out.",
    )
