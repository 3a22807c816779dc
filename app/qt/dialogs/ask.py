"""What a sign-in asks to be typed: a masked text or the cells of a code, with what is wrong with it in its place."""

from datetime import datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.domain import Secret, TradingError
from app.domain.tongue import tr
from app.qt.fonts import Role
from app.qt.theme import Theme, put
from app.qt.widgets.basic import clear, column, text
from app.qt.widgets.code import CodeEdit, TimeBar
from app.qt.widgets.field import FieldBox
from app.services.views import Asked

ATTEMPTS = "A wrong code costs one attempt at the broker. Kunji never tries twice by itself."


class AskBox(QWidget):
    """Shows one question at a time. `entered` says that Enter was pressed in it, `edited` that it holds other text."""

    entered = Signal()
    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._asked: Asked | None = None
        self.field: FieldBox | None = None
        self._place = column(gap=0)
        self._bar = TimeBar(theme)
        self._until = text("", Role.SMALL, "muted", wrap=True)
        outer = column(self, gap=8)
        outer.addLayout(self._place)
        outer.addWidget(self._bar)
        outer.addWidget(self._until)

    @property
    def asked(self) -> Asked | None:
        """What is asked."""
        return self._asked

    @property
    def complete(self) -> bool:
        """Whether what was typed can be sent."""
        if self.field is None:
            return False
        edit = self.field.edit
        return edit.complete if isinstance(edit, CodeEdit) else bool(edit.text().strip())

    def show_asked(self, asked: Asked | None, now: datetime) -> None:
        """Ask `asked`, empty and with the keyboard in it; the same question keeps what was typed."""
        if asked != self._asked:
            self.wipe()
            self._asked = asked
            clear(self._place)
            self.field = None if asked is None else self._made(asked)
        self.setVisible(asked is not None)
        self._show_time(asked, now)

    def reset(self) -> None:
        """Ask nothing, and forget what was asked."""
        self.wipe()
        self._asked, self.field = None, None
        clear(self._place)
        self.hide()

    def show_problem(self, problem: TradingError | None) -> None:
        """What is wrong with what was typed."""
        if self.field is not None and problem is not None:
            self.field.show_error(f"{problem.title}. {problem.next_step}")

    def ask_for_the_rest(self) -> None:
        """It was to be sent too early."""
        if self.field is not None and self._asked is not None:
            self.field.show_error(self.missing)

    @property
    def missing(self) -> str:
        """What keeps it from being sent."""
        if self._asked is None:
            return ""
        return (
            tr("Type all {digits} digits first.", digits=self._asked.digits)
            if self._asked.digits
            else tr("Nothing is typed yet.")
        )

    def take(self) -> Secret:
        """What was typed; the field forgets it."""
        taken = self.field.take() if self.field is not None else Secret()
        self.wipe()
        return taken

    def wipe(self) -> None:
        """Forget what was typed."""
        if self.field is not None:
            self.field.wipe()
            self.edited.emit()

    def _made(self, asked: Asked) -> FieldBox:
        edit = CodeEdit(self._theme, asked.digits) if asked.digits else None
        field = FieldBox(self._theme, tr(asked.label), tr(asked.hint), secret=asked.secret, edit=edit)
        if edit is not None:
            edit.odd.connect(lambda: field.show_error(f"What was pasted is not a code of {asked.digits} digits."))
        field.edited.connect(self.edited)
        field.edit.returnPressed.connect(self.entered)
        self._place.addWidget(field)
        QTimer.singleShot(0, field.edit, field.edit.setFocus)  # when the dialog is there
        return field

    def _show_time(self, asked: Asked | None, now: datetime) -> None:
        period = asked.period if asked is not None else 0
        self._bar.setVisible(bool(period))
        self._until.setVisible(bool(period))
        if asked is not None and period:
            left = period - now.timestamp() % period
            said = tr("New code in {int} s. Enter sends all {digits} digits.", int=int(left), digits=asked.digits)
            put(self._until, said)
            self._bar.show_left(left / period, said)
