"""Diagnostics: what `kunji doctor` says, in the window; run, copied and saved from here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.domain.tongue import tr
from app.qt.bridge import words_of
from app.qt.desk import Desk
from app.qt.fonts import Role
from app.qt.saving import ask_where, not_saved, write
from app.qt.theme import put
from app.qt.widgets.basic import button, clear, column, row, text
from app.qt.widgets.details import CopyDetails
from app.qt.widgets.facts import Lines, card
from app.qt.widgets.scroll import Scroll

if TYPE_CHECKING:
    from pathlib import Path

    from app.services.diagnostics import Diagnosis, Line, Section

_SHAPES: Final = {"ok": "ready", "not_known": "unknown", "trouble": "expired"}  # the worst last
_SAID: Final = {"ok": "{name}", "trouble": "Trouble: {name}", "not_known": "Not known: {name}"}


class DiagnosticsPage(QWidget):
    """Looks when it is first shown, and whenever it is asked to."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._diagnosis: Diagnosis | None = None
        self.says = text(role=Role.TOTAL, wrap=True)
        self.saved = text("", Role.SMALL, "soft", wrap=True)
        self.again = button(tr("Look again"), "plain")
        self.save = button(tr("Save report"), "plain")
        self.copy = CopyDetails()
        self._sections = column(gap=12)
        self._lay_out()
        self.save.hide()
        self.again.clicked.connect(self.look)
        self.save.clicked.connect(self._on_save)

    def _lay_out(self) -> None:
        head = row(gap=8)
        words = column(gap=0)
        words.addWidget(self.says)
        words.addWidget(self.saved)
        head.addLayout(words, 1)
        for part in (self.copy, self.save, self.again):
            head.addWidget(part)
        page = QWidget()
        inside = column(page, gap=0)
        inside.addLayout(self._sections)
        inside.addStretch()
        outer = column(self, gap=12)
        outer.addLayout(head)
        outer.addWidget(Scroll(page), 1)

    def showEvent(self, event: QShowEvent) -> None:
        """The first time somebody looks."""
        if self._diagnosis is None:
            self.look()
        super().showEvent(event)

    def look(self) -> None:
        """Look at everything now."""
        put(self.says, tr("Looking; this takes eight seconds at most."))
        put(self.saved, "")
        asked = self._desk.services.diagnostics.run()
        work = self._desk.run(self, asked, newest="diagnostics").busy(self.again, tr("Looking"))
        work.done(self.show_diagnosis).failed(lambda error: put(self.says, ". ".join(words_of(error))))

    def show_diagnosis(self, diagnosis: Diagnosis) -> None:
        """What was found."""
        self._diagnosis = diagnosis
        put(self.says, _told(diagnosis))
        self.copy.show_text(diagnosis.text)
        self.save.show()
        clear(self._sections)
        for section in sorted(diagnosis.sections, key=_worst):  # what needs somebody stands above what is well
            self._add(section)

    def _add(self, section: Section) -> None:
        panel, inside = card(tr(section.title))
        lines = Lines(self._desk.theme)
        lines.show_lines(_shown(line) for line in section.lines)
        inside.addWidget(lines)
        self._sections.addWidget(panel)

    def _on_save(self) -> None:
        from app.system.report import file_name  # loaded on first use: start-up

        if self._diagnosis is not None:
            ask_where(self.window(), file_name("diagnostics", self._diagnosis.at), self.save_to)

    def save_to(self, path: Path) -> None:
        """Write what was found to `path`."""
        if self._diagnosis is None:
            return
        told = partial(str, self._diagnosis.text)
        work = self._desk.run(self, write(path, told), newest="save").busy(self.save, tr("Saving"))
        work.done(lambda saved: put(self.saved, tr("Saved as {path}", path=saved)))
        work.failed(lambda error: put(self.saved, not_saved(error)))


def _told(diagnosis: Diagnosis) -> str:
    """How it stands on the whole."""
    verdicts = [line.verdict for section in diagnosis.sections for line in section.lines]
    troubles, unknown = verdicts.count("trouble"), verdicts.count("not_known")  # type: ignore[arg-type]  # a StrEnum
    if troubles:
        return tr("In trouble: {count} of {all}. What to do stands below each.", count=troubles, all=len(verdicts))
    if unknown:
        return tr("No trouble was found. Not known: {count}.", count=unknown)
    return tr("Everything is well.")


def _worst(section: Section) -> int:
    ranks = list(_SHAPES)
    return -max((ranks.index(line.verdict.value) for line in section.lines), default=0)


def _shown(line: Line) -> tuple[str, str, str]:
    title = tr(_SAID[line.verdict.value], name=line.name)
    sentence = f"{line.says}. {line.todo}" if line.todo else line.says
    return _SHAPES[line.verdict.value], title, sentence
