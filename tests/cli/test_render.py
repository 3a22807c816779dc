from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.cli import render
from app.domain import NotReachable, RateLimited, SessionExpired
from app.services.command_views import error_json, failure

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)  # 11:30 in India


def account(**changes: Any) -> dict[str, Any]:
    return {
        "name": "HUF",
        "broker": "Zerodha",
        "client_id": "AB1234",
        "says": "Ready: until 06:00 tomorrow",
        "checked_at": (NOW - timedelta(seconds=4)).isoformat(),
        "orders": {"permit": "not_known", "why": "The first order will tell."},
        "prices": {"permit": "yes", "why": ""},
        "trading": "connected; orders: not known yet; prices: yes",
    } | changes


def position(**changes: Any) -> dict[str, Any]:
    return {
        "symbol": "RELIANCE",
        "exchange": "NSE",
        "product": "CNC",
        "quantity": -150000,
        "average_price": "1234567.5",
        "last_price": None,
        "last_price_is_derived": False,
        "pnl": "-1234.50",
    } | changes


def positions(**changes: Any) -> dict[str, Any]:
    found = {
        "name": "HUF",
        "broker": "Zerodha",
        "current": True,
        "error": None,
        "as_of": NOW.isoformat(),
        "positions": [position()],
        "totals": {"pnl": "-1234.50"},
    }
    return {"accounts": [found | changes], "error": None}


def test_the_status_is_one_line_an_account_with_its_state_in_words() -> None:
    lines = render.lines("status", {"accounts": [account(), account(name="A long name", checked_at=None)]}, NOW)

    assert lines == [
        "Account      Broker   Client id  State                        Orders     Prices  Checked",
        "HUF          Zerodha  AB1234     Ready: until 06:00 tomorrow  not known  yes     4 s ago",
        "A long name  Zerodha  AB1234     Ready: until 06:00 tomorrow  not known  yes     never",
    ]


def test_the_status_says_why_orders_are_refused_and_nothing_of_them_while_signed_out() -> None:
    refused = {"permit": "refused", "why": "Dhan takes orders from 198.51.100.7 only. You can still watch."}
    lines = render.lines("status", {"accounts": [account(orders=refused), account(name="B", trading="")]}, NOW)

    assert lines[1].split()[-5:] == ["refused", "yes", "4", "s", "ago"]
    assert lines[2].split()[-4:] == ["tomorrow", "4", "s", "ago"]
    assert lines[3:] == ["HUF: Dhan takes orders from 198.51.100.7 only. You can still watch."]


def test_no_account_says_how_to_connect_one() -> None:
    assert render.lines("status", {"ok": True, "accounts": []}, NOW) == [
        "No account is connected. kunji connect connects one."
    ]
    assert render.lines("positions", {"ok": True, "accounts": []}, NOW) == [
        "No account is connected. kunji connect connects one."
    ]


def test_amounts_are_grouped_the_indian_way_and_what_is_not_known_is_a_dash() -> None:
    lines = render.lines("positions", positions(), NOW)

    assert lines == [
        "HUF (Zerodha), as of 11:30:00",
        "Symbol    Exchange  Product   Quantity       Average  Last        P&L",
        "RELIANCE  NSE       CNC      \u22121,50,000  12,34,567.50     -  \u22121,234.50",
        "Total                                                       \u22121,234.50",
    ]


@pytest.mark.parametrize(
    ("row", "average", "last"),
    [
        (position(quantity=0, average_price="0.00", last_price="12"), "-", "12.00"),
        (position(exchange="CDS", average_price="88.1275", last_price="88.13"), "88.1275", "88.1300"),
    ],
)
def test_a_price_is_in_the_decimals_of_its_exchange_and_of_nothing_there_is_no_average(
    row: dict[str, Any], average: str, last: str
) -> None:
    line = render.lines("positions", positions(positions=[row]), NOW)[2]

    assert line.split()[4:6] == [average, last]


def test_a_price_that_the_broker_did_not_send_is_marked_and_explained_below() -> None:
    derived = position(last_price="3368.05", last_price_is_derived=True)
    rows = [derived, position(last_price="12")]

    lines = render.lines("positions", positions(broker="Dhan", positions=rows), NOW)

    assert [line.split()[5] for line in lines[2:4]] == ["~3,368.05", "12.00"]
    assert lines[-1] == "~ worked out from the P&L; Dhan sends no price with a position"


def test_stale_figures_say_so() -> None:
    first, *_ = render.lines("positions", positions(current=False), NOW)

    assert first == "HUF (Zerodha), NOT CURRENT, as of 11:30:00"


def test_each_account_says_for_itself_why_it_was_not_read() -> None:
    lost, limited = error_json(NotReachable("no answer")), error_json(RateLimited())
    answer = failure(NotReachable("no answer"), accounts=[
        positions(error=lost, positions=None, as_of=None)["accounts"][0],
        positions(name="Self", error=limited, current=False)["accounts"][0],
    ])  # fmt: skip

    lines = render.lines("positions", answer, NOW)

    assert lines[0].startswith("HUF (Zerodha), not read yet. The broker cannot be reached.")
    assert lines[2].startswith("Self (Zerodha), NOT CURRENT, as of 11:30:00. The broker asks us to wait.")
    assert render.complaint(answer) == []


def test_positions_that_were_never_read_are_not_shown_as_none() -> None:
    assert render.lines("positions", positions(positions=None, as_of=None), NOW) == ["HUF (Zerodha), not read yet"]


def test_no_position_is_said_in_words() -> None:
    assert render.lines("positions", positions(positions=[]), NOW)[1:] == ["  no positions"]


def test_two_accounts_are_parted_by_an_empty_line() -> None:
    answer = positions()
    answer["accounts"] *= 2

    assert render.lines("positions", answer, NOW).count("") == 1


@pytest.mark.parametrize(("revoked", "words"), [(True, "was ended"), (False, "was not told")])
def test_a_disconnect_says_whether_the_broker_knows(revoked: bool, words: str) -> None:  # noqa: FBT001 - a row of the table
    (line,) = render.lines("disconnect", {"ok": True, "name": "HUF", "revoked": revoked, "stays": ""}, NOW)

    assert line.startswith("HUF was erased from this computer")
    assert words in line


def test_a_disconnect_says_what_stays_at_the_broker() -> None:
    stays = "1 position is open at Zerodha (as of 10:03): it stays there."
    answer = {"ok": True, "name": "HUF", "revoked": True, "stays": stays}

    assert render.lines("disconnect", answer, NOW)[1:] == [stays]


OPS = [
    "status",
    "connect",
    "reconnect",
    "validate",
    "disconnect",
    "positions",
    "show",
    "settings",
    "calendar",
    "history",
]


def test_a_reconnect_of_all_says_why_an_account_did_not_come_back_and_complains_once() -> None:
    account = {"name": "Self", "broker": "Dhan", "client_id": "11", "says": "Signed out", "code": 1}
    answer = {"ok": False, "error": None, "accounts": [account | {"result": failure(SessionExpired())}]}

    assert render.lines("reconnect", answer, NOW) == [
        "Self (Dhan 11): Signed out",
        "  The session has ended. Reconnect and sign in again.",
    ]
    assert render.complaint(answer) == []


@pytest.mark.parametrize("op", [*OPS, "settings", "calendar", "history", "forget-pin"])
def test_a_failure_says_nothing_on_standard_output(op: str) -> None:
    answer = failure(SessionExpired("code 403"))

    assert render.lines(op, answer, NOW) == []
    assert render.complaint(answer) == [
        "The session has ended. Reconnect and sign in again.",
        "(code 403)",
    ]


def test_a_yes_complains_of_nothing() -> None:
    assert render.complaint({"ok": True, "error": error_json(None)}) == []
