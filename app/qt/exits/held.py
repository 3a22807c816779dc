"""Which positions are open, as far as is known: what an exit is offered for. Shares that are held are none. No Qt."""

from collections.abc import Sequence

from app.domain import Exchange, Product
from app.domain.tongue import tr
from app.qt.models.board import Board
from app.qt.models.positions import HeldRow
from app.services.order_views import ExitScope
from app.services.views import AccountView


def open_at(board: Board) -> list[tuple[AccountView, int]]:
    """How many open positions each account has, of those that have any, in the user's order."""
    views = ((account, board.positions(account.user_id)) for account in board.accounts)
    counts = (
        (account, sum(one.quantity != 0 for one in view.rows or ())) for account, view in views if view is not None
    )
    return [(account, count) for account, count in counts if count]


def why_none(board: Board, user_id: str | None = None) -> str:
    """Why there is nothing to exit in an account, or in all; "" when there is."""
    if any(user_id in {None, account.user_id} for account, _ in open_at(board)):
        return ""
    unread = any(
        (view := board.positions(account.user_id)) is None or view.rows is None
        for account in board.accounts
        if user_id in {None, account.user_id}
    )
    return tr("Positions were not read yet") if unread else tr("No position is open")


def why_not(rows: Sequence[HeldRow]) -> str:
    """Why the chosen rows cannot be exited, "" when any of them can."""
    if not rows:
        return tr("Choose a position first")
    if any(row.parts for row in rows):
        return tr("Choose the lines of the accounts below it")
    return "" if any(row.record.position.quantity for row in rows) else tr("It is flat already")


def scopes_of(rows: Sequence[HeldRow]) -> tuple[ExitScope, ...]:
    """The open ones among the chosen rows, a scope an account: nothing else may go."""
    wanted: dict[str, set[tuple[Exchange, str, Product]]] = {}
    for row in rows:
        one = row.record.position
        if row.account is not None and one.quantity:
            wanted.setdefault(row.account.user_id, set()).add((one.exchange, one.symbol, one.product))
    return tuple(ExitScope(user_id, frozenset(keys)) for user_id, keys in wanted.items())
