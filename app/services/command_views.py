"""Answers of the commands as JSON objects (docs/cli.md): what a script reads and what the command line prints.

Money is decimal text, moments are ISO 8601 with their offset, what is not known is null. No secret is ever in them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any, Final

from app.domain import (
    Busy,
    IpNotRegistered,
    LoginCancelled,
    LoginTimedOut,
    NoAnswer,
    NotFound,
    Position,
    Profile,
    RequestError,
    TradingError,
    VaultError,
)
from app.domain.tongue import tr
from app.services import trade_words, words
from app.services.answers import Answer, No, Yes
from app.services.book_views import PositionsView
from app.services.views import AccountState, AccountView, Allowed, BrokerStatus, Health, SignInView

Json = dict[str, Any]


class Code(IntEnum):
    """Exit codes: numbers that scripts rely on."""

    YES = 0
    NO = 1  # the broker, or a rule, said no
    USAGE = 2
    UNKNOWN = 3  # nobody could be asked: nothing is concluded
    NOT_FOUND = 4
    OWNER_SILENT = 5  # Kunji is open and does not answer
    VAULT = 6  # keychain, key or credential store
    CANCELLED = 7  # cancelled, or nobody answered in time
    INTERNAL = 9  # a mistake of Kunji


_CODES: Final[tuple[tuple[type[TradingError], Code], ...]] = (
    (NotFound, Code.NOT_FOUND),
    (RequestError, Code.USAGE),
    (Busy, Code.OWNER_SILENT),
    (VaultError, Code.VAULT),
    (LoginCancelled, Code.CANCELLED),
    (LoginTimedOut, Code.CANCELLED),
    (NoAnswer, Code.UNKNOWN),
)
_HEALTH: Final = {Health.HEALTHY: Code.YES, Health.TOKEN_EXPIRED: Code.NO, Health.ERROR: Code.UNKNOWN}

_STATES: Final = {
    AccountState.SIGNED_OUT: Code.NO,
    AccountState.REFUSED: Code.NO,
    AccountState.LOCKED: Code.VAULT,
    AccountState.NOT_CONFIRMED: Code.UNKNOWN,
    AccountState.OFFLINE: Code.UNKNOWN,
    AccountState.SIGNING_IN: Code.UNKNOWN,
}


def code_of(error: TradingError) -> Code:
    """The exit code of a failure; what is not listed is a definite no."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), Code.NO)


def success(**content: Any) -> Json:
    """An answer that says yes."""
    return {"ok": True, "code": Code.YES, "error": None, **content}


def failure(error: TradingError, **content: Any) -> Json:
    """An answer that says no, or that there is none."""
    return {"ok": False, "code": code_of(error), "error": error_json(error), **content}


def own_mistake() -> Json:
    """An answer that says that Kunji itself went wrong."""
    words = {
        "kind": "internal",
        "title": tr("Kunji made a mistake"),
        "next_step": tr("Its log says which."),
        "detail": "",
    }
    return {"ok": False, "code": Code.INTERNAL, "error": words | {"field": "", "retry_after": None}}


def error_json(error: TradingError | None) -> Json | None:
    """What went wrong, in words and as a stable `kind`."""
    if error is None:
        return None
    return {
        "kind": error.kind,
        "title": error.title,
        "next_step": error.next_step,
        "detail": error.detail,
        "field": error.field,
        "retry_after": error.retry_after,
    }


def account_json(view: AccountView, now: datetime) -> Json:
    """One account as it stands."""
    return {
        "user_id": view.user_id,
        "name": view.name,
        "broker_type": view.broker_type,
        "broker": view.broker_label,
        "client_id": view.client_id,
        "state": view.state.value,
        "says": words.status_message(view, now),
        "since": moment(view.since),
        "open_positions": view.open_positions,
        "error": error_json(view.error),
    }


def status_json(view: AccountView, status: BrokerStatus, now: datetime) -> Json:
    """One account with what its broker was last heard to say."""
    return account_json(view, now) | {
        "status": status.status.value,
        "kind": status.kind,
        "message": status.message,
        "connected_at": moment(status.connected_at),
        "token_since": moment(status.token_since),
        "token_expires_at": moment(status.token_expires_at),
        "certainty": view.certainty.value,
        "orders": allowed_json(view.orders, trade_words.orders_words(view)),
        "prices": allowed_json(view.prices, trade_words.prices_words(view)),
        "address": view.address,
        "trading": trade_words.trade_line(view),
        "expires_soon": status.expires_soon,
        "last_good_at": moment(status.last_good_at),
        "checked_at": moment(status.checked_at),
        "age_seconds": round(status.age, 1),
    }


def allowed_json(known: Allowed, said: tuple[str, str]) -> Json:
    """A permission, in words and why."""
    return {"permit": known.permit.value, "says": said[0], "why": said[1], "error": error_json(known.error)}


def status_code(views: Sequence[tuple[AccountView, BrokerStatus]]) -> Code:
    """One code for several accounts: a definite no first, then a vault that is shut, then what is not known."""
    return worst_code([_status_code(view, status) for view, status in views])


def worst_code(codes: Iterable[int]) -> Code:
    """The one that counts of several: a definite no, then a vault that is shut, then what is not known."""
    found = set(codes) - {Code.YES}
    first = next((code for code in (Code.NO, Code.VAULT, Code.UNKNOWN) if code in found), None)
    return first or Code(min(found, default=Code.YES))


def state_code(view: AccountView) -> Code:
    """What the state of one account says, as it is believed now."""
    return _STATES.get(view.state, Code.YES)


def _status_code(view: AccountView, status: BrokerStatus) -> Code:
    # an account that may be watched but not traded is a healthy session
    if status.status is Health.ERROR and view.error is not None and not isinstance(view.error, IpNotRegistered):
        return code_of(view.error)
    return _HEALTH[status.status]


def profile_json(profile: Profile) -> Json:
    """Who the broker says the session belongs to."""
    return {
        "client_id": profile.client_id,
        "name": profile.name,
        "email": profile.email,
        "exchanges": list(profile.exchanges),
        "products": list(profile.products),
    }


def positions_json(account: AccountView, view: PositionsView) -> Json:
    """The positions of one account. `positions` is null until they were read once."""
    rows = view.rows
    return {
        "user_id": account.user_id,
        "name": account.name,
        "broker": account.broker_label,
        "current": view.current,
        "as_of": moment(view.as_of),
        "error": error_json(view.error),
        "positions": None if rows is None else [position_json(row) for row in rows],
        "totals": None if rows is None else totals_json(rows),
    }


def position_json(row: Position) -> Json:
    """One position."""
    return {
        "symbol": row.symbol,
        "exchange": row.exchange.value,
        "product": row.product.value,
        "quantity": row.quantity,
        "average_price": money(row.average_price),
        "last_price": money(row.last_price),
        "last_price_is_derived": row.price_is_derived,
        "pnl": money(row.pnl),
        "realised": money(row.realised),
        "unrealised": money(row.unrealised),
        "broker_symbol": row.broker_symbol,
    }


def totals_json(rows: Sequence[Position]) -> Json:
    """Sums over `rows`, rupees."""
    return {
        "pnl": money(sum((row.pnl for row in rows), Decimal(0))),
        "realised": money(sum((row.realised for row in rows), Decimal(0))),
        "unrealised": money(sum((row.unrealised for row in rows), Decimal(0))),
    }


def sign_in_json(view: SignInView, now: datetime) -> Json:
    """How a sign-in stands; `url` is the broker's page, `asked` what the user is asked to type."""
    return {
        "kind": "sign_in",
        "phase": view.phase.value,
        "says": words.sign_in_line(view, now),
        "url": view.url,
        "ends_at": moment(view.ends_at),
        "asked": None if view.asked is None else {"name": view.asked.name, "label": view.asked.label},
        "problem": error_json(view.problem),
    }


def answer_json(answer: Answer[Any], **content: Any) -> Json:
    """A service's answer; `content` belongs to a yes."""
    return success(**content) if isinstance(answer, Yes) else _no(answer)


def _no(answer: Any) -> Json:
    found = failure(answer.error)
    if isinstance(answer, No) and found["code"] == Code.UNKNOWN:
        found["code"] = Code.NO  # the service calls it definite
    return found


def moment(value: datetime | None) -> str | None:
    """ISO 8601 with its offset."""
    return None if value is None else value.isoformat()


def money(value: Decimal | None) -> str | None:
    """Decimal text, exact."""
    return None if value is None else f"{value:f}"
