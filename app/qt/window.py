"""The window: sidebar, top bar, the views, the message line. Before the services are there it shows its frame."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QMoveEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from app.domain.tongue import tr
from app.qt import icons
from app.qt.actions import Actions
from app.qt.announce import forget
from app.qt.deeds import window_deeds
from app.qt.fonts import scaled
from app.qt.pages import Pages
from app.qt.theme import Theme
from app.qt.widgets.basic import column, row, surface
from app.qt.widgets.message import MessageLine
from app.qt.widgets.sidebar import Sidebar
from app.qt.widgets.tab_order import in_order
from app.qt.widgets.topbar import TopBar
from app.qt.window_state import first_size

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from app.domain import Clock
    from app.qt.bridge import EventBridge, Runner
    from app.qt.crashes import Crashes
    from app.qt.demo import DemoControls
    from app.qt.desk import Desk
    from app.qt.errands import Errands
    from app.qt.finder import Finder
    from app.qt.notices import Notifier
    from app.qt.ports import ServicesPort
    from app.qt.repairs import Repairs
    from app.qt.tray import Tray
    from app.qt.walks import Walks
    from app.services.views import Event
    from app.system.crash import Crash

_NARROW: Final = 1100
_SMALLEST: Final = (720, 420)
_WAITING: Final = "keychain-waiting"
_WITHOUT_PRIMARY: Final = frozenset({"positions", "holdings", "orders", "funds", "settings", "help", "move"})
"""Views without a filled button of their own: that of the slot is the one."""
_REFUSED: Final = "refused"


class Window(QMainWindow):
    """`quit_wanted` asks for the end of the program; closing hides to the tray where there is one."""

    quit_wanted = Signal()
    try_again = Signal()
    placed = Signal()  # moved, or another size
    crashed = Signal(object)  # may be emitted on any thread: a `Crash`, what escaped everything else

    def __init__(self, theme: Theme, *, demo: DemoControls | None = None) -> None:
        super().__init__()
        self.theme, self._demo = theme, demo
        self._desk: Desk | None = None
        self._bridge: EventBridge | None = None
        self._errands: Errands | None = None
        self.tray: Tray | None = None
        self.leaving = False
        self.log_dir: Path | None = None
        self.give_up: Callable[[], None] | None = None
        """Ends a wait for the keychain."""
        self.setWindowTitle(tr("Kunji (demo)") if demo else tr("Kunji"))
        self.setWindowIcon(icons.application())
        self.setMinimumSize(*_SMALLEST)
        self.resize(first_size(self))
        self.sidebar = Sidebar(theme)
        self.topbar = TopBar(theme, demo=demo is not None)
        self.pages = Pages(theme, demo=demo is not None)
        self.message = MessageLine(theme)
        self.commands = Actions(self, self.pages.currentWidget)
        self._lay_out()
        self._connect()
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self.tick)
        self.pages.opening.begin()

    def _lay_out(self) -> None:
        whole = surface("window")
        right = QWidget()
        lines = column(right, gap=0)
        lines.addWidget(self.topbar)
        if self._demo is not None:
            from app.qt.widgets.demo_band import DemoBand  # the demo's alone: start-up

            lines.addWidget(band := DemoBand(self._demo.label))
            band.expire_wanted.connect(self.expire_demo)
        lines.addWidget(self.pages, 1)
        lines.addWidget(self.message)
        outer = row(whole, gap=0)
        outer.addWidget(self.sidebar)
        outer.addWidget(right, 1)
        self.setCentralWidget(whole)

    def expire_demo(self) -> None:
        """End the demo's session, then ask, as the next read would: outside market hours that may be a minute away."""
        if self._demo is not None:
            self._demo.expire_now()
            self.refresh()

    def _connect(self) -> None:
        self.sidebar.view_chosen.connect(self.go)
        self.sidebar.account_chosen.connect(self.go)
        self.topbar.slot.repair.connect(self.repair)
        self.topbar.slot.reconnect_all.connect(self.reconnect_all)
        self.topbar.privacy.toggled.connect(self._on_privacy)
        self.topbar.refresh.clicked.connect(self.refresh)
        self.topbar.find_wanted.connect(partial(self.commands.perform, "palette"))
        self.pages.again.connect(self._on_again)
        self.crashed.connect(self._on_crashed, Qt.ConnectionType.QueuedConnection)  # never inside what has just failed
        self.commands.refused.connect(self._on_refused)
        for moved in (self.pages.currentChanged, self.message.shown):
            moved.connect(self._tab_to_message_last)
        self.commands.done.connect(lambda _: self.message.withdraw(_REFUSED))
        self.commands.add(window_deeds(self, self._demo))

    # -------------------------------------------------------------- time runs, the services arrive

    def begin(self, clock: Clock, run: Runner) -> None:
        """The frame was painted: take what is needed to live."""
        self._clock, self._run = clock, run
        run.trouble.connect(self._on_trouble)
        self._tick.start()
        self.tick()

    def attach(self, services: ServicesPort, desktop: Notifier | None, view: str = "overview") -> None:
        """Show what the services know, `view` first, and follow them from now on."""
        from app.qt.bridge import EventBridge  # loaded after the first paint: start-up
        from app.qt.desk import Desk  # loaded after the first paint: start-up
        from app.qt.errands import Errands  # as above
        from app.qt.models.board import Board  # as above
        from app.qt.models.figures import Figures  # as above
        from app.qt.refreshing import RefreshLine  # as above
        from app.services.book_views import Book  # as above

        desk = Desk(services, self._run, self.theme, Board(), Figures())
        desk.figures.hidden = self.topbar.privacy.isChecked()
        accounts = services.brokers.accounts()
        held = [services.portfolio.view(view.user_id) for view in accounts]
        desk.board.fill(accounts, held, services.masters.views)
        desk.board.fill_books(services.portfolio.book(book, view.user_id) for view in accounts for book in Book)
        desk.board.fill_records(services.orders.records)
        desk.tickets.attach(self, desk)
        desk.tickets.offer(self)
        desk.exits.attach(self, desk)
        self._desk = desk
        self._refreshed = RefreshLine(desk, self.topbar.note)
        self.pages.build(desk)
        self._errands = Errands(self, desk, self.message, desktop, lambda: self.pages.connect_panel)
        self.tray = self._errands.tray
        self._bridge = EventBridge(services.events)
        self._connect_panels(self._errands, self._bridge)
        services.watch.set_visible(self.isVisible())
        self.go(view)

    def _connect_panels(self, errands: Errands, bridge: EventBridge) -> None:
        self.pages.repair.connect(self.repair)
        self.pages.reconnect_all.connect(self.reconnect_all)
        self.pages.show_account.connect(self.go)
        self.pages.removed.connect(lambda _: self.go("overview"))
        self.pages.connect_wanted.connect(self._begin_connect)
        self.pages.sign_in_wanted.connect(errands.repairs.sign_in_new)
        self.pages.connected.connect(self._connected, Qt.ConnectionType.QueuedConnection)  # as below
        errands.repairs.changed.connect(self._show, Qt.ConnectionType.QueuedConnection)  # in a turn of its own
        errands.go.connect(self.go)
        errands.open_wanted.connect(self.come_forward)
        errands.quit_wanted.connect(self.quit_wanted)
        bridge.arrived.connect(self._on_events)

    def show_trouble(self, error: BaseException) -> None:
        """Nothing can be opened: say why on the whole page."""
        self.pages.trouble.show_error(error, self._clock.now())
        self.pages.setCurrentWidget(self.pages.trouble)
        self.topbar.show_title(tr("Kunji"))

    def show_opening(self) -> None:
        """Another attempt."""
        self.pages.opening.begin()
        self.pages.setCurrentWidget(self.pages.opening)

    # -------------------------------------------------------------- what happens

    @property
    def desk(self) -> Desk | None:
        """What every panel gets handed; None before the services are there."""
        return self._desk

    @cached_property
    def finder(self) -> Finder | None:
        """The palette, made when it is first wanted."""
        from app.qt.finder import Finder  # loaded on first use: start-up

        return Finder(self, self._desk) if self._desk is not None else None

    @property
    def repairs(self) -> Repairs | None:
        """The sign-ins under way."""
        return self._errands.repairs if self._errands is not None else None

    @property
    def walks(self) -> Walks | None:
        """The walk over several accounts."""
        return self._errands.walks if self._errands is not None else None

    def go(self, view: str, then: Callable[[], object] | None = None) -> None:
        """Show a view, or an account by its id; `then` is done once it is there."""
        now = self._clock.now()
        self.pages.go(view, now, then)
        self._show_frame(now)

    def repair(self, user_id: str) -> None:
        """The one action of an account."""
        if self._errands is not None:
            self._errands.repair(user_id)

    def reconnect_all(self) -> None:
        """Sign in to every account that needs it."""
        if self._errands is not None:
            self._errands.walks.start()

    def refresh(self) -> None:
        """Read everything again."""
        if self._desk is not None:
            asked = self._desk.services.portfolio.refresh()
            self._run(self, asked, newest="refresh").busy(self.topbar.refresh).done(self._refreshed.show_done)

    def tick(self) -> None:
        """Another second."""
        now = self._clock.now()
        if self.seen:
            self._show_frame(now)
            self.pages.tick(now)
        else:
            self._show_tray(now)

    @property
    def seen(self) -> bool:
        """Whether anybody can look at it: nothing is drawn for nobody."""
        return self.isVisible() and not self.isMinimized()

    def come_forward(self) -> None:
        """Be seen; only when the user asked."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)  # maximized again where it was
        self.show()
        self.raise_()
        self.activateWindow()

    def release(self) -> None:
        """Hear nothing more and leave the tray."""
        self._tick.stop()
        if self._bridge is not None:
            self._bridge.close()
        if self.tray is not None:
            self.tray.close()

    def _show(self) -> None:
        now = self._clock.now()
        self.pages.refresh(now)
        self._show_frame(now)

    def _show_frame(self, now: datetime) -> None:
        narrow = self.width() < scaled(_NARROW)
        if self._desk is not None:
            board = self._desk.board
            self.sidebar.show_accounts(board.accounts, board.ready, now)
            worst = next(iter(board.worst_first), None)
            if worst is None:
                forget(self)
            here = self.pages.current
            told = worst if worst is not None and here not in ("overview", worst.user_id) else None
            self.topbar.slot.show_worst(told, now, narrow=narrow, filled=here in _WITHOUT_PRIMARY, out=len(board.out))
            self._show_tray(now)
        self.sidebar.show_current(self.pages.current)
        self.topbar.show_title(self.pages.title)
        self.topbar.show_time(now, narrow=narrow)

    def _show_tray(self, now: datetime) -> None:
        if self.tray is not None and self._desk is not None:
            self.tray.show_accounts(self._desk.board.accounts, now)

    def _on_events(self, events: list[Event]) -> None:
        if self._desk is None or self._errands is None:
            return
        from app.services import views  # as above

        for event in events:
            self._desk.board.take(event)
            self._errands.take(event)
            self._desk.tickets.take(event)
            self._desk.exits.take(event)
            self._on_event(event)
        self._refreshed.follow()
        if not all(isinstance(event, views.MasterChanged) for event in events):  # the next second shows it soon enough
            self._show() if self.seen else self._show_tray(self._clock.now())

    def _on_event(self, event: Event) -> None:
        from app.services import views  # as above

        match event:
            case views.AccountChanged() | views.AccountRemoved():
                self.pages.read_today()
            case views.AccountTraced() | views.AccountWarned():
                self.pages.read_history()
            case views.Rearranged():
                self.pages.rearrange()
            case views.VaultWaiting(waiting):
                self.show_waiting(waiting=waiting)
            case _:
                pass

    def show_waiting(self, *, waiting: bool) -> None:
        """The keychain takes its time."""
        if waiting:
            words = tr("It may be asking for its password in a window of its own. Kunji goes on when it answers.")
            buttons = {tr("Cancel"): self.give_up} if self.give_up is not None else {}
            self.message.post(_WAITING, tr("Waiting for your keychain"), words, buttons)
        else:
            self.message.withdraw(_WAITING)

    def _on_trouble(self, error: BaseException) -> None:
        from app.domain import TradingError  # as above
        from app.qt.bridge import words_of  # as above
        from app.qt.widgets.details import details_of  # as above
        from app.system.crash import crash_of  # as above

        if not isinstance(error, TradingError):
            self.crashed.emit(crash_of("question", error, self._clock.now()))
            return
        title, words = words_of(error)
        self.message.post(
            tr("trouble {title}", title=title), title, words, {}, details=details_of(error, self._clock.now())
        )

    @cached_property
    def crashes(self) -> Crashes:
        """What tells of things that should not happen."""
        from app.qt.crashes import Crashes  # loaded on first use: start-up

        clock, run = self._clock, self._run
        return Crashes(self, self.theme, self.message, clock=clock, run=run, log_dir=self.log_dir)

    def _on_crashed(self, crash: Crash) -> None:
        if not self.leaving:
            self.crashes.take(crash)

    def _on_again(self) -> None:
        if self._errands is not None:
            self._errands.repairs.unlock()
        else:
            self.try_again.emit()

    def _on_privacy(self, hidden: bool) -> None:
        if self._desk is not None:
            self._desk.figures.hidden = hidden
            self._desk.tickets.redraw()
            self._show()

    def _begin_connect(self, broker_type: str) -> None:
        self.go("add", lambda: self.pages.connect_panel.choose(broker_type))

    def _connected(self, user_id: str) -> None:
        if self._desk is not None:
            self._desk.board.fill(
                accounts := self._desk.services.brokers.accounts(),
                [self._desk.services.portfolio.view(view.user_id) for view in accounts],
            )
        self.go(user_id)

    def _tab_to_message_last(self) -> None:
        page = self.pages.currentWidget()
        if page is not None:
            in_order(page, self.message)

    def _on_refused(self, what: str, why: str) -> None:
        self.message.post(_REFUSED, what, why, {})

    # -------------------------------------------------------------- Qt tells

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sidebar gives way in a narrow window."""
        self.sidebar.set_narrow(narrow=event.size().width() < scaled(_NARROW))
        super().resizeEvent(event)
        self.placed.emit()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Another place."""
        super().moveEvent(event)
        self.placed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks, unless it is shown minimized."""
        self._tell_visible(visible=not self.isMinimized())
        super().showEvent(event)
        if self._desk is not None and not self.isMinimized():
            self._show()  # what changed while nobody looked

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        self._tell_visible(visible=False)
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Minimized it is as good as hidden."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and self._desk is not None:
            self._tell_visible(visible=self.seen)
            self.pages.look(seen=self.seen)
            if self.seen:
                self._show()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide to the tray where there is one, else ask for the end; close for good only while leaving."""
        if self.leaving:
            event.accept()
            return
        event.ignore()
        if self.tray is not None and self.tray.visible:
            self.hide()
        else:
            self.quit_wanted.emit()

    def _tell_visible(self, *, visible: bool) -> None:
        if self._desk is not None:
            self._desk.services.watch.set_visible(visible)
