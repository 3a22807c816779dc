"""Every way in which something can fail, in one tree; its last two branches grow in `local_errors.py`.

    TradingError                 title, next_step, kind, detail, recovery
      AccountError               the broker said no to this session or these credentials
        SessionExpired  BadCredentials  WrongAccount  TwoFactorDue  LoginThrottled
        IpNotRegistered  NotSubscribed  PermissionDenied  UserBlocked
      NoAnswer                   nobody knows: never expired, never rejected, never empty
        NotReachable  BrokerDown  Maintenance  RateLimited(retry_after)  DailyCap  WireSurprise
      OrderError
        OrderRejected  InsufficientFunds  InsufficientHoldings  AuthorisationNeeded  MarketClosed
        AlreadyFinal  NotSent  OutcomeUnknown
      RequestError
        InvalidRequest(field)  TooMuchAtOnce(at_most)  NotFound  Unsupported
      VaultError
        KeychainLocked  KeychainMissing  KeychainDenied  KeychainTimeout  KeyMissing
        Tampered  VaultForeign  VaultDamaged  VaultNewer  DiskFull  ReadOnly  Busy
      LoginError
        LoginCancelled  LoginTimedOut  LoginForged  PortTaken  BrowserMissing

`kind` is a stable word for logs, JSON and exit codes: kinds may be added, never renamed. `title` and `next_step` are
plain words for the trader; `detail` is the broker's or the system's own text, shown small, with known secrets hidden.
"""

from enum import StrEnum
from typing import Any, ClassVar, Final

from app.domain.secret import redact
from app.domain.tongue import tr

_DETAIL_LIMIT: Final = 500  # a broker may answer with a whole page; a person reads the first lines


class Recovery(StrEnum):
    """The three different things to ask of a failure."""

    RECONNECT = "reconnect"  # the user must sign in again
    RETRY = "retry"  # Kunji tries again by itself
    TELL = "tell"  # say so and stop


class TradingError(Exception):
    """A failure with words. Subclasses say which one; raise a subclass, catch any level."""

    kind: ClassVar[str] = "error"
    recovery: ClassVar[Recovery] = Recovery.TELL
    title: str = "This did not work"
    next_step: str = "Open Details to see what was answered."

    def __init__(
        self,
        detail: str = "",
        *,
        title: str | None = None,
        next_step: str | None = None,
        broker_code: str = "",
        field: str = "",
        retry_after: float | None = None,
    ) -> None:
        """Keep `detail` (the other side's own words, cut and without secrets) and override words where known better.

        `field` names the input field that is to blame, `retry_after` is a wait in seconds.
        """
        self.detail = redact(detail)[:_DETAIL_LIMIT]
        self.broker_code = redact(broker_code)
        self.field = field
        self.retry_after = retry_after
        self.title = redact(tr(self.title if title is None else title))
        self.next_step = redact(tr(self.next_step if next_step is None else next_step))
        super().__init__(f"{self.title} ({self.kind})" + (f": {self.detail}" if self.detail else ""))


class AccountError(TradingError):
    """The broker itself said no to this session, these credentials or this ability."""

    kind = "account"


class SessionExpired(AccountError):
    """The broker no longer takes this session's token: expired, replaced or revoked."""

    kind = "session_expired"
    recovery = Recovery.RECONNECT
    title = "The session has ended"
    next_step = "Reconnect and sign in again."


class BadCredentials(AccountError):
    """The broker refused the key, the secret or the sign-in that came with them."""

    kind = "bad_credentials"
    title = "The broker refused these credentials"
    next_step = "Copy the key and the secret again from the broker's developer page. Nothing was stored."


class WrongAccount(AccountError):
    """The token works, but belongs to another client id."""

    kind = "wrong_account"
    title = "This is another client's session"
    next_step = "Sign out on the broker's page and sign in with the right client id. Nothing was changed."


class TwoFactorDue(AccountError):
    """The broker wants its daily second factor first."""

    kind = "two_factor_due"
    recovery = Recovery.RECONNECT
    title = "The broker asks for its daily two-factor sign-in"
    next_step = "Sign in on the broker's own page or app, then reconnect."


class LoginThrottled(AccountError):
    """Too many sign-ins in a short time."""

    kind = "login_throttled"
    title = "Too many sign-ins in a short time"
    next_step = "Wait a few minutes before the next sign-in."


class IpNotRegistered(AccountError):
    """Orders are taken from registered internet addresses only; reading still works."""

    kind = "ip_not_registered"
    title = "Orders are refused from this internet address"
    next_step = "Register your address on the broker's developer page. You can still watch."


class NotSubscribed(AccountError):
    """A paid plan is missing; everything else works."""

    kind = "not_subscribed"
    title = "Prices are not part of your plan at this broker"
    next_step = "P&L uses the prices in your positions. The broker sells a data plan."


class PermissionDenied(AccountError):
    """The broker does not allow this call to this user or app."""

    kind = "permission_denied"
    title = "The broker does not allow this to your app"
    next_step = "Check the app's type and rights on the broker's developer page."


class UserBlocked(AccountError):
    """The broker has blocked the user."""

    kind = "user_blocked"
    title = "The broker has blocked this account"
    next_step = "Ask the broker's support why."


class NoAnswer(TradingError):
    """Something prevented an answer: the question is still open."""

    kind = "no_answer"
    recovery = Recovery.RETRY


class NotReachable(NoAnswer):
    """No connection, or no complete answer in time."""

    kind = "not_reachable"
    title = "The broker cannot be reached"
    next_step = "Your session is believed alive. Kunji tries again by itself."


class BrokerDown(NoAnswer):
    """The broker's server answered that it cannot answer."""

    kind = "broker_down"
    title = "The broker's server has a problem"
    next_step = "Your session is believed alive. Kunji tries again by itself."


class Maintenance(NoAnswer):
    """The broker is closed for maintenance."""

    kind = "maintenance"
    title = "The broker is under maintenance"
    next_step = "Kunji tries again by itself."


class RateLimited(NoAnswer):
    """Too many calls; `retry_after` says how many seconds to wait."""

    kind = "rate_limited"
    title = "The broker asks us to wait"
    next_step = "Nothing is lost. Kunji goes on by itself after the wait."


class DailyCap(NoAnswer):
    """The broker's count of calls for the day is used up."""

    kind = "daily_cap"
    recovery = Recovery.TELL
    title = "The broker's daily limit is used up"
    next_step = "It starts anew tomorrow. Use the broker's own app until then."


class WireSurprise(NoAnswer):
    """An answer that the broker's protocol does not know; nothing is concluded from it."""

    kind = "wire_surprise"
    title = "The broker answered something unexpected"
    next_step = "Nothing was changed. If it stays, look for an update of Kunji."


class OrderError(TradingError):
    """An order did not go the way it was meant to."""

    kind = "order"


class OrderRejected(OrderError):
    """The broker or the exchange definitely refused the order."""

    kind = "order_rejected"
    title = "The order was refused"
    next_step = "Nothing is in the market. Read the broker's reason and correct the order."


class InsufficientFunds(OrderError):
    """Not enough margin."""

    kind = "insufficient_funds"
    title = "Not enough funds for this order"
    next_step = "Nothing is in the market. Add funds or order less."


class InsufficientHoldings(OrderError):
    """Selling more than is held."""

    kind = "insufficient_holdings"
    title = "Not enough shares to sell"
    next_step = "Nothing is in the market. Check your holdings."


class AuthorisationNeeded(OrderError):
    """The depository wants today's authorisation before shares are sold."""

    kind = "authorisation_needed"
    title = "The sale needs your authorisation at the depository"
    next_step = "Authorise the sale in the broker's own app, then order again."


class MarketClosed(OrderError):
    """The market of this instrument is closed."""

    kind = "market_closed"
    title = "The market is closed"
    next_step = "Nothing was sent to the exchange. Place it as an after-market order, or wait."


class AlreadyFinal(OrderError):
    """The order can no longer be changed."""

    kind = "already_final"
    title = "The order can no longer be changed"
    next_step = "Read the order again: it may be filled."


class NotSent(OrderError):
    """The order certainly never left this computer."""

    kind = "not_sent"
    title = "The order was not sent"
    next_step = "It never left this computer. You may order again."


class OutcomeUnknown(OrderError):
    """The order was sent and its answer was lost: it may be in the market."""

    kind = "outcome_unknown"
    title = "It is not known what became of the order"
    next_step = "Do not send it again. Look into the broker's order book."


class RequestError(TradingError):
    """What was asked cannot be asked so."""

    kind = "request"


class InvalidRequest(RequestError):
    """A value is missing or wrong; `field` names it."""

    kind = "invalid_request"
    title = "A value is missing or wrong"
    next_step = "Correct it and try again. Nothing was sent."


class TooMuchAtOnce(InvalidRequest):
    """One ticket cannot be for so much; for `at_most` units it can."""

    kind = "too_much_at_once"

    def __init__(self, detail: str = "", *, at_most: int = 0, **words: Any) -> None:
        """See `TradingError`, whose `words` are taken too."""
        super().__init__(detail, **words)
        self.at_most = at_most


class NotFound(RequestError):
    """There is no such thing."""

    kind = "not_found"
    title = "There is no such thing"
    next_step = "Check the name."


class Unsupported(RequestError):
    """The broker does not offer this."""

    kind = "unsupported"
    title = "This broker does not offer that"
    next_step = "Use the broker's own app for it."
