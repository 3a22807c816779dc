"""What the palette finds: accounts and what they ask for, views, actions, what is held, and what could be held. No Qt.

Nothing in here places an order: an instrument leads to where it is held, or to a ticket filled in with it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from app.domain import Instrument
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.qt.actions import Offered
from app.qt.keyboard import Group, keys, spec
from app.qt.models.board import Board
from app.qt.palette_match import Entry, Kind
from app.qt.say import verb
from app.services.book_views import Book, HoldingsView, PositionsView
from app.services.views import AccountView, Action
from app.services.words import state_word

_ELSEWHERE: Final = ("palette", "repair", "clear", "next_region", "previous_region")  # of use where one is, not in here
Find = Callable[[str, str], object]
"""Show a view with its table filtered: (view, text)."""
Order = Callable[[str, str], object]
"""Open a ticket: (exchange, symbol)."""
_INDEX: Final = "INDEX"  # the segment of what cannot be ordered itself


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
        group, called = offered.spec.group, offered.spec.name
        known = offered.run is not None or offered.reason
        listed = group is not Group.VIEWS and called not in _ELSEWHERE and not called.startswith("account_")
        if listed and known:
            yield _of_action(offered, Kind.ACTION)


def _of_action(offered: Offered, kind: Kind) -> Entry:
    known = offered.spec
    also = f"{tr(known.also)} {tr(known.says)}"
    pressed, reason = keys(known.name), offered.reason
    return Entry(known.name, kind, offered.says, tr(known.does), pressed, reason=reason, also=also, run=offered.run)


def _held(world: World) -> Iterator[Entry]:
    """Each instrument once, with the accounts that hold it; positions before holdings."""
    for view, book in (("positions", Book.POSITIONS), ("holdings", Book.HOLDINGS)):
        held: dict[tuple[str, str], list[AccountView]] = {}
        for account in world.board.accounts:
            for row in _rows(world.board, book, account):
                held.setdefault((row[0], row[1]), []).append(account)
        for (symbol, exchange), accounts in held.items():
            says = _held_says(view, exchange, accounts)
            key = f"{view} {exchange} {symbol}"
            run = partial(world.find, view, symbol)
            yield Entry(key, Kind.HELD, symbol, says, also=f"{exchange} {view}", run=run)


def _rows(board: Board, book: Book, account: AccountView) -> Iterable[tuple[str, str]]:
    read = board.book(book, account.user_id)
    rows = read.rows if isinstance(read, PositionsView | HoldingsView) else None
    return dict.fromkeys((row.symbol, row.exchange.value) for row in rows or ())


def _held_says(view: str, exchange: str, accounts: Sequence[AccountView]) -> str:
    where, count = tr(spec(view).says), len(accounts)
    if count > 1:
        return tr("{exchange}: shows it in {view}, {count} accounts", exchange=exchange, view=where, count=count)
    return tr("{exchange}: shows it in {view}, {account}", exchange=exchange, view=where, account=accounts[0].title)


def of_instruments(found: Iterable[Instrument], held: Iterable[Entry], order: Order, find: Find) -> list[Entry]:
    """What the brokers' lists know and nobody holds; choosing one opens a ticket for it and sends nothing."""
    known = {entry.key.split(" ", 1)[1] for entry in held if entry.kind is Kind.HELD}
    made = []
    for one in found:
        key = f"{one.exchange} {one.symbol}"
        if key not in known:
            known.add(key)
            says, run = _of_listed(one, order, find)
            also = f"{one.title} {one.exchange}"
            made.append(Entry(f"instrument {key}", Kind.INSTRUMENT, one.symbol, says, also=also, run=run))
    return made


def _of_listed(one: Instrument, order: Order, find: Find) -> tuple[str, Callable[[], object]]:
    """What choosing it does; an index itself cannot be ordered."""
    if one.segment == _INDEX:
        said = tr("{exchange}: an index, no account holds it; filters the positions", exchange=one.exchange)
        return said, partial(find, "positions", one.symbol)
    return tr("{exchange}: opens an order ticket, nothing is sent", exchange=one.exchange), partial(
        order, one.exchange, one.symbol
    )
