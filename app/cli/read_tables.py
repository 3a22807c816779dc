"""What the reading commands found, as tables: each account says when it was read, or why it was not."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from app.cli.tables import UNKNOWN, Json, count, harmless, moment, money, price, table

NOBODY: Final = "No account is connected. kunji connect connects one."
Renderer = Callable[[Json, datetime], Iterable[str]]


def failed(account: Json) -> str:
    """Why an account, or a broker, gave no answer, what to do next, and the kind of it."""
    error = account["error"]
    detail = f" {error['detail']}" if error["detail"] else ""
    return harmless(f"{error['title']}. {error['next_step']} ({error['kind']}){detail}")


def _account(account: Json) -> str:
    return f"{account['name']} ({account['broker']})"


def _head(account: Json, now: datetime) -> str:
    if account["error"] is not None:
        return f"{_account(account)}, not read. {failed(account)}"
    return f"{_account(account)}, as of {moment(account['as_of'], now)}"


# ------------------------------------------------------------------ holdings and funds


def _holdings(accounts: Sequence[Json], now: datetime) -> Iterator[str]:
    for number, account in enumerate(accounts):
        if number:
            yield ""
        yield _head(account, now)
        rows = account["holdings"]
        if rows:
            yield from _held(rows, account["totals"])
        elif rows is not None:
            yield "  no holdings"


def _held(rows: Sequence[Json], totals: Json) -> list[str]:
    heads = ["Instrument", "Exchange", "Free", "T1", "Pledged", "Used today", "Average", "Last", "Value", "P&L"]
    cells = [
        [row["symbol"], row["exchange"]]
        + [count(row[name]) for name in ("free", "t1", "pledged", "used_today")]
        + [money(row[name]) for name in ("average_price", "last_price", "value", "pnl")]
        for row in rows
    ]
    cells.append(["Total", *[""] * 7, money(totals["value"]), money(totals["pnl"])])
    return table(heads, cells, "<<>>>>>>>>")


_FUNDS: Final = ("available", "used", "collateral", "opening")


def _funds(accounts: Sequence[Json], now: datetime) -> Iterator[str]:
    read = [account for account in accounts if account["funds"] is not None]
    cells = [_money_row(account, now) for account in read]
    if cells:
        yield from table(["Account", "Broker", "Available", "Used", "Collateral", "Opening", "As of"], cells, "<<>>>><")
    yield from (_head(account, now) for account in accounts if account["funds"] is None)


def _money_row(account: Json, now: datetime) -> list[str]:
    amounts = [money(account["funds"][name]) for name in _FUNDS]
    return [account["name"], account["broker"], *amounts, moment(account["as_of"], now)]


# ------------------------------------------------------------------ orders and trades


def _orders(accounts: Sequence[Json], now: datetime) -> Iterator[str]:
    yield from _summaries(accounts, "orders", now)
    yield from _order_table(_timely(accounts, "orders", "placed_at"), now)


def _history(accounts: Sequence[Json], now: datetime) -> Iterator[str]:
    yield from (_head(account, now) for account in accounts)
    yield from _order_table([(one["name"], row) for one in accounts for row in one["history"] or ()], now)


def _order_table(rows: Sequence[tuple[str, Json]], now: datetime) -> list[str]:
    heads = ["Time", "Account", "Side", "Instrument", "Exchange", "Product", "Type"]
    heads += ["Qty", "Price", "Trigger", "Average", "Status", "Order id", "Reason"]
    cells = [[moment(row["placed_at"], now), name, *_order(row)] for name, row in rows]
    return table(heads, cells, "<<<<<<<>>>><<<") if cells else []


def _order(row: Json) -> list[str]:
    said = [row[name] for name in ("side", "symbol", "exchange", "product", "order_type")]
    prices = [price(row[name], row["exchange"]) for name in ("price", "trigger_price", "average_price")]
    filled = f"{count(row['filled_quantity'])}/{count(row['quantity'])}"
    return [*said, filled, *prices, _status(row), row["order_id"], row["message"]]


def _status(row: Json) -> str:
    """Where the order stands and the broker's own word for it, where that is another."""
    known = row["status"] or "unknown"
    sub_state = f", {row['sub_state'].replace('_', ' ')}" if row["sub_state"] else ""
    raw = row["raw_status"]
    return known + sub_state + (f" ({raw})" if raw and raw.casefold() != known.casefold() else "")


def _trades(accounts: Sequence[Json], now: datetime) -> Iterator[str]:
    yield from _summaries(accounts, "trades", now)
    heads = ["Time", "Account", "Side", "Instrument", "Exchange", "Product", "Qty", "Price", "Order id", "Trade id"]
    cells = [
        [moment(row["traded_at"], now), name]
        + [row[part] for part in ("side", "symbol", "exchange", "product")]
        + [count(row["quantity"]), price(row["price"], row["exchange"]), row["order_id"], row["trade_id"]]
        for name, row in _timely(accounts, "trades", "traded_at")
    ]
    if cells:
        yield from table(heads, cells, "<<<<<<>><<")


def _summaries(accounts: Sequence[Json], key: str, now: datetime) -> Iterator[str]:
    """A line an account: how many rows it has, or why nobody knows."""
    for account in accounts:
        rows = account[key]
        one = key.removesuffix("s")
        yield _head(account, now) + ("" if rows is None else f": {len(rows) or 'no'} {one if len(rows) == 1 else key}")


def _timely(accounts: Sequence[Json], key: str, time: str) -> list[tuple[str, Json]]:
    """The rows of all accounts with the names of these, the earliest first; without a time they come last."""
    rows = [(account["name"], row) for account in accounts for row in account[key] or ()]
    timed = [pair for pair in rows if pair[1][time] is not None]
    timeless = [pair for pair in rows if pair[1][time] is None]
    return sorted(timed, key=lambda pair: datetime.fromisoformat(pair[1][time])) + timeless


# ------------------------------------------------------------------ prices


def _ltp(answer: Json, now: datetime) -> Iterator[str]:
    for account in answer.get("refused") or ():
        yield f"{_account(account)}, no prices. {failed(account)}"
    account = answer.get("account")
    if account is None:
        return
    yield f"Prices of {_head(account, now)}"
    names = ("last_price", "open", "high", "low", "close")
    cells = [
        [row["symbol"], row["exchange"], *(price(row[name], row["exchange"]) for name in names)]
        for row in answer["quotes"]
    ]
    cells += [[row["symbol"], row["exchange"], *[UNKNOWN] * len(names)] for row in answer["missing"]]
    yield from table(["Instrument", "Exchange", "Last", "Open", "High", "Low", "Close"], cells, "<<>>>>>")


def _of_accounts(render: Callable[[Sequence[Json], datetime], Iterable[str]]) -> Renderer:
    def lines(answer: Json, now: datetime) -> Iterable[str]:
        accounts = answer.get("accounts")
        if accounts:
            return render(accounts, now)
        return [NOBODY] if answer["ok"] else []  # that there is none is only said where it is known

    return lines


def _book(accounts: Sequence[Json], now: datetime) -> Iterator[str]:
    return _history(accounts, now) if "history" in accounts[0] else _orders(accounts, now)


RENDERERS: Final[Mapping[str, Renderer]] = MappingProxyType(
    {
        "holdings": _of_accounts(_holdings),
        "funds": _of_accounts(_funds),
        "orders": _of_accounts(_book),
        "trades": _of_accounts(_trades),
        "ltp": _ltp,
    }
)
