"""From what is known of an account to what is shown of it: the one place where a state is decided."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from app.domain import Recovery, Tampered, TradingError, VaultError
from app.domain.clock import IST
from app.domain.forecast import Certainty, Forecast
from app.domain.records import dataclass
from app.domain.sessions import Session, SessionState
from app.services.views import NOT_KNOWN, AccountState, AccountView, Action, Allowed
from app.services.words import before_close

if TYPE_CHECKING:
    from app.vault import StoredAccount

SOON: Final = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a state depends on, besides the time.

    `error` is the last trouble of the session, `barred` a refusal that is not the token's death, `orders_refused` one
    that concerns orders only, `locked` why the credentials cannot be read. `renewable` is the forecast of a token that
    would be issued now.
    """

    account: "StoredAccount"
    broker_label: str
    session: Session
    signing_in: bool = False
    error: TradingError | None = None
    barred: TradingError | None = None
    orders_refused: TradingError | None = None
    locked: VaultError | None = None
    last_check_at: datetime | None = None
    last_good_at: datetime | None = None
    retry_at: datetime | None = None
    open_positions: int | None = None
    renewable: datetime | None = None
    forecast: Forecast | None = None
    keeps: frozenset[str] | None = None
    orders: Allowed = NOT_KNOWN
    prices: Allowed = NOT_KNOWN
    address: str = ""

    @property
    def ends_at(self) -> datetime | None:
        """When the session will end; what was stored with the token where nothing is foreseen."""
        return self.forecast.ends_at if self.forecast is not None else self.account.token_expires_at


def state_of(facts: Facts, now: datetime) -> AccountState:
    """The state that the account is shown in."""
    if facts.signing_in:
        return AccountState.SIGNING_IN
    if facts.locked is not None:
        return AccountState.LOCKED
    beneath = facts.session.beneath
    if beneath is SessionState.EXPIRED:
        return AccountState.SIGNED_OUT
    if facts.barred is not None:
        return AccountState.REFUSED
    return _connected(facts, now) if beneath is SessionState.CONNECTED else _unanswered(facts, now)


def _connected(facts: Facts, now: datetime) -> AccountState:
    if not _heard_since(facts.ends_at, facts.last_good_at, now):
        return AccountState.NOT_CONFIRMED
    if facts.orders_refused is not None:
        return AccountState.WATCH_ONLY
    return AccountState.ENDS_SOON if ends_soon(facts.ends_at, now) else AccountState.READY


def _heard_since(end: datetime | None, good: datetime | None, now: datetime) -> bool:
    """Whether the broker's yes still counts: after the forecast death only one that came later does."""
    return end is None or end > now or (good is not None and good >= end)


def _unanswered(facts: Facts, now: datetime) -> AccountState:
    """Offline only when a session that was seen alive should still be: anything else is not confirmed."""
    end = facts.ends_at
    due = end is not None and end <= now
    doubtful = due or not facts.session.confirmed or facts.last_check_at is None
    return AccountState.NOT_CONFIRMED if doubtful else AccountState.OFFLINE


def ends_soon(end: datetime | None, now: datetime) -> bool:
    """Whether a session that ends at `end` needs a word now: within the hour, or today while the market is open."""
    if end is None or end <= now:
        return False
    today = end.astimezone(IST).date() == now.astimezone(IST).date()
    return end - now <= SOON or (today and before_close(end))


def action_of(facts: Facts, state: AccountState) -> Action:
    """The one thing that `state` asks of the user."""
    if state is AccountState.LOCKED and isinstance(facts.locked, Tampered):  # unlocking would not mend it
        return Action.NONE
    if state is AccountState.ENDS_SOON and not _renewing_helps(facts):
        return Action.NONE
    if state is AccountState.REFUSED:
        return _after_refusal(facts)
    return _ACTIONS.get(state, Action.NONE)


_ACTIONS: Final = {
    AccountState.SIGNED_OUT: Action.RECONNECT,
    AccountState.LOCKED: Action.UNLOCK,
    AccountState.ENDS_SOON: Action.RENEW,
    AccountState.NOT_CONFIRMED: Action.CHECK,
    AccountState.SIGNING_IN: Action.SHOW_SIGN_IN,
}


def _renewing_helps(facts: Facts) -> bool:
    """A token minted before the daily flush dies in that flush, too (protocol sheet section 2)."""
    end = facts.ends_at
    return end is None or facts.renewable is None or facts.renewable > end


def _after_refusal(facts: Facts) -> Action:
    asks = facts.barred is not None and facts.barred.recovery is Recovery.RECONNECT
    return Action.RECONNECT if asks else Action.CHECK


def picture(facts: Facts, *, since: datetime | None, now: datetime) -> AccountView:
    """The account as the faces show it."""
    state = state_of(facts, now)
    account = facts.account
    return AccountView(
        user_id=account.user_id,
        name=account.name,
        broker_type=account.broker_type,
        broker_label=facts.broker_label,
        client_id=account.client_id,
        colour=account.colour,
        state=state,
        action=action_of(facts, state),
        since=since,
        connected_at=account.created_at,
        token_since=account.token_since,
        token_expires_at=facts.ends_at,
        certainty=facts.forecast.certainty if facts.forecast is not None else Certainty.UNKNOWN,
        ends_why=facts.forecast.why if facts.forecast is not None else "",
        last_check_at=facts.last_check_at,
        last_good_at=facts.last_good_at,
        open_positions=facts.open_positions,
        error=_error_of(facts, state),
        keeps=facts.keeps,
        orders=facts.orders,
        prices=facts.prices,
        address=facts.address,
        retry_at=facts.retry_at if state in (AccountState.OFFLINE, AccountState.NOT_CONFIRMED) else None,
    )


def _error_of(facts: Facts, state: AccountState) -> TradingError | None:
    by_state = {
        AccountState.LOCKED: facts.locked,
        AccountState.REFUSED: facts.barred,
        AccountState.WATCH_ONLY: facts.orders_refused,
        AccountState.READY: None,
        AccountState.ENDS_SOON: None,
    }
    return by_state.get(state, facts.error)
