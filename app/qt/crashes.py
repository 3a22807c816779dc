"""Follows what escapes everything and shows it in one window; what was read there once comes in the message line.

A mistake that comes with every second would otherwise bring a window up with every second.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from app.domain.tongue import tr
from app.qt.dialogs.crash import TITLE, CrashWindow
from app.qt.saving import ask_where, not_saved, write
from app.system.crash import Crash

if TYPE_CHECKING:
    from app.domain import Clock
    from app.qt.bridge import Runner
    from app.qt.theme import Theme
    from app.qt.widgets.message import MessageLine

_MOST: Final = 20  # different ones that are kept for the report
_KEY: Final = "crash"
_BUNDLE_MS: Final = 250  # a mistake in a paint or a timer comes sixty times a second


class Crashes(QObject):
    """`log_dir` is where the end of the log is for the report; None: the report is without."""

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        message: MessageLine,
        *,
        clock: Clock,
        run: Runner,
        log_dir: Path | None = None,
    ) -> None:
        super().__init__(window)
        self._window, self._theme, self._message = window, theme, message
        self._clock, self._run, self._log_dir = clock, run, log_dir
        self._seen: dict[tuple[str, str], tuple[Crash, int]] = {}
        self._read: set[tuple[str, str]] = set()
        self._dialog: CrashWindow | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_BUNDLE_MS)
        self._timer.timeout.connect(self._tell)

    @property
    def dialog(self) -> CrashWindow:
        """The window, made when it is first needed."""
        if self._dialog is None:
            self._dialog = CrashWindow(self._window, self._theme)
            self._dialog.save_wanted.connect(self._on_save)
            self._dialog.gone_on.connect(self._on_gone_on)
        return self._dialog

    def take(self, crash: Crash) -> None:
        """Something escaped."""
        _, times = self._seen.pop(crash.fault, (crash, 0))
        self._seen[crash.fault] = (crash, times + 1)
        while len(self._seen) > _MOST:
            self._seen.pop(next(iter(self._seen)))
        if not self._timer.isActive():
            self._timer.start()

    def _tell(self) -> None:
        crash, _ = next(reversed(self._seen.values()))
        if self._read.issuperset(self._seen) and not self.dialog.isVisible():
            again = tr("It is the same as before: {summary}", summary=crash.summary)
            self._message.post(_KEY, tr(TITLE), again, {tr("Show"): self._show}, details=self._details())
        else:
            self._show()

    def _show(self) -> None:
        self._message.withdraw(_KEY)
        self.dialog.show_crashes(tuple(self._seen.values()), self._details())
        self.dialog.come_up()

    def _details(self) -> str:
        from app.system.report import clean, written  # loaded on first use: start-up
        from app.system.versions import versions_line  # as above

        told = [written(crash) for crash, _ in self._seen.values()]
        return clean("\n\n".join([tr(TITLE), *told, versions_line()]))

    def _on_gone_on(self) -> None:
        self._read.update(self._seen)

    def _on_save(self) -> None:
        from app.system.report import file_name  # as above

        ask_where(self.dialog, file_name("report", self._clock.now()), self.save)

    def save(self, path: Path) -> None:
        """Write the report to `path`."""
        from app.system.report import report_text  # as above

        crashes = [crash for crash, _ in self._seen.values()]
        make: Callable[[], str] = partial(report_text, crashes, self._clock.now(), self._log_dir)
        work = self._run(self, write(path, make), newest="report").busy(self.dialog.save, tr("Saving"))
        work.done(lambda saved: self.dialog.show_saved(tr("Saved as {path}", path=saved)))
        work.failed(lambda error: self.dialog.show_saved(not_saved(error)))
