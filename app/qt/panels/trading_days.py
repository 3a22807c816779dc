"""The calendar in force: which years it knows, what comes next, and the user's own file in its place."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.domain.tongue import tr
from app.qt.bridge import words_of
from app.qt.desk import Desk
from app.qt.fonts import Role
from app.qt.ports import CalendarLike
from app.qt.theme import put
from app.qt.widgets.basic import button, column, row, text
from app.qt.widgets.facts import Facts, Lines, card
from app.services.words import day_name

_NEXT: Final = 3
_UNREAD: Final = "Your own file is not read: "


class TradingDays(QWidget):
    """Shown as it was last read."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.facts = Facts((tr("Calendar"), tr("Years known"), tr("Next")))
        self.notes = Lines(desk.theme)
        self.wrong = text("", Role.SMALL, "state.bad", wrap=True)
        self.install = button(tr("Import a file"), "plain")
        self.remove = button(tr("Back to Kunji's own"), "plain")
        self.install.clicked.connect(self._on_install)
        self.remove.clicked.connect(self._on_remove)
        self._lay_out()

    def _lay_out(self) -> None:
        panel, lines = card(tr("Trading days"))
        buttons = row()
        buttons.addWidget(self.install)
        buttons.addWidget(self.remove)
        buttons.addStretch()
        for part in (self.facts, self.notes, self.wrong):
            lines.addWidget(part)
        lines.addLayout(buttons)
        self.wrong.hide()
        self.remove.hide()
        column(self, gap=0).addWidget(panel)

    def read(self) -> None:
        """Show what is in force now."""
        asked = self._desk.services.calendars.show()
        self._desk.run(self, asked, newest="calendar").done(self._show).failed(self._refused)

    def import_file(self, path: str) -> None:
        """Take the file at `path` as the user's own."""
        asked = self._desk.services.calendars.install(Path(path))
        self._desk.run(self, asked).busy(self.install, "Reading").done(self._show).failed(self._refused)

    def _on_install(self) -> None:
        from PySide6.QtWidgets import QFileDialog  # loaded on first use: start-up

        dialog = QFileDialog(self.window(), tr("Import trading days"), "", tr("Calendar (*.json)"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.import_file)
        dialog.open()

    def _on_remove(self) -> None:
        asked = self._desk.services.calendars.remove()
        self._desk.run(self, asked).busy(self.remove, "Reading").done(self._show).failed(self._refused)

    def _show(self, view: CalendarLike) -> None:
        self.wrong.hide()
        whose = tr("your own file") if view.own else tr("brought by Kunji")
        self.facts.show_fact(tr("Calendar"), f"{view.name}, {whose}")
        self.facts.show_fact(tr("Years known"), ", ".join(map(str, view.years)))
        self.facts.show_fact(tr("Next"), "; ".join(f"{day_name(day)} {called}" for day, called in view.days[:_NEXT]))
        notes = [("expiring", view.notice, "")] if view.notice else []
        if view.error is not None:
            notes.append(("expired", f"{_UNREAD}{view.error.title}", view.error.next_step))
        self.notes.show_lines(notes)
        self.notes.setVisible(bool(notes))
        self.remove.setVisible(view.own or view.error is not None)

    def _refused(self, error: BaseException) -> None:
        put(self.wrong, ". ".join(words_of(error)))
        self.wrong.show()
