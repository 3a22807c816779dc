"""A token that the user has already, from another program of his: asked of the broker before it replaces anything."""

from datetime import datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.domain import Secret, TradingError
from app.domain.tongue import tr
from app.qt.theme import Theme
from app.qt.widgets.basic import button, column, row, surface
from app.qt.widgets.details import CopyDetails
from app.qt.widgets.field import FieldBox, leaves_nothing


class TokenBox(QWidget):
    """A link that opens a masked field. `offered` carries what was pasted."""

    offered = Signal(object)

    def __init__(self, theme: Theme, hint: str) -> None:
        super().__init__()
        self.open_link = button(tr("Use a token I already have"), "quiet")
        self.field = FieldBox(theme, tr("Access token"), hint, secret=True)
        self.send = button(tr("Use this token"), "plain")
        outer = column(self, gap=8)
        links = row()
        links.addWidget(self.open_link)
        links.addStretch()
        outer.addLayout(links)
        self._box = surface("plain")
        inside = column(self._box, gap=8)
        inside.addWidget(self.field)
        self.copy = CopyDetails()
        line = row()
        line.addWidget(self.copy)
        line.addStretch()
        line.addWidget(self.send)
        inside.addLayout(line)
        outer.addWidget(self._box)
        self._box.hide()
        self.open_link.clicked.connect(self._on_open)
        self.send.clicked.connect(self._on_send)
        self.field.edit.returnPressed.connect(self._on_send)
        self.field.edited.connect(lambda: self.copy.show_error(None))

    def show_refused(self, error: TradingError, at: datetime) -> None:
        """It does not replace anything; what is in the field may be mended."""
        self.field.show_error(
            tr("{title}. {next_step} The session is as it was.", title=error.title, next_step=error.next_step)
        )
        self.copy.show_error(error, at)
        if leaves_nothing(error):
            self.field.wipe()

    def shut(self) -> None:
        """The link alone again, and nothing typed."""
        self.wipe()
        self._box.hide()
        self.open_link.show()

    def wipe(self) -> None:
        """Forget what was pasted."""
        self.copy.show_error(None)
        self.field.wipe()

    def _on_open(self) -> None:
        self._box.show()
        self.open_link.hide()
        QTimer.singleShot(0, self.field.edit, self.field.edit.setFocus)  # when there is room for it

    def _on_send(self) -> None:
        if not self.send.isEnabled():  # it is being asked about
            return
        if not self.field.value():
            self.field.show_error(
                tr("Paste the token first. It replaces nothing before the broker has said yes to it.")
            )
            return
        self.offered.emit(Secret(self.field.value()))
