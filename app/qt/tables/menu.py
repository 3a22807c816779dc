"""The menus of a table: which columns, and what keys can do with a row."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.domain.tongue import tr
from app.qt import keyboard
from app.qt.actions import Deed
from app.qt.tables.choice import Choice, moved, usual
from app.qt.tables.lines import Head, Item, Line, Whole
from app.qt.tables.spec import FIRST
from app.qt.tables.view import TableView

R = TypeVar("R")


class TableMenus(QObject, Generic[R]):
    """Built when they are opened, never with a loop of their own; rows stay in place while one is open."""

    chosen = Signal(object)
    copy_wanted = Signal()
    export_wanted = Signal()

    def __init__(self, view: TableView[R]) -> None:
        super().__init__(view)
        self._view, self._spec = view, view.spec
        self.open: QMenu | None = None

    def show_columns(self, at: QPoint) -> None:
        """Every column with a tick when it is wanted; `at` on the screen."""
        menu = QMenu(tr("Columns"), self._view)
        choice, wanted, shown = self._choice, self._view.columns.wanted(), self._view.columns.shown()
        merged = self._view.table.wish.merged
        for place, column in enumerate(self._spec.columns):
            if place == FIRST or column.merged not in {None, merged}:
                continue
            squeezed = place in wanted and place not in shown
            title = tr("{title} (no room now)", title=tr(column.title)) if squeezed else tr(column.title)
            toggled = choice.toggled(column.key, optional=column.optional)
            made = self._add(menu, title, partial(self.chosen.emit, toggled))
            made.setCheckable(True)
            made.setChecked(place in wanted)
            made.setToolTip(tr(column.meaning))
        menu.addSeparator()
        self._add(menu, tr("Usual columns"), self._reset)
        self._popup(menu, at)

    def show_column(self, place: int, at: QPoint) -> None:
        """What can be done with one column, in a menu at `at` on the screen."""
        menu = QMenu(self._view)
        self._add_column(menu, place)
        menu.addSeparator()
        self._add(menu, tr("Columns"), lambda: self.show_columns(at))
        self._popup(menu, at)

    def show_item(self, item: Item[R], place: int, at: QPoint, deeds: Sequence[Deed] = ()) -> None:
        """What keys can do with a row, `deeds` first, and with the column of the cell."""
        menu = QMenu(self._view)
        for deed in deeds:
            self._add_deed(menu, deed)
        if deeds:
            menu.addSeparator()
        if isinstance(item, Line):
            self._add(menu, tr("Details"), lambda: self._view.opened.emit(item), "Return")
            self._add(menu, tr("Copy"), self.copy_wanted.emit, keyboard.keys("copy"))
        if isinstance(item, Head | Whole):
            self._add(
                menu, tr("Fold or unfold"), lambda: self._view.fold(item), "" if isinstance(item, Line) else "Return"
            )
        self._add(menu, tr("Export as CSV"), self.export_wanted.emit, keyboard.keys("export"))
        menu.addSeparator()
        inner = menu.addMenu(tr("Column {title}", title=tr(self._spec.columns[place].title).replace("&", "&&")))
        self._add_column(inner, place)
        self._add(menu, tr("Columns"), lambda: self.show_columns(at))
        self._popup(menu, at)

    def _add_column(self, menu: QMenu, place: int) -> None:
        column, choice = self._spec.columns[place], self._choice
        for said, descending in ((tr("Sort upwards"), False), (tr("Sort downwards"), True)):
            self._add(menu, said, partial(self.chosen.emit, choice.sorted_by(column.key, descending=descending)))
        self._add(menu, tr("As the broker lists them"), partial(self.chosen.emit, choice.sorted_by(None)))
        if place == FIRST:
            return
        menu.addSeparator()
        shown = tuple(self._spec.columns[one].key for one in self._view.columns.shown())
        for said, step in ((tr("Move left"), -1), (tr("Move right"), 1)):
            other = moved(choice, column.key, step, shown)
            self._add(menu, said, partial(self.chosen.emit, other)).setEnabled(other != choice)
        hidden = choice.toggled(column.key, optional=column.optional)
        self._add(menu, tr("Hide"), partial(self.chosen.emit, hidden))

    @property
    def _choice(self) -> Choice:
        return self._view.columns.choice

    def _reset(self) -> None:
        plain = usual(self._spec)
        self.chosen.emit(self._choice.with_columns_of(plain))

    def _add(self, menu: QMenu, said: str, deed: Callable[[], object], keys: str = "") -> QAction:
        said = said.replace("&", "&&")
        made = menu.addAction(said)
        made.triggered.connect(lambda _=False: deed())
        if keys:
            made.setText(f"{said}\t{keys}")
        return made

    def _add_deed(self, menu: QMenu, deed: Deed) -> None:
        """A deed as it stands, with the reason why it cannot be done."""
        spec = keyboard.spec(deed.name)
        said = (deed.says() if deed.says is not None else "") or tr(spec.says)
        made = self._add(menu, said, deed.run, "" if spec.own else keyboard.keys(deed.name))
        why = deed.why_not()
        made.setEnabled(not why)
        made.setToolTip(why)

    def _popup(self, menu: QMenu, at: QPoint) -> None:
        live, self.open = self._view.live, menu
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(live.menu_opened)
        menu.aboutToHide.connect(live.menu_closed)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)
