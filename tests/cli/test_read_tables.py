"""The tables of the reading commands, from JSON answers alone; and the words that ask for them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.cli import render
from app.cli.options import parse

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)  # 11:30 in India
AT = "2026-11-20T11:29:58+05:30"
AWAY = {
    "kind": "not_reachable",
    "title": "The broker cannot be reached",
    "next_step": "Kunji tries again by itself.",
    "detail": "no answer\nin 10 s",
}


def account(name: str = "HUF", broker: str = "Zerodha", **changes: Any) -> dict[str, Any]:
    return {"name": name, "broker": broker, "code": 0, "as_of": AT, "error": None} | changes


def away(key: str) -> dict[str, Any]:
    return account("Self", "Dhan", code=3, as_of=None, error=AWAY, **{key: None})


def answer(*accounts: dict[str, Any]) -> dict[str, Any]:
    errors = [one["error"] for one in accounts if one["error"]]
    return {"ok": not errors, "code": 3 if errors else 0, "error": errors[0] if errors else None, "accounts": accounts}


WHY = "The broker cannot be reached. Kunji tries again by itself. (not_reachable) no answer in 10 s"
NOT_READ = f"Self (Dhan), not read. {WHY}"


def holding(**changes: Any) -> dict[str, Any]:
    return {
        "symbol": "RELIANCE",
        "exchange": "NSE",
        "free": 1500,
        "t1": 0,
        "pledged": 100,
        "used_today": 20,
        "average_price": "1500.125",
        "last_price": None,
        "value": None,
        "pnl": None,
    } | changes


def test_holdings_are_a_table_an_account_and_what_was_not_read_says_why() -> None:
    found = account(holdings=[holding()], totals={"value": None, "pnl": None})

    assert render.lines("holdings", answer(found, away("holdings")), NOW) == [
        "HUF (Zerodha), as of 11:29:58",
        "Instrument  Exchange   Free  T1  Pledged  Used today   Average  Last  Value  P&L",
        "RELIANCE    NSE       1,500   0      100          20  1,500.13     -      -    -",
        "Total                                                                     -    -",
        "",
        NOT_READ,
    ]


@pytest.mark.parametrize("op", ["holdings", "funds", "orders", "trades"])
def test_what_is_said_of_each_account_is_not_complained_of_again(op: str) -> None:
    told = answer(away(op))

    assert render.lines(op, told, NOW) == [NOT_READ]
    assert render.complaint(told) == []


def test_an_account_that_holds_nothing_says_so() -> None:
    found = account(holdings=[], totals={"value": "0", "pnl": "0"})

    assert render.lines("holdings", answer(found), NOW) == ["HUF (Zerodha), as of 11:29:58", "  no holdings"]


def test_funds_are_one_table_and_no_sum_hides_who_is_missing() -> None:
    money = {"available": "1426061.27", "used": "-0.5", "collateral": None, "opening": "2250000"}

    assert render.lines("funds", answer(account(funds=money), away("funds")), NOW) == [
        "Account  Broker      Available   Used  Collateral       Opening  As of",
        "HUF      Zerodha  14,26,061.27  \u22120.50           -  22,50,000.00  11:29:58",
        NOT_READ,
    ]


def order(**changes: Any) -> dict[str, Any]:
    return {
        "order_id": "1",
        "placed_at": "2026-11-20T09:20:00+05:30",
        "side": "BUY",
        "symbol": "INFY",
        "exchange": "NSE",
        "product": "MIS",
        "order_type": "LIMIT",
        "quantity": 1500,
        "filled_quantity": 0,
        "price": "1450",
        "trigger_price": None,
        "average_price": None,
        "status": "OPEN",
        "sub_state": "",
        "raw_status": "OPEN",
        "message": "",
    } | changes


def test_orders_of_all_accounts_are_one_table_by_time() -> None:
    first = account(orders=[order(), order(order_id="2", placed_at=None)])
    second = account("Self", "Dhan", orders=[order(order_id="3", placed_at="2026-11-20T03:45:01+00:00", side="SELL")])

    summary, other, heads, *rows = render.lines("orders", answer(first, second), NOW)

    assert summary == "HUF (Zerodha), as of 11:29:58: 2 orders"
    assert other == "Self (Dhan), as of 11:29:58: 1 order"
    assert heads.split() == [
        *("Time", "Account", "Side", "Instrument", "Exchange", "Product", "Type"),
        *("Qty", "Price", "Trigger", "Average", "Status", "Order", "id", "Reason"),
    ]
    assert [row.split() for row in rows] == [
        ["09:15:01", "Self", "SELL", "INFY", "NSE", "MIS", "LIMIT", "0/1,500", "1,450.00", "-", "-", "OPEN", "3"],
        ["09:20:00", "HUF", "BUY", "INFY", "NSE", "MIS", "LIMIT", "0/1,500", "1,450.00", "-", "-", "OPEN", "1"],
        ["-", "HUF", "BUY", "INFY", "NSE", "MIS", "LIMIT", "0/1,500", "1,450.00", "-", "-", "OPEN", "2"],
    ]


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "OPEN  "),
        ({"status": "COMPLETE", "raw_status": "TRADED"}, "COMPLETE (TRADED)"),
        ({"sub_state": "trigger_pending", "raw_status": "TRIGGER PENDING"}, "OPEN, trigger pending (TRIGGER PENDING)"),
        ({"status": None, "raw_status": "PARKED"}, "unknown (PARKED)"),
        ({"status": "REJECTED", "raw_status": "rejected", "message": "RMS:\x1b[31m no\nmargin"}, "RMS: [31m no margin"),
    ],
)
def test_a_status_is_ours_with_the_brokers_own_word_where_it_is_another(changes: dict[str, Any], shown: str) -> None:
    last = render.lines("orders", answer(account(orders=[order(**changes)])), NOW)[-1]

    assert shown in last
    assert last.isprintable()


def test_the_states_of_an_order_stand_in_their_order() -> None:
    states = [order(status="PENDING", raw_status="OPEN PENDING"), order(status="COMPLETE", raw_status="COMPLETE")]

    lines = render.lines("orders", answer(account(history=states)), NOW)

    assert lines[0] == "HUF (Zerodha), as of 11:29:58"
    assert ["PENDING (OPEN PENDING)" in lines[2], "COMPLETE" in lines[3]] == [True, True]


def test_trades_have_their_price_in_the_decimals_of_their_exchange() -> None:
    trade = {
        "trade_id": "T1",
        "order_id": "O1",
        "traded_at": None,
        "side": "BUY",
        "symbol": "USDINR 29DEC26 FUT",
        "exchange": "CDS",
        "product": "NRML",
        "quantity": 1000,
        "price": "88.1275",
    }

    assert render.lines("trades", answer(account(trades=[trade])), NOW)[1:] == [
        "Time  Account  Side  Instrument          Exchange  Product    Qty    Price  Order id  Trade id",
        "-     HUF      BUY   USDINR 29DEC26 FUT  CDS       NRML     1,000  88.1275  O1        T1",
    ]


def test_prices_say_whose_they_are_and_what_is_missing_is_a_dash() -> None:
    quote = {"symbol": "INFY", "exchange": "NSE", "last_price": "1566.5", "open": None, "high": None, "low": None}
    found = {"account": account(), "quotes": [quote | {"close": "1554.2"}], "refused": []}

    lines = render.lines("ltp", found | {"missing": [{"symbol": "NOSUCH", "exchange": "NSE"}]}, NOW)

    assert lines == [
        "Prices of HUF (Zerodha), as of 11:29:58",
        "Instrument  Exchange      Last  Open  High  Low     Close",
        "INFY        NSE       1,566.50     -     -    -  1,554.20",
        "NOSUCH      NSE              -     -     -    -         -",
    ]


def test_a_missing_price_is_complained_of_though_another_account_was_refused() -> None:
    told = {"error": AWAY, "quotes": [], "refused": [account(code=1, error=AWAY)]}

    assert len(render.complaint(told)) == 2


def listing(broker: str, **changes: Any) -> dict[str, Any]:
    return {"broker": broker, "tick_size": "0.0500", "lot_size": 75, "freeze_quantity": None} | changes


def test_a_contract_is_one_line_and_brokers_that_differ_are_shown_both() -> None:
    row: dict[str, Any] = {"symbol": "NIFTY 29DEC26 FUT", "exchange": "NFO", "segment": "FUT", "isin": "", "title": ""}
    row |= {"brokers": [listing("Zerodha"), listing("Dhan", lot_size=65, freeze_quantity=1800)]}
    current = {"broker": "Zerodha", "current": True}

    lines = render.lines("search", {"ok": True, "instruments": [row], "more": False, "masters": [current]}, NOW)

    assert lines == [
        "Instrument         Exchange  Segment  Tick       Lot  Freeze  ISIN  Brokers        Name",
        "NIFTY 29DEC26 FUT  NFO       FUT      0.05  75 or 65   1,800  -     Zerodha, Dhan",
    ]


# ------------------------------------------------------------------ the words


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        (["holdings", "--account", "HUF"], {"command": "holdings", "account": "HUF"}),
        (["funds", "--json"], {"json": True}),
        (["orders"], {"history": ""}),
        (["orders", "--history", "151"], {"history": "151"}),
        (["trades"], {"account": ""}),
        (["ltp", "INFY", "NFO:NIFTY 30DEC25 FUT"], {"symbols": ["INFY", "NFO:NIFTY 30DEC25 FUT"]}),
        (["search", "nifty", "ce", "--limit", "5"], {"text": ["nifty", "ce"], "limit": 5, "broker": ""}),
        (["search", "reli"], {"limit": 20}),
        (["instruments", "refresh", "--broker", "dhan"], {"action": "refresh", "broker": "dhan"}),
    ],
)
def test_the_words_say_what_is_wished(words: list[str], wish: dict[str, object]) -> None:
    assert vars(parse(words)).items() >= wish.items()


@pytest.mark.parametrize(
    "words", [["ltp"], ["search"], ["instruments"], ["instruments", "drop"], ["search", "a", "--limit", "0"]]
)
def test_words_that_miss_something_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(words)

    assert caught.value.code == 2
    assert "usage: kunji" in capsys.readouterr().err
