"""What the reading commands found, as JSON objects (docs/cli.md): each account with its own answer.

An account that was not read has null where its rows would be, and says why; what is not known is null.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from app.domain import (
    Exchange,
    Funds,
    Holding,
    IpNotRegistered,
    NotSubscribed,
    Order,
    Quote,
    Trade,
    TradingError,
    Unsupported,
)
from app.domain.records import dataclass
from app.services.command_views import Code, Json, code_of, error_json, failure, moment, money, success
from app.services.views import AccountView

_LACKING: Final = (Unsupported, NotSubscribed, IpNotRegistered)


@dataclass(frozen=True, slots=True)
class AccountAnswer:
    """What one account was asked: `found` at `as_of`, or the `error` that stands in its place."""

    view: AccountView
    as_of: datetime | None = None
    found: Any = None
    error: TradingError | None = None

    @property
    def lacks(self) -> bool:
        """Whether the broker, the plan or the address just does not have this: no failure of the account.

        An account of a broker that this version does not know has nothing at all: that is one.
        """
        return isinstance(self.error, _LACKING) and not isinstance(self.view.error, Unsupported)


def together(answers: Sequence[AccountAnswer], key: str, picture: Callable[[Any], Json]) -> Json:
    """One answer about several accounts: a yes when all were read, those aside that cannot have it."""
    accounts = [_account(answer, key, picture) for answer in answers]
    error = what_failed(answers)
    return success(accounts=accounts) if error is None else failure(error, accounts=accounts)


def what_failed(answers: Sequence[AccountAnswer]) -> TradingError | None:
    """The first failure; what an account cannot have is one only when no account answered."""
    failed = [answer for answer in answers if answer.error is not None]
    true = [answer.error for answer in failed if not answer.lacks]
    lacking = [answer.error for answer in failed] if len(failed) == len(answers) else []
    return next(iter([*true, *lacking]), None)


def _account(answer: AccountAnswer, key: str, picture: Callable[[Any], Json]) -> Json:
    found = {key: None} if answer.error is not None else picture(answer.found)
    return asked_json(answer) | found


def asked_json(answer: AccountAnswer) -> Json:
    """Which account was asked, when it answered, and why it did not."""
    return {
        "user_id": answer.view.user_id,
        "name": answer.view.name,
        "broker_type": answer.view.broker_type,
        "broker": answer.view.broker_label,
        "code": Code.YES if answer.error is None else code_of(answer.error),
        "as_of": moment(answer.as_of),
        "error": error_json(answer.error),
    }


# ------------------------------------------------------------------ holdings and funds


def holdings_json(rows: Sequence[Holding]) -> Json:
    """What lies in the demat account, with sums where every price is known."""
    totals = {
        "invested": money(_sum([row.average_price * row.quantity for row in rows])),
        "value": money(_sum([_value(row) for row in rows])),
        "pnl": money(_sum([row.pnl for row in rows])),
    }
    return {"holdings": [holding_json(row) for row in rows], "totals": totals}


def holding_json(row: Holding) -> Json:
    """One share; `value` and `pnl` are null without a price."""
    return {
        "symbol": row.symbol,
        "exchange": row.exchange.value,
        "isin": row.isin,
        "quantity": row.quantity,
        "free": row.free,
        "t1": row.t1,
        "pledged": row.pledged,
        "used_today": row.used_today,
        "average_price": money(row.average_price),
        "last_price": money(row.last_price),
        "close_price": money(row.close_price),
        "value": money(_value(row)),
        "pnl": money(row.pnl),
        "broker_symbol": row.broker_symbol,
    }


def _value(row: Holding) -> Decimal | None:
    return None if row.last_price is None else row.last_price * row.quantity


def _sum(amounts: Sequence[Decimal | None]) -> Decimal | None:
    """The sum; None when one of them is not known: the rest of them is no sum."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None


def funds_json(funds: Funds) -> Json:
    """Money at one broker; `raw` has the broker's own figures under its own names."""
    return {
        "funds": {
            "available": money(funds.available),
            "used": money(funds.used),
            "collateral": money(funds.collateral),
            "opening": money(funds.opening),
            "raw": {name: money(amount) for name, amount in funds.raw.items()},
        }
    }


# ------------------------------------------------------------------ orders and trades


def orders_json(rows: Sequence[Order]) -> Json:
    """The order book of the day."""
    return {"orders": [order_json(row) for row in rows]}


def history_json(rows: Sequence[Order]) -> Json:
    """The states of one order, oldest first."""
    return {"history": [order_json(row) for row in rows]}


def order_json(row: Order) -> Json:
    """One order; `status` is null when the broker's word, `raw_status`, is not known to Kunji."""
    return {
        "order_id": row.order_id,
        "placed_at": moment(row.placed_at),
        "side": row.side.value,
        "symbol": row.symbol,
        "exchange": row.exchange.value,
        "product": row.product.value,
        "order_type": row.order_type.value,
        "quantity": row.quantity,
        "filled_quantity": row.filled_quantity,
        "price": money(row.price),
        "trigger_price": money(row.trigger_price),
        "average_price": money(row.average_price),
        "status": None if row.status is None else row.status.value,
        "sub_state": row.sub_state.value,
        "raw_status": row.raw_status,
        "message": row.message,
        "tag": row.tag,
        "broker_symbol": row.broker_symbol,
        "validity": None if row.validity is None else row.validity.value,
        "disclosed_quantity": row.disclosed_quantity,
    }


def trades_json(rows: Sequence[Trade]) -> Json:
    """The trades of the day."""
    return {"trades": [trade_json(row) for row in rows]}


def trade_json(row: Trade) -> Json:
    """One fill; `traded_at` is null where the broker says no full time."""
    return {
        "trade_id": row.trade_id,
        "order_id": row.order_id,
        "traded_at": moment(row.traded_at),
        "side": row.side.value,
        "symbol": row.symbol,
        "exchange": row.exchange.value,
        "product": row.product.value,
        "quantity": row.quantity,
        "price": money(row.price),
        "broker_symbol": row.broker_symbol,
    }


# ------------------------------------------------------------------ prices


def quote_json(symbol: str, exchange: Exchange, quote: Quote) -> Json:
    """The last price of one instrument, and the day's figures where the broker says them."""
    return {
        "symbol": symbol,
        "exchange": exchange.value,
        "last_price": money(quote.last_price),
        "open": money(quote.open),
        "high": money(quote.high),
        "low": money(quote.low),
        "close": money(quote.close),
    }
