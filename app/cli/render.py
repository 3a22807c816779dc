"""Answers as text for a person: tables with Indian grouping, states in words, what to do next."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from app.cli import diagnosis_lines, instrument_tables, journal_tables, read_tables, setting_tables
from app.cli.tables import Json, count, money, price, table
from app.services.times import age, clock_time
from app.services.words import DERIVED, derived_price


def lines(op: str, answer: Json, now: datetime) -> list[str]:
    """What a yes (or a status) says on standard output."""
    return list(_RENDERERS[op](answer, now)) if op in _RENDERERS else []


def complaint(answer: Json) -> list[str]:
    """What a no or an unknown says on standard error: what happened, then what to do."""
    error = answer.get("error")
    if not error or _is_told(answer):
        return []
    return [f"{error['title']}. {error['next_step']}", *([f"({error['detail']})"] if error["detail"] else [])]


def _is_told(answer: Json) -> bool:
    """Whether standard output says it already, of each account or broker for itself."""
    asked = [*(answer.get("accounts") or ()), *(answer.get("masters") or ())]
    if answer.get("quotes") is None:
        asked += answer.get("refused") or ()
    return any(one.get("error") for one in asked)


def _status(answer: Json, now: datetime) -> Iterable[str]:
    accounts = answer.get("accounts")
    if not accounts:
        return _nobody(answer)
    rows = [
        [one["name"], one["broker"], one["client_id"], one["says"], *_trading(one), _checked(one, now)]
        for one in accounts
    ]
    head = ["Account", "Broker", "Client id", "State", "Orders", "Prices", "Checked"]
    refused = [
        f"{one['name']}: {one[what]['why']}"
        for one in accounts
        for what in _PERMITS
        if one["trading"] and one[what]["permit"] == "refused"
    ]
    return [*table(head, rows, "<<<<<<<"), *refused]


def _trading(account: Json) -> list[str]:
    """What is known of orders and prices, while the account is connected."""
    return [account[what]["permit"].replace("_", " ") if account["trading"] else "" for what in _PERMITS]


def _nobody(answer: Json) -> list[str]:
    """There is no account, which is only said where it is known."""
    return [read_tables.NOBODY] if answer["ok"] else []


def _checked(account: Json, now: datetime) -> str:
    return "never" if account["checked_at"] is None else age(datetime.fromisoformat(account["checked_at"]), now)


def _account(answer: Json, _: datetime) -> Iterable[str]:
    account = answer.get("account")
    return [f"{account['name']} ({account['broker']} {account['client_id']}): {account['says']}"] if account else []


def _reconnect(answer: Json, now: datetime) -> Iterable[str]:
    accounts = answer.get("accounts")
    if accounts is None:
        return _account(answer, now)
    if answer["ok"] and not any(account["result"] for account in accounts):
        return ["No account is signed out."]
    return [line for account in accounts for line in _walked(account, now)]


def _walked(account: Json, now: datetime) -> Iterable[str]:
    """How the account stands now, and why its sign-in failed."""
    yield from _account({"account": account}, now)
    error = account["result"] and account["result"]["error"]
    if error:
        yield f"  {error['title']}. {error['next_step']}"


def _validate(answer: Json, now: datetime) -> Iterable[str]:
    profile = answer.get("profile")
    if profile is None:
        return []
    stored = [] if answer.get("stored") else ["Nothing was stored."]
    return [f"The broker says yes: {profile['name']}, {profile['client_id']}.", *stored, *_account(answer, now)]


def _disconnect(answer: Json, _: datetime) -> Iterable[str]:
    if not answer["ok"]:
        return []
    revoked = "its session at the broker was ended" if answer.get("revoked") else "the broker was not told"
    return [f"{answer['name']} was erased from this computer; {revoked}.", *filter(None, [answer["stays"]])]


def _positions(answer: Json, now: datetime) -> Iterable[str]:
    accounts = answer.get("accounts")
    if not accounts:
        return _nobody(answer)
    found: list[str] = []
    for account in accounts:
        found += [*([""] if found else []), *_account_positions(account, now)]
    return found


def _account_positions(account: Json, now: datetime) -> Iterable[str]:
    yield f"{account['name']} ({account['broker']}), {_as_of(account, now)}"
    rows = account["positions"]
    if rows is None:
        return
    if not rows:
        yield "  no positions"
        return
    heads = ["Symbol", "Exchange", "Product", "Quantity", "Average", "Last", "P&L"]
    cells = [[row["symbol"], row["exchange"], row["product"], count(row["quantity"]), *_prices(row)] for row in rows]
    cells.append(["Total", "", "", "", "", "", money(account["totals"]["pnl"])])
    yield from table(heads, cells, "<<<>>>>")
    if any(row["last_price_is_derived"] for row in rows):
        yield f"{DERIVED} {derived_price(account['broker'])}"


def _as_of(account: Json, now: datetime) -> str:
    why = "" if account["error"] is None else f". {read_tables.failed(account)}"
    if account["as_of"] is None:
        return f"not read yet{why}"
    at = clock_time(datetime.fromisoformat(account["as_of"]), now, seconds=True)
    return f"as of {at}" if account["current"] else f"NOT CURRENT, as of {at}{why}"


def _prices(row: Json) -> list[str]:
    average = row["average_price"] if row["quantity"] else None  # of nothing there is none
    last = price(row["last_price"], row["exchange"])
    told = f"{DERIVED}{last}" if row["last_price_is_derived"] else last
    return [price(average, row["exchange"]), told, money(row["pnl"])]


_PERMITS: Final = ("orders", "prices")
_RENDERERS: Final[dict[str, Callable[[Json, datetime], Iterable[str]]]] = {
    "status": _status,
    "connect": _account,
    "reconnect": _reconnect,
    "validate": _validate,
    "disconnect": _disconnect,
    "positions": _positions,
    "doctor": diagnosis_lines.lines,
    **read_tables.RENDERERS,
    **instrument_tables.RENDERERS,
    **setting_tables.RENDERERS,
    **journal_tables.RENDERERS,
}
