"""Draws every screen with invented accounts into a folder, light and dark, at three sizes, for people to look at.

python tests/qt/pictures.py FOLDER [NAME ...] [--text PERCENT]
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import qasync
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from app.brokers import specs
from app.domain import (
    BadCredentials,
    BrowserMissing,
    InvalidRequest,
    KeychainLocked,
    KeychainMissing,
    NotReachable,
    Progress,
    VaultDamaged,
)
from app.domain.forecast import Certainty
from app.qt.bridge import Runner
from app.qt.dialogs.confirm import ConfirmDialog
from app.qt.panels.shortcuts import ShortcutsWindow
from app.qt.run import set_up
from app.qt.tables.page import TablePage
from app.qt.theme import Theme
from app.qt.window import Window
from app.services.answers import No, Yes
from app.services.diagnostics import Line, Verdict
from app.services.moving_views import Change, ImportView
from app.services.order_views import ExitPhase, ExitView
from app.services.views import AccountState, Action, Asked, MasterView, Notice, Phase
from app.services.words import full_time
from app.system.crash import crash_of
from tests.qt import order_scenes, ticket_scenes
from tests.qt.books import fill
from tests.qt.fakes import (
    BROUGHT,
    NOW,
    Entry,
    FakeDemo,
    FakeServices,
    account,
    at,
    diagnosis,
    five,
    gauges,
    positions,
    signed_out,
)

CODE = Asked("totp", "Code", "The 6 digits of your authenticator for Angel One", digits=6, period=30)
SIZES = ((1280, 800), (1024, 640), (853, 533))
Screen = Callable[[Window, FakeServices], QWidget]


def overview(window: Window, services: FakeServices) -> QWidget:
    return window


def positions_page(window: Window, services: FakeServices) -> QWidget:
    window.go("positions")
    return window


def filtered(window: Window, services: FakeServices) -> QWidget:
    window.go("positions")
    window.pages.positions.filter.setText("BANKN 26200")
    return window


def merged(window: Window, services: FakeServices) -> QWidget:
    window.go("positions")
    window.pages.positions.toggle_merged()
    return window


def mixed(window: Window, services: FakeServices) -> QWidget:
    merged(window, services)
    page = window.pages.positions
    page.view.setFocus()
    page.view.selectRow(1)
    page.view.sortByColumn(page.spec.place("pnl"), Qt.SortOrder.DescendingOrder)
    return window


def all_columns(window: Window, services: FakeServices) -> QWidget:
    window.go("positions")
    page = window.pages.positions
    page.choose(page.choice.toggled("price_time", optional=True).toggled("difference", optional=True))
    return window


def differing() -> FakeServices:
    """Figures that differ, and one contract long here and short there."""
    made = five()
    own = made.portfolio.by_id["self"].rows or ()
    other = replace(own[0], quantity=-50, pnl=own[0].pnl + 122)
    made.portfolio.by_id["dhan"] = positions("dhan", rows=(other, *own[1:2]))
    return made


def filtered_empty(window: Window, services: FakeServices) -> QWidget:
    window.go("positions")
    window.pages.positions.filter.setText("BANKX")
    return window


def row_details(window: Window, services: FakeServices) -> QWidget:
    window.go("positions")
    page = window.pages.positions
    page.open_details(page.model.shown()[0])
    assert page.dialog is not None
    return page.dialog


def export(window: Window, services: FakeServices) -> QWidget:
    window.go("positions")
    window.pages.positions.export()
    assert window.pages.positions.dialog is not None
    return window.pages.positions.dialog


def all_books() -> FakeServices:
    return fill(five())


def view_of(view: str) -> Screen:
    def screen(window: Window, services: FakeServices) -> QWidget:
        window.go(view)
        return window

    return screen


def holdings_merged(window: Window, services: FakeServices) -> QWidget:
    window.go("holdings")
    window.pages.holdings.toggle_merged()
    return window


def orders_by_time(window: Window, services: FakeServices) -> QWidget:
    window.go("orders")
    window.pages.orders.page.toggle_merged()
    return window


def trades(window: Window, services: FakeServices) -> QWidget:
    window.go("orders")
    window.pages.orders.turn(True)
    return window


def funds_hidden(window: Window, services: FakeServices) -> QWidget:
    window.go("funds")
    window.topbar.privacy.setChecked(True)
    return window


def details_of(page: TablePage[Any], at: int) -> QWidget:
    page.open_details(page.model.shown()[at])
    assert page.dialog is not None
    return page.dialog


def holding_details(window: Window, services: FakeServices) -> QWidget:
    window.go("holdings")
    return details_of(window.pages.holdings, 1)


def order_details(window: Window, services: FakeServices) -> QWidget:
    window.go("orders")
    return details_of(window.pages.orders.page, 1)


def funds_details(window: Window, services: FakeServices) -> QWidget:
    window.go("funds")
    return details_of(window.pages.funds, 0)


def status(window: Window, services: FakeServices) -> QWidget:
    window.go("huf")
    return window


def status_ready(window: Window, services: FakeServices) -> QWidget:
    window.go("self")
    return window


def status_foot(window: Window, services: FakeServices) -> QWidget:
    window.go("self")
    QTimer.singleShot(300, window, lambda: _to_the_foot(window.pages.status))
    return window


def _to_the_foot(page: QWidget) -> None:
    bar = page.findChildren(QScrollArea)[0].verticalScrollBar()
    bar.setValue(bar.maximum())


def status_watch_only(window: Window, services: FakeServices) -> QWidget:
    window.go("angel")
    return window


def connect(window: Window, services: FakeServices) -> QWidget:
    window.go("add")
    form = window.pages.connect_panel.form
    form.account_name.edit.setText("HUF")
    form.boxes["client_id"].edit.setText("HS2096")
    form.boxes["api_key"].edit.setText("k" * 16)
    form.boxes["api_secret"].edit.setText("s" * 32)
    return window


def connect_error(window: Window, services: FakeServices) -> QWidget:
    connect(window, services)
    window.pages.connect_panel.show_error(
        BadCredentials(
            title="Zerodha refused this secret",
            next_step="You signed in correctly; the key and the secret do not belong together. Copy the secret again.",
        )
    )
    return window


def connect_to(broker_type: str) -> Screen:
    def screen(window: Window, services: FakeServices) -> QWidget:
        window.go("add")
        window.pages.connect_panel.choose(broker_type)
        return window

    return screen


def reconnect_asks(asked: Asked, url: str = "", typed: str = "", wrong: str = "") -> Screen:
    def screen(window: Window, services: FakeServices) -> QWidget:
        window.repair("huf")
        running = services.sign_ins.running[0]
        running.move(phase=Phase.ASKING, asked=asked, url=url)
        dialog = _dialog(window)
        dialog.refresh()  # type: ignore[attr-defined]  # a ReconnectDialog
        QTest.keyClicks(dialog.pane.ask.field.edit, typed)  # type: ignore[attr-defined]  # as above
        if wrong:
            running.move(problem=InvalidRequest(title=wrong, next_step="Type all 6.", field=asked.name))
        return dialog

    return screen


def reconnect_code_sent(window: Window, services: FakeServices) -> QWidget:
    window.repair("huf")
    services.sign_ins.running[0].move(phase=Phase.ASKING, asked=CODE, url="")
    _dialog(window).refresh()  # type: ignore[attr-defined]  # a ReconnectDialog
    services.sign_ins.running[0].move(phase=Phase.EXCHANGING, asked=None)
    return _dialog(window)


def reconnect_code_refused(window: Window, services: FakeServices) -> QWidget:
    dialog = reconnect_code_sent(window, services)
    error = BadCredentials("Invalid totp", title="Angel One refused this code", next_step="Type the newest code.")
    dialog.show_answer(No(error), services.clock.now())  # type: ignore[attr-defined]  # a ReconnectDialog
    return dialog


def message(window: Window, services: FakeServices) -> QWidget:
    window.go("positions")
    notice = Notice("huf", "HUF \u00b7 Zerodha is signed out", "4 open positions cannot be seen from here.", "huf",
                    Action.RECONNECT)  # fmt: skip
    window._errands.notices.post(notice)  # type: ignore[union-attr]  # attached just before
    return window


def reconnect(window: Window, services: FakeServices) -> QWidget:
    window.repair("huf")
    return _dialog(window)


def reconnect_problem(window: Window, services: FakeServices) -> QWidget:
    window.repair("huf")
    services.sign_ins.running[0].move(problem=BrowserMissing())
    _dialog(window).pane.links.paste_link.click()  # type: ignore[attr-defined]  # a ReconnectDialog
    return _dialog(window)


def reconnect_done(window: Window, services: FakeServices) -> QWidget:
    window.repair("huf")
    _dialog(window).show_answer(Yes(account()), services.clock.now())  # type: ignore[attr-defined]  # as above
    return _dialog(window)


def reconnect_failed(window: Window, services: FakeServices) -> QWidget:
    window.repair("huf")
    services.sign_ins.running[0].move(phase=Phase.EXCHANGING)
    _dialog(window).refresh()  # type: ignore[attr-defined]  # as above
    answer = No(BadCredentials("Invalid `checksum`."))
    _dialog(window).show_answer(answer, services.clock.now())  # type: ignore[attr-defined]  # as above
    return _dialog(window)


def reconnect_ask_first(window: Window, services: FakeServices) -> QWidget:
    services.sign_ins.lives["dhan"] = NOW + timedelta(minutes=13, seconds=42)
    window.repair("dhan")
    return _dialog(window)


def reconnect_token(window: Window, services: FakeServices) -> QWidget:
    dialog = reconnect_ask_first(window, services)
    dialog.token.open_link.click()  # type: ignore[attr-defined]  # a ReconnectDialog
    dialog.token.field.edit.setText("t" * 40)  # type: ignore[attr-defined]  # as above
    dialog.show_token_refused(BadCredentials())  # type: ignore[attr-defined]  # as above
    return dialog


def reconnect_next(window: Window, services: FakeServices) -> QWidget:
    dialog = reconnect_done(window, services)
    dialog.offer_next("dhan", "Self two \u00b7 Dhan")  # type: ignore[attr-defined]  # a ReconnectDialog
    return dialog


def walk_dialog(window: Window, services: FakeServices) -> QWidget:
    window.reconnect_all()
    walk = services.reconnect_all.walks[0]
    walk.begin("huf")
    walk.begin("meera", phase=Phase.ASKING, url="", asked=CODE)
    assert window.walks is not None
    assert window.walks.dialog is not None
    window.walks.dialog.refresh()
    return window.walks.dialog


def walk_page(window: Window, services: FakeServices) -> QWidget:
    dialog = walk_dialog(window, services)
    services.reconnect_all.walks[0].end("meera", Yes(services.brokers.by_id["self"]))
    return dialog


def reconnect_crowded(window: Window, services: FakeServices) -> QWidget:
    dialog = reconnect_problem(window, services)
    dialog.token.open_link.click()  # type: ignore[attr-defined]  # a ReconnectDialog
    return dialog


def walk_many(window: Window, services: FakeServices) -> QWidget:
    window.reconnect_all()
    services.reconnect_all.walks[0].begin("u2", phase=Phase.ASKING, url="", asked=CODE)
    assert window.walks is not None
    assert window.walks.dialog is not None
    window.walks.dialog.refresh()
    return window.walks.dialog


def walk_done(window: Window, services: FakeServices) -> QWidget:
    dialog = walk_page(window, services)
    services.reconnect_all.walks[0].end("huf", Yes(services.brokers.by_id["self"]))
    services.reconnect_all.walks[0].end("joint", No(BadCredentials("Invalid totp", title="Angel One refused this code",
        next_step="Your clock is 48 s behind theirs; set it, then use the next code.")))  # fmt: skip
    return dialog


def walk_ask_first(window: Window, services: FakeServices) -> QWidget:
    window.reconnect_all()
    assert window.walks is not None
    assert window.walks.dialog is not None
    return window.walks.dialog


def _dialog(window: Window) -> QWidget:
    assert window.repairs is not None
    return next(iter(window.repairs.dialogs.values()))


def confirm(window: Window, services: FakeServices) -> QWidget:
    window.go("huf")
    window.pages.status.head.remove.click()
    return window.findChildren(ConfirmDialog)[0]


def settings(window: Window, services: FakeServices) -> QWidget:
    window.go("settings")
    return window


def settings_wrong(window: Window, services: FakeServices) -> QWidget:
    window.go("settings")
    page = window.pages.settings
    page.settings["quiet"].switch.click()  # type: ignore[union-attr]  # it has one
    page.settings["readiness"].box.edit.setText("25:00")  # type: ignore[union-attr]  # it has a field
    QTest.keyClick(page.settings["readiness"].box.edit, Qt.Key.Key_Return)  # type: ignore[union-attr]  # as above
    return window


def scrolled(view: str, part: float) -> Screen:
    """A long page, scrolled to a part of it."""

    def screen(window: Window, services: FakeServices) -> QWidget:
        window.go(view)

        def scroll() -> None:
            page = window.pages.currentWidget()
            assert page is not None
            bar = page.findChildren(QScrollArea)[0].verticalScrollBar()
            bar.setValue(round(bar.maximum() * part))

        QTimer.singleShot(300, window, scroll)
        return window

    return screen


def settings_import(window: Window, services: FakeServices) -> QWidget:
    window.go("settings")
    window.pages.settings.take_along.look.click()
    QTimer.singleShot(300, window, lambda: _to_the_foot(window.pages.settings))
    return window


def to_import() -> FakeServices:
    made = five()
    changes = (
        Change("Light or dark", "system", "dark"),
        Change("Name and colour of HUF \u00b7 Zerodha", "HUF, brown", "Father HUF, rose"),
    )
    left_out = ("Meera (XM0991) is not connected here. Connect it, then import once more.",)
    made.portable.found = ImportView(changes, left_out)
    return made


def of_four() -> FakeServices:
    names = {"zerodha": "HUF", "dhan": "Self", "fyers": "Spouse", "angel_one": "Mother"}
    labels = {spec.key: spec.label for spec in specs()}
    made = [
        account(key, name=name, broker_type=key, broker_label=labels[key], address="198.51.100.7", keeps=frozenset())
        for key, name in names.items()
    ]
    made[-1] = replace(made[-1], keeps=frozenset({"pin"}))
    return FakeServices(made)


def palette(typed: str = "") -> Screen:
    def screen(window: Window, services: FakeServices) -> QWidget:
        window.activateWindow()
        window.commands.perform("palette")
        assert window.finder is not None
        QTest.keyClicks(window.finder.palette.field, typed)
        return window

    return screen


def shortcuts(window: Window, services: FakeServices) -> QWidget:
    window.commands.perform("shortcuts")
    return window.findChildren(ShortcutsWindow)[0]


def own_days() -> FakeServices:
    made = five()
    step = "In holidays, entry 3: \u201c2027-13-01\u201d cannot be its date. The calendar in use was kept."
    error = InvalidRequest(title="This is no calendar that Kunji can read", next_step=step)
    notice = "Holidays of 2027 are not known: every weekday counts as a trading day."
    made.calendars.view = replace(BROUGHT, error=error, notice=notice)
    return made


def forget(window: Window, services: FakeServices) -> QWidget:
    window.go("self")
    window.pages.status.kept.forget.click()
    return window.findChildren(ConfirmDialog)[0]


def keep(window: Window, services: FakeServices) -> QWidget:
    window.go("self")
    window.pages.status.kept.keep.click()
    window.pages.status.kept.form.boxes["pin"].switch.click()
    return window


def nothing_kept() -> FakeServices:
    made = with_history()
    made.brokers.by_id["self"] = replace(made.brokers.by_id["self"], keeps=frozenset())
    return made


def with_history() -> FakeServices:
    why = "Angel One ends every session so, and says no more about this one."
    made = four()
    made.brokers.by_id["self"] = replace(
        made.brokers.by_id["self"],
        broker_type="angel_one",
        broker_label="Angel One",
        keeps=frozenset({"pin", "totp_secret"}),
        certainty=Certainty.RULE,
        ends_why=why,
    )
    made.store.history.traces = many_traces()
    made.store.history.entries = [
        Entry(at(8, 50), "self", "ready", "Ready"),
        Entry(at(9, 2), "self", "ends_soon", "Ends"),
        Entry(at(9, 12), "self", "signed_out", "Signed out"),
        Entry(at(9, 20), "self", "ready", "Ready"),
    ]
    made.gauges.by_id = {"self": gauges("self")}
    return made


def many_traces() -> list[Entry]:
    made: list[Entry] = []
    for days in range(-30, 0):
        day = at(0, days=days)
        ends = f"Ends {full_time(day + timedelta(hours=24))}, by Angel One's rule"
        made += [
            Entry(day + timedelta(hours=8, minutes=50), "self", "reconnected", f"Reconnected. {ends}"),
            Entry(day + timedelta(hours=23), "self", "warned", "Told you that it ends in 60 minutes"),
            Entry(day + timedelta(hours=23, minutes=57), "self", "renewed", f"Renewed without you. {ends}"),
        ]
    error = "Ended: Another program signed in with the same keys, 8 h 12 min before its time"
    again = f"Reconnected. Ends {full_time(at(0, days=1))}, by Angel One's rule"
    return [
        *made,
        Entry(at(8, 50), "self", "reconnected", again),
        Entry(at(9, 2), "self", "warned", "Told you that it ends in 15 minutes"),
        Entry(at(9, 12), "self", "died", error),
        Entry(at(9, 20), "self", "reconnected", again),
    ]


def calm() -> FakeServices:
    views = [account("self", name="Self", colour="blue", client_id="ZK4417"), account("huf")]
    return FakeServices(views, [positions("self"), positions("huf", rows=())])


def four() -> FakeServices:
    made = calm()
    made.brokers.specs_ = specs()
    return made


def four_new() -> FakeServices:
    made = FakeServices()
    made.brokers.specs_ = specs()
    return made


def one_out() -> FakeServices:
    return FakeServices([signed_out()], [positions("huf", current=False)])


def several_out() -> FakeServices:
    views = [
        account("self", name="Self", colour="blue", client_id="ZK4417"),
        signed_out("huf"),
        signed_out("meera", name="Meera", broker_label="Angel One", colour="olive", client_id="M51220"),
        signed_out("joint", name="Meera \u00b7 joint", broker_label="Angel One", colour="violet", client_id="M51221"),
    ]
    return FakeServices(views, [positions("self"), positions("huf", current=False)])


def many_out() -> FakeServices:
    return FakeServices([signed_out(f"u{number}", name=f"Account number {number}") for number in range(12)])


def several_end() -> FakeServices:
    ends = {"state": AccountState.ENDS_SOON, "action": Action.RENEW, "token_expires_at": NOW + timedelta(minutes=14)}
    return FakeServices([account("self", name="Self", **ends), account("huf", broker_label="Dhan", **ends)])


def locked() -> FakeServices:
    error = KeychainLocked()
    made = FakeServices(
        [account(state=AccountState.LOCKED, action=Action.UNLOCK, error=error, token_since=None, token_expires_at=None)]
    )
    made.vault.key_error = error
    return made


def absent() -> FakeServices:
    made = FakeServices()
    made.vault.key_error = KeychainMissing("no Secret Service on the session bus")
    return made


def damaged(window: Window, services: FakeServices) -> QWidget:
    window.show_trouble(VaultDamaged("file is not a database"))
    window.pages.trouble.details_button.click()
    return window


def nothing_held() -> FakeServices:
    made = calm()
    made.portfolio.by_id["self"] = replace(made.portfolio.by_id["self"], rows=())
    return made


def list_comes() -> FakeServices:
    made = five()
    made.masters.by_type["zerodha"] = MasterView("zerodha", None, fetching=Progress(4_200_000, 9_600_000))
    return made


def list_failed() -> FakeServices:
    made = five()
    made.masters.by_type["zerodha"] = MasterView("zerodha", NOW.date() - timedelta(days=3), error=NotReachable())
    return made


def help_page(page: str) -> Screen:
    def screen(window: Window, services: FakeServices) -> QWidget:
        window.go("help")
        window.pages.help.show_page(page)
        return window

    return screen


def crash(window: Window, services: FakeServices) -> QWidget:
    for error in (ValueError("the row has no price"), KeyError("NFO:NIFTY 30DEC25 FUT")):
        window.crashes.take(crash_of("loop", error, NOW))
    window.crashes.take(crash_of("program", ValueError("invalid literal for int() with base 10: ''"), NOW))
    window.crashes._tell()
    return window.crashes.dialog


def told(window: Window, services: FakeServices) -> QWidget:
    window.go("positions")
    window._run.untaken(NotReachable("timed out after 10 s"))
    return window


def unwell() -> FakeServices:
    made = five()
    locked = Line(
        "Keychain",
        "Secret Service answers and is locked",
        Verdict.TROUBLE,
        "Unlock it: your sessions cannot be read until then.",
    )
    hosts = [Line(f"Zerodha {host}", "reached in 84 ms") for host in ("api.kite.trade", "kite.zerodha.com")]
    made.diagnostics.found = diagnosis(
        locked, *hosts, Line("Clock", "no broker has answered yet", Verdict.NOT_KNOWN, "Refresh, then ask again.")
    )
    return made


def with_log() -> FakeServices:
    made = five()
    made.diagnostics.log_dir = Path(tempfile.mkdtemp())
    begins = [(f"2026-11-18T03:{n // 60:02d}:{n % 60:02d}.000Z", n % 9 == 0) for n in range(200)]
    said = "app.services.sessions checked account=HUF state=ready"
    lines = [f"{at} {'WARNING' if odd else 'INFO'} {said}\n" for at, odd in begins]
    (made.diagnostics.log_dir / "kunji.log").write_text("".join(lines))
    return made


def order_chosen(row: int) -> Screen:
    def screen(window: Window, services: FakeServices) -> QWidget:
        return order_scenes.choose(window, row)

    return screen


def exit_all(window: Window, services: FakeServices) -> QWidget:
    window.commands.perform("exit_all")
    [dialog] = window.desk.exits.dialogs.values()  # type: ignore[union-attr]  # attached
    return dialog


def exit_reads(window: Window, services: FakeServices) -> QWidget:
    services.orders.hold = asyncio.Event()
    return exit_all(window, services)


def exit_read(window: Window, services: FakeServices) -> QWidget:
    dialog = exit_all(window, services)
    dialog.errand.course.planned(tuple(services.orders.plans))  # type: ignore[attr-defined]  # an ExitDialog
    dialog.refresh()  # type: ignore[attr-defined]  # as above
    dialog._pause.stop()  # type: ignore[attr-defined]  # as above
    dialog.refresh()  # type: ignore[attr-defined]  # as above
    return dialog


def exit_running(window: Window, services: FakeServices) -> QWidget:
    dialog = exit_read(window, services)
    services.orders.hold = asyncio.Event()
    dialog.deed.click()  # type: ignore[attr-defined]  # as above
    dialog.errand.take(ExitView(services.orders.plans[0], ExitPhase.FILLING))  # type: ignore[attr-defined]  # as above
    return dialog


def exit_done(window: Window, services: FakeServices) -> QWidget:
    dialog = exit_running(window, services)
    dialog.errand.take(order_scenes.receipt(services.orders.plans[0]))  # type: ignore[attr-defined]  # as above
    return dialog


def cancel_all(window: Window, services: FakeServices) -> QWidget:
    window.commands.perform("cancel_all")
    dialog = window.pages.orders.orders.cancels.dialog
    assert dialog is not None
    return dialog


SCREENS: dict[str, tuple[Callable[[], FakeServices], Screen]] = {
    "overview": (five, overview),
    "overview-calm": (calm, overview),
    "overview-one": (one_out, overview),
    "positions": (five, positions_page),
    "positions-filtered": (five, filtered),
    "positions-empty": (nothing_held, positions_page),
    "positions-merged": (five, merged),
    "positions-mixed": (differing, mixed),
    "positions-columns": (differing, all_columns),
    "positions-no-match": (five, filtered_empty),
    "confirm-row": (five, row_details),
    "confirm-export": (five, export),
    "holdings": (all_books, view_of("holdings")),
    "holdings-merged": (all_books, holdings_merged),
    "orders": (all_books, view_of("orders")),
    "orders-by-time": (all_books, orders_by_time),
    "orders-empty": (five, view_of("orders")),
    "orders-unsettled": (order_scenes.unsettled, view_of("orders")),
    "orders-rejected": (order_scenes.unsettled, order_chosen(8)),
    "confirm-exit-reads": (order_scenes.to_exit, exit_reads),
    "confirm-exit": (order_scenes.to_exit, exit_read),
    "confirm-exit-runs": (order_scenes.to_exit, exit_running),
    "confirm-exit-done": (order_scenes.to_exit, exit_done),
    "confirm-cancel-all": (order_scenes.unsettled, cancel_all),
    "trades": (all_books, trades),
    "funds": (all_books, view_of("funds")),
    "funds-hidden": (all_books, funds_hidden),
    "confirm-holding": (all_books, holding_details),
    "confirm-order": (all_books, order_details),
    "confirm-funds": (all_books, funds_details),
    "status": (five, status),
    "status-ready": (five, status_ready),
    "status-watch-only": (five, status_watch_only),
    "status-history": (with_history, status_ready),
    "status-history-foot": (with_history, status_foot),
    "status-forget": (with_history, forget),
    "status-keep": (nothing_kept, keep),
    "status-list-comes": (list_comes, status_ready),
    "status-list-failed": (list_failed, status_ready),
    "settings": (five, settings),
    "settings-wrong": (own_days, settings_wrong),
    "settings-middle": (five, scrolled("settings", 0.5)),
    "settings-foot": (five, scrolled("settings", 1)),
    "settings-import": (to_import, settings_import),
    "move": (of_four, scrolled("move", 0)),
    "move-foot": (of_four, scrolled("move", 1)),
    "palette": (five, palette()),
    "palette-typed": (five, palette("re")),
    "palette-held": (five, palette("nifty dec")),
    "palette-reason": (five, palette("ex")),
    "palette-nothing": (five, palette("qqq")),
    "confirm-shortcuts": (five, shortcuts),
    "connect": (calm, connect),
    "connect-error": (calm, connect_error),
    "connect-four": (four, connect),
    "connect-dhan": (four, connect_to("dhan")),
    "connect-fyers": (four, connect_to("fyers")),
    "connect-angel": (four, connect_to("angel_one")),
    "first-run": (FakeServices, overview),
    "first-run-four": (four_new, overview),
    "locked": (locked, overview),
    "absent": (absent, overview),
    "damaged": (calm, damaged),
    "message": (five, message),
    "reconnect": (five, reconnect),
    "reconnect-problem": (five, reconnect_problem),
    "reconnect-done": (five, reconnect_done),
    "reconnect-failed": (five, reconnect_failed),
    "reconnect-code": (five, reconnect_asks(CODE, typed="407")),
    "reconnect-code-wrong": (five, reconnect_asks(CODE, wrong="This is not a code of 6 digits")),
    "reconnect-pin": (five, reconnect_asks(Asked("pin", "PIN", "The PIN of the Angel One app"))),
    "reconnect-token": (
        five,
        reconnect_asks(Asked("access_token", "Access token", "Make one on the page"), "https://x"),
    ),
    "reconnect-code-sent": (five, reconnect_code_sent),
    "reconnect-code-refused": (five, reconnect_code_refused),
    "reconnect-ask-first": (five, reconnect_ask_first),
    "reconnect-own-token": (five, reconnect_token),
    "reconnect-next": (five, reconnect_next),
    "overview-several": (several_out, overview),
    "positions-several": (several_out, positions_page),
    "walk": (several_out, walk_dialog),
    "walk-page": (several_out, walk_page),
    "walk-many": (many_out, walk_many),
    "reconnect-crowded": (five, reconnect_crowded),
    "walk-done": (several_out, walk_done),
    "walk-ask-first": (several_end, walk_ask_first),
    "confirm": (five, confirm),
    "help": (five, help_page("shortcuts")),
    "help-diagnostics": (unwell, help_page("diagnostics")),
    "help-log": (with_log, help_page("log")),
    "help-about": (five, help_page("about")),
    "crash": (five, crash),
    "told": (five, told),
    **ticket_scenes.SCENES,
}


async def draw(theme: Theme, folder: Path, wanted: list[str]) -> None:
    for name, (make, screen) in SCREENS.items():
        if wanted and name not in wanted:
            continue
        for dark in (False, True):
            theme.use(dark=dark)
            for size in (
                SIZES
                if not name.startswith(("reconnect", "confirm", "walk", "status-forget", "crash", "ticket"))
                else SIZES[:1]
            ):
                await _draw_one(
                    theme, make(), screen, size, folder / f"{name}-{'dark' if dark else 'light'}-{size[0]}.png"
                )


async def _draw_one(theme: Theme, services: FakeServices, screen: Screen, size: tuple[int, int], path: Path) -> None:
    runner = Runner()
    demo = FakeDemo() if "overview-one" in path.name else None
    window = Window(theme, demo=demo)
    window.begin(services.clock, runner)
    window.resize(*size)
    window.attach(services, None)
    window.show()
    shown = screen(window, services)
    await asyncio.sleep(0.5)
    shown.grab().save(str(path))
    window.leaving = True
    window.release()
    window.close()
    window.deleteLater()
    await runner.close()


def main(arguments: list[str]) -> int:
    wanted = _parsed(arguments)
    wanted.folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(["kunji"])
    set_up(app)
    system = app.font()
    system.setPixelSize(int(14.7 * wanted.text / 100))
    app.setFont(system)
    theme = Theme(app)
    theme.start()
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(draw(theme, wanted.folder, wanted.names))
    return 0


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--text", type=int, default=100, metavar="PERCENT", help="the system's size of text")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
