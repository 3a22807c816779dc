"""Answers as text for a person: tables with Indian grouping, states in words, what to do next."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from app.domain.money import grouped
from app.services.times import age, clock_time

Json = dict[str, Any]
_LEFT, _RIGHT = "<", ">"


def lines(op: str, answer: Json, now: datetime) -> list[str]:
    """What a yes (or a status) says on standard output."""
    return list(_RENDERERS[op](answer, now)) if op in _RENDERERS else []


def complaint(answer: Json) -> list[str]:
    """What a no or an unknown says on standard error: what happened, then what to do."""
    error = answer.get("error")
    if not error:
        return []
    return [f"{error['title']}. {error['next_step']}", *([f"({error['detail']})"] if error["detail"] else [])]


def _status(answer: Json, now: datetime) -> Iterable[str]:
    accounts = answer.get("accounts")
    if not accounts:
        return _nobody(answer)
    rows = [[one["name"], one["broker"], one["client_id"], one["says"], _checked(one, now)] for one in accounts]
    return table(["Account", "Broker", "Client id", "State", "Checked"], rows, "<<<<<")


def _nobody(answer: Json) -> list[str]:
    """There is no account, which is only said where it is known."""
    return ["No account is connected. kunji connect connects one."] if answer["ok"] else []


def _checked(account: Json, now: datetime) -> str:
    return "never" if account["checked_at"] is None else age(datetime.fromisoformat(account["checked_at"]), now)


def _account(answer: Json, _: datetime) -> Iterable[str]:
    account = answer.get("account")
    return [f"{account['name']} ({account['broker']} {account['client_id']}): {account['says']}"] if account else []


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
    return [f"{answer['name']} was erased from this computer; {revoked}."]


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
    cells = [[row["symbol"], row["exchange"], row["product"], _count(row["quantity"]), *_prices(row)] for row in rows]
    cells.append(["Total", "", "", "", "", "", money(account["totals"]["pnl"])])
    yield from table(heads, cells, "<<<>>>>")


def _as_of(account: Json, now: datetime) -> str:
    if account["as_of"] is None:
        return "not read yet"
    at = clock_time(datetime.fromisoformat(account["as_of"]), now, seconds=True)
    return f"as of {at}" if account["current"] else f"NOT CURRENT, as of {at}"


def _prices(row: Json) -> list[str]:
    return [money(row["average_price"]), money(row["last_price"]), money(row["pnl"])]


def _count(quantity: int) -> str:
    return grouped(Decimal(quantity), 0)


def money(text: str | None) -> str:
    """Rupees with Indian grouping; a dash for what is not known."""
    return "-" if text is None else grouped(Decimal(text))


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], sides: str) -> list[str]:
    """Columns of equal width; `sides` has < or > for each."""
    everything = [heads, *rows]
    widths = [max(len(row[column]) for row in everything) for column in range(len(heads))]
    return [
        "  ".join(f"{cell:{side}{width}}" for cell, side, width in zip(row, sides, widths, strict=True)).rstrip()
        for row in everything
    ]


_RENDERERS: Final[dict[str, Callable[[Json, datetime], Iterable[str]]]] = {
    "status": _status,
    "connect": _account,
    "reconnect": _account,
    "validate": _validate,
    "disconnect": _disconnect,
    "positions": _positions,
}
