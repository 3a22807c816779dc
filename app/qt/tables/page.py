"""A table with everything around it: bar, empty page, totals, menus, copying, export, details, what is kept of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDialog, QStackedWidget, QWidget

from app.domain import IST
from app.domain.tongue import tr
from app.qt.actions import Deed
from app.qt.desk import Desk
from app.qt.fonts import scaled
from app.qt.tables import taking
from app.qt.tables.bar import TableBar
from app.qt.tables.choice import Choice, from_kept, to_kept
from app.qt.tables.details import show_details
from app.qt.tables.empty import EmptyPage
from app.qt.tables.head_words import empty_words
from app.qt.tables.lines import Head, Line
from app.qt.tables.menu import TableMenus
from app.qt.tables.rows import Group, Row
from app.qt.tables.spec import TableSpec
from app.qt.tables.totals import TotalsRow
from app.qt.tables.view import TableView
from app.qt.theme import put
from app.qt.widgets.basic import column, name

R = TypeVar("R")

_NARROW: Final = 1000


class TablePage(QWidget, Generic[R]):
    """A panel is one of these with `groups`: what the board knows, as rows. `repair` carries an account.

    `add_wanted`: there is none yet.
    """

    repair = Signal(str)
    add_wanted = Signal()

    def __init__(self, desk: Desk, spec: TableSpec[R], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk, self.spec = desk, spec
        name(self, tr("{title} page", title=tr(spec.title)))
        self._pages = QStackedWidget(self)
        self.view: TableView[R] = TableView(desk, spec, self._pages)
        self.model = self.view.table
        self.bar = TableBar(desk.theme, spec)
        self.filter, self.over = self.bar.filter, self.bar.over
        self.totals: TotalsRow[R] = TotalsRow(self.view)
        self.empty = EmptyPage()
        self.menus: TableMenus[R] = TableMenus(self.view)
        self.dialog: QDialog | None = None
        self._shown: Sequence[Group[R]] = ()
        self._foot: QWidget | None = None
        self._lay_out()
        self._connect()
        self.rearrange()

    def groups(self) -> Sequence[Group[R]]:
        """What there is to show, in the order of the accounts."""
        raise NotImplementedError

    def _lay_out(self) -> None:
        self._pages.addWidget(self.view)
        self._pages.addWidget(self.empty)
        outer = self._outer = column(self, gap=0)
        outer.addWidget(self.bar)
        outer.addWidget(self._pages, 1)
        outer.addWidget(self.totals)

    def put_foot(self, foot: QWidget) -> None:
        """What stands below everything and acts on the rows."""
        self._foot = foot
        self._outer.addWidget(foot)

    def _connect(self) -> None:
        bar, view, menus = self.bar, self.view, self.menus
        bar.filter.textChanged.connect(self._on_wish)
        bar.over.toggled.connect(lambda on: self.choose(replace(self.choice, over=on)))
        bar.chips.chosen.connect(self._on_wish)
        bar.segments.chosen.connect(lambda on: self.choose(replace(self.choice, merged=on)))
        bar.columns.clicked.connect(self.choose_columns)
        bar.export.clicked.connect(self.export)
        bar.back.connect(view.setFocus)
        view.repair.connect(self.repair)
        view.opened.connect(self.open_details)
        view.copy_wanted.connect(self.copy)
        view.menu_wanted.connect(self._on_menu)
        view.columns.chosen.connect(self._keep)
        view.table.sorted.connect(self._on_sorted)
        head = view.horizontalHeader()
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head.customContextMenuRequested.connect(self._on_head_menu)
        menus.chosen.connect(self.choose)
        menus.copy_wanted.connect(self.copy)
        menus.export_wanted.connect(self.export)
        self.empty.button.clicked.connect(self._on_empty_button)

    # -------------------------------------------------------------- what comes

    def refresh(self, now: datetime) -> None:
        """Show what the board knows; rows stay in place under the pointer."""
        self._shown = self.groups()
        self.view.live.load(self._shown)
        self._show(now)

    def put(self, row: Row[R]) -> None:
        """A newer value of one row that is here."""
        self.view.live.put(row)

    def tick(self, now: datetime) -> None:
        """Another second: words about time in the heads."""
        if self.isVisible():
            self.model.tell_heads()
            self._show(now)

    def _show(self, now: datetime) -> None:
        self.totals.refresh()
        moments = [group.as_of for group in self._shown if group.as_of]
        read = f"{max(moments).astimezone(IST):%H:%M:%S}" if moments else ""
        put(self.bar.read, tr("read {time}", time=read) if read else "")
        full = bool(self.model.shown())
        self._pages.setCurrentWidget(self.view if full else self.empty)
        self.totals.setVisible(full)
        if not full:
            words, more = empty_words(self.spec, self._shown, self.model.wish, now)
            self.empty.show_words(words, more, self._empty_label())

    # -------------------------------------------------------------- what the user wants

    @property
    def choice(self) -> Choice:
        """Columns, order and arrangement as the user has them."""
        return self.view.columns.choice

    def choose(self, choice: Choice, *, keep: bool = True) -> None:
        """Wear other columns, another order or arrangement; `keep` for the next start, too."""
        self.view.columns.choice = choice
        self.bar.segments.show_merged(merged=choice.merged)
        self.bar.over.setChecked(choice.over)
        self._on_wish()
        self.view.columns.wear(choice)
        if keep:
            self._keep()

    def rearrange(self) -> None:
        """Wear what is kept now: it came from elsewhere."""
        self.choose(from_kept(self.desk.services.ui_state.get(self._kept_as), self.spec), keep=False)

    def _on_wish(self) -> None:
        wish = self.choice.wish(self.bar.filter.text().strip(), self.bar.chips.key)
        if wish != self.model.wish:
            self.model.want(wish)
            self.view.live.pause(paused=False)
        self._show(self.desk.now())

    def _on_sorted(self) -> None:
        """A head was clicked."""
        wish = self.model.wish
        self.view.columns.choice = self.choice.sorted_by(wish.column, descending=wish.descending)
        self.view.live.pause(paused=False)
        self._keep()

    def _keep(self) -> None:
        self.desk.services.ui_state.put(self._kept_as, to_kept(self.choice))

    @property
    def _kept_as(self) -> str:
        return f"table.{self.spec.name}"

    # -------------------------------------------------------------- what can be done

    def deeds(self) -> Sequence[Deed]:
        """The actions of this page."""
        merge = (Deed("merge", self.toggle_merged),) if self.spec.merge is not None else ()
        return (
            *self.row_deeds(),
            Deed("filter", self.focus_filter),
            Deed("clear", self.clear_filter),
            *merge,
            Deed("columns", self.choose_columns),
            Deed("export", self.export, why_not=self._why_no_export),
        )

    def row_deeds(self) -> Sequence[Deed]:
        """What can be done with the chosen rows: these stand in their menu, too."""
        return ()

    def head_deeds(self, user_id: str) -> Sequence[Deed]:
        """What can be done with all rows of an account: these stand in the menu of its head."""
        return ()

    def regions(self) -> Sequence[QWidget]:
        """The parts that F6 walks over."""
        return (self.bar, self._pages, self.totals, *((self._foot,) if self._foot is not None else ()))

    def focus_filter(self) -> None:
        """Type what to look for."""
        self.bar.filter.setFocus()
        self.bar.filter.selectAll()

    def clear_filter(self) -> None:
        """Everything again."""
        self.bar.filter.clear()
        self.bar.chips.choose("")
        self.view.setFocus()

    def toggle_merged(self) -> None:
        """By account, or merged by instrument."""
        self.choose(replace(self.choice, merged=not self.choice.merged))

    def choose_columns(self) -> None:
        """The list of columns, below its button."""
        button = self.bar.columns
        self.menus.show_columns(button.mapToGlobal(QPoint(0, button.height())))

    def open_details(self, line: Line[R]) -> None:
        """Everything that is known of a row."""
        self.dialog = show_details(self, self.spec, line.row, self.desk.figures, self.desk.now())

    def copy(self) -> None:
        """The selected rows with their headers onto the clipboard."""
        taking.copy(self.view, self.desk)

    def copied(self) -> str:
        """What `copy` puts there."""
        return taking.copied(self.view, self.desk)

    def export(self) -> None:
        """Write what the filter lets through as CSV."""
        self.dialog = taking.export(self, self.view, self.desk)

    def _why_no_export(self) -> str:
        return "" if self.model.shown() else tr("There is nothing to export")

    def _on_menu(self, at: QPoint) -> None:
        index = self.view.indexAt(at)
        item = self.model.item(index.row())
        if item is not None:
            deeds = self.head_deeds(item.group.user_id) if isinstance(item, Head) else self._line_deeds()
            self.menus.show_item(item, index.column(), self.view.viewport().mapToGlobal(at), deeds)

    def _line_deeds(self) -> Sequence[Deed]:
        """A ticket for the row, and what the page offers."""
        return (*self.desk.tickets.row_deeds(), *self.row_deeds())

    def _on_head_menu(self, at: QPoint) -> None:
        head = self.view.horizontalHeader()
        place = head.logicalIndexAt(at)
        if place >= 0:
            self.menus.show_column(place, head.mapToGlobal(at))

    # -------------------------------------------------------------- an empty table

    def _empty_label(self) -> str:
        if not self.desk.board.accounts:
            return tr("Add account")
        if self.model.wish.filtered:
            return tr("Clear filter")
        return tr("Read again") if self.model.wish.over or not self._has_rows() else tr(self.spec.over_label)

    def _has_rows(self) -> bool:
        return any(group.rows for group in self._shown)

    def _on_empty_button(self) -> None:
        if not self.desk.board.accounts:
            self.add_wanted.emit()
        elif self.model.wish.filtered:
            self.clear_filter()
        elif not self.model.wish.over and self._has_rows():
            self.bar.over.setChecked(True)
        else:
            asked = self.desk.services.portfolio.refresh()
            self.desk.run(self, asked, newest="refresh").busy(self.empty.button, tr("Reading"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The bar gives way in a narrow window."""
        self.bar.set_narrow(narrow=event.size().width() < scaled(_NARROW))
        super().resizeEvent(event)
