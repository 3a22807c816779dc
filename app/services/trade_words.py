"""Ready means ready to trade: whether orders and prices are allowed, as words, and what to do about it."""

from typing import Final

from app.domain.tongue import tr
from app.services.state_words import told
from app.services.views import AccountState, AccountView, Allowed, Permit

CONNECTED: Final = frozenset(
    {
        AccountState.READY,
        AccountState.ENDS_SOON,
        AccountState.WATCH_ONLY,
        AccountState.REFUSED,
        AccountState.SIGNING_IN,
    }
)
"""The states in which the broker answers, or did before a sign-in was begun."""

_FIRST_ORDER: Final = "The first order will tell."
_FIRST_PRICE: Final = "The first price that is asked for will tell. P&L uses the prices in your positions."
_ORDERS: Final = {
    Permit.YES: "yes",
    Permit.REFUSED: "refused",
    Permit.NOT_KNOWN: "not known yet",
}
_PRICES: Final = _ORDERS | {Permit.REFUSED: "not subscribed"}


def orders_words(view: AccountView) -> tuple[str, str]:
    """Whether orders are taken from where this computer is, and why or what to do: "refused from this address"."""
    error = view.orders.error
    if error is not None and error.kind == "ip_not_registered":
        return tr("refused from this address"), told(error)
    noted = tr("You noted {address} as the registered address. ", address=view.address) if view.address else ""
    return tr(_ORDERS[view.orders.permit]), _why(view.orders, noted + tr(_FIRST_ORDER))


def prices_words(view: AccountView) -> tuple[str, str]:
    """Whether the broker gives prices, and why or what to do: "not subscribed"."""
    error = view.prices.error
    words = _PRICES if error is None or error.kind == "not_subscribed" else _ORDERS
    return tr(words[view.prices.permit]), _why(view.prices, tr(_FIRST_PRICE))


def trade_line(view: AccountView) -> str:
    """The state of a connected account, down to its orders; empty while it is not connected."""
    if view.state not in CONNECTED:
        return ""
    return tr(
        "connected; orders: {orders_words}; prices: {prices_words}",
        orders_words=orders_words(view)[0],
        prices_words=prices_words(view)[0],
    )


def _why(known: Allowed, otherwise: str) -> str:
    if known.error is not None:
        return told(known.error)
    return otherwise if known.permit is Permit.NOT_KNOWN else ""
