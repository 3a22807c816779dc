"""What the palette finds: accounts and what they ask for, views, actions, what is held, and what could be held. No Qt.

Nothing in here places an order: an instrument leads to where it is held.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from app.domain import Instrument
from app.domain.tongue import tr
from app.qt.actions import Offered
from app.qt.keyboard import Group, keys
from app.qt.models.board import Board
from app.qt.palette_match import Entry, Kind
from app.qt.say import verb
from app.services.views import AccountView, Action, Book, HoldingsView, PositionsView
from app.services.words import state_word

_ELSEWHERE: Final = ("palette", "repair", "clear", "next_region", "previous_region")  # of use where one is, not in here
_NAMED: Final = 2  # accounts by name; more are counted
Find = Callable[[str, str], object]
"""Show a view with its table filtered: (view, text)."""


@dataclass(frozen=True, slots=True)
class World:
    """What there is to find, and how to get there."""

    board: Board
    actions: Sequence[Offered]
    go: Callable[[str], object]
    repair: Callable[[str], object]
    find: Find


def entries(world: World, now: datetime) -> list[Entry]:
    """Everything but the instruments that nobody holds, in the order in which it is offered with nothing typed."""
    return [*_repairs(world), *_views(world), *_accounts(world, now), *_actions(world), *_held(world)]


def _repairs(world: World) -> Iterator[Entry]:
    for at, view in enumerate(world.board.worst_first):
        label = tr(verb(view.action))
        if label:
            pressed = keys("repair") if at == 0 else ""
            says, run = _repair_says(view), partial(world.repair, view.user_id)
            title = f"{label} {view.title}"
            yield Entry(f"repair {view.user_id}", Kind.ACCOUNT, title, says, pressed, also=view.client_id, run=run)


def _repair_says(view: AccountView) -> str:
    return {
        Action.RECONNECT: tr("opens the sign-in"),
        Action.RENEW: tr("opens the sign-in"),
        Action.CHECK: tr("asks the broker now"),
        Action.SHOW_SIGN_IN: tr("shows the sign-in under way"),
        Action.UNLOCK: tr("asks the keychain again"),
    }.get(view.action, "")


def _accounts(world: World, now: datetime) -> Iterator[Entry]:
    for at, view in enumerate(world.board.accounts, 1):
        says = tr("{state}; shows its page", state=state_word(view, now))
        pressed = keys(f"account_{at}") if at <= 9 else ""  # noqa: PLR2004 - the digits of the keyboard
        run = partial(world.go, view.user_id)
        yield Entry(f"account {view.user_id}", Kind.ACCOUNT, view.title, says, pressed, also=view.client_id, run=run)


def _views(world: World) -> Iterator[Entry]:
    for offered in world.actions:
        if offered.spec.group is Group.VIEWS and offered.run is not None:
            yield _of_action(offered, Kind.VIEW)


def _actions(world: World) -> Iterator[Entry]:
    """Also those that cannot run just now, with their reason."""
    for offered in world.actions:
        spec = offered.spec
        known = offered.run is not None or offered.reason
        listed = spec.group is not Group.VIEWS and spec.name not in _ELSEWHERE and not spec.name.startswith("account_")
        if listed and known:
            yield _of_action(offered, Kind.ACTION)


def _of_action(offered: Offered, kind: Kind) -> Entry:
    spec = offered.spec
    also = f"{tr(spec.also)} {tr(spec.says)}"
    pressed = next(iter(spec.keys), "")
    return Entry(
        spec.name, kind, offered.says, tr(spec.does), pressed, reason=offered.reason, also=also, run=offered.run
    )


def _held(world: World) -> Iterator[Entry]:
    """Each instrument once, with the accounts that hold it; positions before holdings."""
    for view, book in (("positions", Book.POSITIONS), ("holdings", Book.HOLDINGS)):
        held: dict[tuple[str, str], list[AccountView]] = {}
        for account in world.board.accounts:
            for row in _rows(world.board, book, account):
                held.setdefault((row[0], row[1]), []).append(account)
        for (symbol, exchange), accounts in held.items():
            says = tr("{exchange}; in {accounts}; shows them", exchange=exchange, accounts=_names(accounts))
            key = f"{view} {exchange} {symbol}"
            run = partial(world.find, view, symbol)
            yield Entry(key, Kind.HELD, symbol, says, also=f"{exchange} {view}", run=run)


def _rows(board: Board, book: Book, account: AccountView) -> Iterable[tuple[str, str]]:
    read = board.book(book, account.user_id)
    rows = read.rows if isinstance(read, PositionsView | HoldingsView) else None
    return dict.fromkeys((row.symbol, row.exchange.value) for row in rows or ())


def _names(accounts: Sequence[AccountView]) -> str:
    if len(accounts) > _NAMED:
        return tr("{count} accounts", count=len(accounts))
    return tr(" and ").join(account.title for account in accounts)


def of_instruments(found: Iterable[Instrument], held: Iterable[Entry], find: Find) -> list[Entry]:
    """What the brokers' lists know and nobody holds; choosing one filters the positions by it."""
    known = {entry.key.split(" ", 1)[1] for entry in held if entry.kind is Kind.HELD}
    made = []
    for one in found:
        key = f"{one.exchange} {one.symbol}"
        if key not in known:
            known.add(key)
            says = tr("{exchange}; no account holds it; filters the positions", exchange=one.exchange)
            also = f"{one.title} {one.exchange}"
            run = partial(find, "positions", one.symbol)
            made.append(Entry(f"instrument {key}", Kind.INSTRUMENT, one.symbol, says, also=also, run=run))
    return made
