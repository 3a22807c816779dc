"""Switching on that PIN or TOTP secret is kept for an account that exists: each behind its switch, wiped when left."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from app.domain import Secret, TradingError
from app.domain.tongue import tr
from app.qt.bridge import words_of
from app.qt.desk import Desk
from app.qt.panels.kept_words import kept_names
from app.qt.widgets.basic import button, clear, column, row
from app.qt.widgets.field import leaves_nothing
from app.qt.widgets.kept_box import KeptBox
from app.qt.widgets.tab_order import in_order
from app.services.answers import Answer, Yes
from app.services.views import AccountView


class KeepForm(QWidget):
    """`kept` carries the account's new picture."""

    kept = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._user_id = ""
        self.boxes: dict[str, KeptBox] = {}
        self.keep = button(tr("Keep on this computer"), "plain")
        self.cancel = button(tr("Cancel keeping"), "quiet")
        self.keep.clicked.connect(self._on_keep)
        self.cancel.clicked.connect(self.hide)
        self._fields = column(gap=12)
        line = row()
        line.addWidget(self.keep)
        line.addWidget(self.cancel)
        line.addStretch()
        inside = column(self, gap=12)
        inside.addLayout(self._fields)
        inside.addLayout(line)
        self.hide()

    def begin(self, view: AccountView) -> None:
        """The fields that are not kept yet, each off."""
        self._user_id = view.user_id
        spec = self._desk.spec(view.broker_type)
        clear(self._fields)
        wanted = [field for field in (spec.second_factor if spec else ()) if field.name not in (view.keeps or ())]
        self.boxes = {
            field.name: KeptBox(self._desk.theme, kept_names((field.name,)), tr(field.label), tr(field.hint))
            for field in wanted
        }
        for box in self.boxes.values():
            self._fields.addWidget(box)
        in_order(self)
        self.show()

    def hideEvent(self, event: QHideEvent) -> None:
        """Whoever leaves the page leaves no secret in it."""
        if not event.spontaneous():  # a minimised window is not left
            self._wipe()
        super().hideEvent(event)

    def _wipe(self) -> None:
        for box in self.boxes.values():
            box.wipe()

    def _on_keep(self) -> None:
        given = {name: box.take() for name, box in self.boxes.items()}
        empty = [box for name, box in self.boxes.items() if box.is_wanted and not given[name]]
        if empty:
            empty[0].show_error(tr("{label} is missing. Type it, or switch this off.", label=empty[0].label))
        elif any(given.values()):
            self._ask(given)

    def _ask(self, given: dict[str, Secret]) -> None:
        pin, totp_secret = given.get("pin", Secret()), given.get("totp_secret", Secret())
        asked = self._desk.services.brokers.keep_second_factor(self._user_id, pin, totp_secret)
        self._desk.run(self, asked).busy(self.keep, "Keeping").done(self._answered).failed(self._refused)

    def _answered(self, answer: Answer[AccountView]) -> None:
        if isinstance(answer, Yes):
            self.hide()
            self.kept.emit(answer.value)
        else:
            self._refused(answer.error)

    def _refused(self, error: BaseException) -> None:
        if leaves_nothing(error):
            self._wipe()
        box = self.boxes.get(error.field) if isinstance(error, TradingError) else None
        if box is not None:
            box.show_error(". ".join(words_of(error)))
        else:
            self._desk.run.untaken(error)
