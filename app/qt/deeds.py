"""What can be done on every page of the window, beside what a page offers itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.tongue import tr
from app.qt.actions import Deed
from app.qt.keyboard import ACTIONS, Group
from app.qt.pages import TITLES
from app.qt.regions import parts_of, walk

if TYPE_CHECKING:
    from app.qt.demo import DemoControls
    from app.qt.window import Window
    from app.services.views import AccountView


def window_deeds(window: Window, demo: DemoControls | None) -> Iterator[Deed]:
    """Everything that needs no particular page."""
    yield from _views(window)
    yield from _accounts(window)
    yield Deed("cancel_all", partial(_cancel_all, window), partial(_why_no_cancel_all, window))
    yield Deed("exit_all", partial(_exit_all, window), partial(_why_no_exit_all, window))
    yield Deed("filter", partial(_filter, window), partial(_opening, window))
    yield Deed("refresh", window.refresh, partial(_opening, window))
    yield Deed("privacy", window.topbar.privacy.toggle, says=partial(_privacy_words, window))
    for page in ("diagnostics", "log"):
        yield Deed(page, partial(_show_help, window, page), partial(_opening, window))
    yield Deed("palette", partial(_open_palette, window), partial(_opening, window))
    yield Deed("next_region", partial(_walk, window, forwards=True))
    yield Deed("previous_region", partial(_walk, window, forwards=False))
    yield Deed("dismiss", window.message.dismiss, partial(_why_no_dismiss, window))
    yield Deed("shortcuts", partial(_show_shortcuts, window))
    yield Deed("hide", window.close)
    yield Deed("quit", window.quit_wanted.emit)
    if demo is not None:
        yield Deed("expire", window.expire_demo, partial(_opening, window))


def _views(window: Window) -> Iterator[Deed]:
    for action in ACTIONS:
        if action.group in (Group.VIEWS, Group.ACCOUNTS, Group.HELP) and action.name in TITLES:
            yield Deed(action.name, partial(window.go, action.name), partial(_opening, window))


def _accounts(window: Window) -> Iterator[Deed]:
    says: Callable[[], str] = partial(_repair_words, window)
    yield Deed("repair", partial(_repair_worst, window), partial(_why_no_repair, window), says)
    yield Deed("repair_all", window.reconnect_all, partial(_why_no_walk, window))
    for number in range(1, 10):
        yield Deed(
            f"account_{number}",
            partial(_go_account, window, number),
            partial(_why_no_account, window, number),
            partial(_account_words, window, number),
        )


def _opening(window: Window) -> str:
    return "" if window.desk is not None else tr("Kunji is still opening")


def _worst(window: Window) -> AccountView | None:
    return next(iter(window.desk.board.worst_first), None) if window.desk is not None else None


def _repair_worst(window: Window) -> None:
    worst = _worst(window)
    if worst is not None:
        window.repair(worst.user_id)


def _why_no_repair(window: Window) -> str:
    worst = _worst(window)
    return _opening(window) or (tr("No account needs anything") if worst is None else "")


def _repair_words(window: Window) -> str:
    from app.qt.say import verb  # loaded after the first paint: start-up

    worst = _worst(window)
    if worst is None:
        return ""
    return f"{tr(verb(worst.action) or 'Show')} {worst.title}"


def _why_no_walk(window: Window) -> str:
    if window.desk is None:
        return _opening(window)
    return "" if window.desk.board.out else tr("No account needs a sign-in")


def _account(window: Window, number: int) -> AccountView | None:
    accounts = window.desk.board.accounts if window.desk is not None else ()
    return accounts[number - 1] if number <= len(accounts) else None


def _go_account(window: Window, number: int) -> None:
    account = _account(window, number)
    if account is not None:
        window.go(account.user_id)


def _why_no_account(window: Window, number: int) -> str:
    return "" if _account(window, number) is not None else tr("There is no account {number}", number=number)


def _account_words(window: Window, number: int) -> str:
    account = _account(window, number)
    return account.title if account is not None else tr("Account {number}", number=number)


def _filter(window: Window) -> None:
    """Type what to look for: in the table on show, else in the positions."""
    page = window.pages.currentWidget()
    if hasattr(page, "focus_filter"):
        page.focus_filter()  # type: ignore[union-attr]  # looked at just now
    else:
        window.go("positions", lambda: window.pages.positions.focus_filter())  # noqa: PLW0108 - made on the way there


def _cancel_all(window: Window) -> None:
    window.go("orders", lambda: window.pages.orders.ask_cancel_all())  # noqa: PLW0108 - made on the way there


def _why_no_cancel_all(window: Window) -> str:
    from app.qt.exits.cancel_words import why_none  # loaded after the first paint: start-up

    return why_none(window.desk.board) if window.desk is not None else _opening(window)


def _exit_all(window: Window) -> None:
    from app.services.order_views import ExitScope  # loaded on first use: start-up

    if window.desk is not None:
        window.desk.exits.begin((ExitScope(),))


def _why_no_exit_all(window: Window) -> str:
    from app.qt.exits.held import why_none  # loaded after the first paint: start-up

    return why_none(window.desk.board) if window.desk is not None else _opening(window)


def _privacy_words(window: Window) -> str:
    return tr("Show amounts") if window.topbar.privacy.isChecked() else tr("Hide amounts")


def _show_shortcuts(window: Window) -> None:
    from app.qt.panels.shortcuts import ShortcutsWindow  # loaded on first use: start-up

    found = next(iter(window.findChildren(ShortcutsWindow)), None)
    shown = found or ShortcutsWindow(window)
    shown.show()
    shown.raise_()
    shown.activateWindow()


def _show_help(window: Window, page: str) -> None:
    window.go("help", lambda: window.pages.help.show_page(page))


def _open_palette(window: Window) -> None:
    if window.finder is not None:
        window.finder.open()


def _walk(window: Window, *, forwards: bool) -> None:
    parts = (window.sidebar, window.topbar, *parts_of(window.pages.currentWidget()), window.message)
    walk(parts, forwards=forwards)


def _why_no_dismiss(window: Window) -> str:
    return "" if window.message.keys else tr("There is no message")


def find_in(window: Window, view: str, text: str) -> None:
    """Show the view with its table filtered by `text`."""
    window.go(view, lambda: _filter_by(window.pages.currentWidget(), text))


def _filter_by(page: QWidget | None, text: str) -> None:
    field = getattr(page, "filter", None)
    if isinstance(field, QLineEdit):
        field.setText(text)
