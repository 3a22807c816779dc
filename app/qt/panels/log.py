"""The log: the masked files, the newest line last, followed while it is on show; filtered by words and level.

It is read on a thread of its own and from the end only, so that a large log is no slower than a small one.
"""

import asyncio
from typing import Final

from PySide6.QtCore import QItemSelectionModel, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QDesktopServices,
    QFontDatabase,
    QGuiApplication,
    QHideEvent,
    QKeySequence,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QListView, QWidget

from app.domain import Worker, redact
from app.domain.tongue import tr
from app.qt.desk import Desk
from app.qt.fonts import Role
from app.qt.models.log_lines import LogLines
from app.qt.theme import put
from app.qt.widgets.basic import button, column, name, row, surface, text
from app.system import log_tail
from app.system.log_records import LEVELS, Record, chosen, records

_MOST: Final = 1024 * 1024  # bytes from the end: some ten thousand lines
_KEPT: Final = 20_000  # records; what is followed for days is forgotten from the beginning
_SHOWN: Final = 5000  # lines; all that was read is searched
_FOLLOW_MS: Final = 1000
_TYPED_MS: Final = 150  # after the last key
_DEADLINE: Final = 10.0  # seconds for a slow disk
_CHOICES: Final = (
    ("Everything", "DEBUG"),
    ("Information and above", "INFO"),
    ("Warnings and errors", "WARNING"),
    ("Errors", "ERROR"),
)


class LogPage(QWidget):
    """Filter above, the lines, what can be done with them below."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._log_dir = desk.services.diagnostics.log_dir
        self._records: list[Record] = []
        self._place = log_tail.Place()
        self._worker: Worker | None = None
        self.filter = QLineEdit()
        self.level = QComboBox()
        self.model = LogLines(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.view = QListView()
        self.says = text("", Role.SMALL, "soft", wrap=True)
        self.copy = button(tr("Copy"), "quiet")
        self.folder = button(tr("Open folder"), "plain")
        self._follow, self._typed = QTimer(self), QTimer(self)
        self._prepare()
        self._lay_out()
        self._connect()

    def _prepare(self) -> None:
        self.filter.setPlaceholderText(tr("Words to look for"))
        self.filter.setClearButtonEnabled(True)
        name(self.filter, tr("Filter the log"))
        name(self.level, tr("Level"))
        for words, level in _CHOICES:
            self.level.addItem(tr(words), LEVELS.index(level))
        name(self.view, tr("Log"))
        self.view.setModel(self.model)
        self.view.setUniformItemSizes(True)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.view.setTextElideMode(Qt.TextElideMode.ElideNone)
        self._follow.setInterval(_FOLLOW_MS)
        self._typed.setSingleShot(True)
        self._typed.setInterval(_TYPED_MS)

    def _lay_out(self) -> None:
        head = row(gap=8)
        head.addWidget(self.filter, 1)
        head.addWidget(self.level)
        panel = surface("panel")
        column(panel, gap=0, margin=1).addWidget(self.view)
        foot = row(gap=8)
        foot.addWidget(self.says, 1)
        foot.addWidget(self.copy)
        foot.addWidget(self.folder)
        inside = column(self, gap=12)
        inside.addLayout(head)
        inside.addWidget(panel, 1)
        inside.addLayout(foot)

    def _connect(self) -> None:
        self._follow.timeout.connect(self._on_follow)
        self._typed.timeout.connect(self._show_chosen)
        self.filter.textChanged.connect(self._typed.start)
        self.level.currentIndexChanged.connect(self._show_chosen)
        self.copy.clicked.connect(self._on_copy)
        self.folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_dir))))
        keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.view)
        keys.setContext(Qt.ShortcutContext.WidgetShortcut)
        keys.activated.connect(self._on_copy)

    def focus_filter(self) -> None:
        """The keys that filter a table filter the log here."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    # -------------------------------------------------------------- reading

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks: read, and follow."""
        self._read()
        self._follow.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        self._follow.stop()
        if self._worker is not None:
            self._worker.stop()
            self._worker = None
        super().hideEvent(event)

    def _read(self) -> None:
        self._desk.run(self, self._tail(), newest="log").failed(self._refused)

    def _on_follow(self) -> None:
        if self._place != log_tail.Place():  # else the first reading is still under way, or there was nothing
            self._desk.run(self, self._more(), newest="log").failed(self._refused)
        else:
            self._read()

    async def _tail(self) -> None:
        """The end of the log anew."""
        async with asyncio.timeout(_DEADLINE):
            found, place = await self._thread().run(lambda: _parsed(*log_tail.tail(self._log_dir, _MOST)))
        self._records, self._place = found, place
        self._show_chosen()

    async def _more(self) -> None:
        """What was written since."""
        place = self._place
        async with asyncio.timeout(_DEADLINE):
            more = await self._thread().run(lambda: log_tail.more(self._log_dir, place, _MOST))
        if more is None:
            await self._tail()
        elif more[0]:
            self._records = [*self._records, *records(more[0])][-_KEPT:]
            self._place = more[1]
            self._show_chosen()

    def _thread(self) -> Worker:
        if self._worker is None:
            self._worker = Worker("log")
        return self._worker

    def _refused(self, error: BaseException) -> None:
        why = getattr(error, "strerror", None) or type(error).__name__
        put(self.says, tr("The log cannot be read: {why}.", why=why))

    # -------------------------------------------------------------- showing

    def _show_chosen(self) -> None:
        bar = self.view.verticalScrollBar()
        at_end = bar.value() >= bar.maximum()
        lines = chosen(self._records, self.filter.text(), int(self.level.currentData()))
        self.model.show_lines(lines[-_SHOWN:])
        if at_end:
            self.view.scrollToBottom()
        put(self.says, self._told(len(lines)))

    def _told(self, count: int) -> str:
        if count > _SHOWN:
            return tr("The last {count} lines. Words find what stands before them.", count=_SHOWN)
        if count:
            return tr("{count} lines, the newest last. Secrets are masked before they are written.", count=count)
        if self._records:
            return tr("Nothing matches.")
        return tr("Nothing is written yet.")

    def _on_copy(self) -> None:
        """What is selected, else everything that is on show."""
        model: QItemSelectionModel | None = self.view.selectionModel()
        rows = sorted(index.row() for index in model.selectedRows()) if model is not None else []
        lines = [self.model.lines[at] for at in rows] if rows else list(self.model.lines)
        QGuiApplication.clipboard().setText(redact("\n".join(lines)))
        put(self.says, tr("{count} lines copied.", count=len(lines)))


def _parsed(lines: list[str], place: log_tail.Place) -> tuple[list[Record], log_tail.Place]:
    return records(lines), place
