"""Another name or colour for an account: a line that opens below the head of its page."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.domain.tongue import tr
from app.qt.desk import Desk
from app.qt.widgets.basic import button, column, row, surface
from app.qt.widgets.colours import ColourBox
from app.qt.widgets.field import FieldBox
from app.qt.widgets.tab_order import came_later
from app.services.answers import Answer, Yes
from app.services.views import AccountView


class RenameForm(QWidget):
    """Hidden until `begin`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._user_id = ""
        self.hide()

    def _build(self) -> None:
        self.name_field = FieldBox(self._desk.theme, tr("Account name"))
        self.colour_field = ColourBox()
        self.save, self._keep = button(tr("Save name"), "plain"), button(tr("Cancel rename"), "quiet")
        panel = surface("panel")
        line = row(panel, gap=12)
        line.setContentsMargins(16, 12, 16, 12)
        line.addWidget(self.name_field, 1)
        for part in (self.colour_field, self.save, self._keep):
            line.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        column(self, gap=0).addWidget(panel)
        self.save.clicked.connect(self._on_save)
        self._keep.clicked.connect(self.hide)
        came_later(self)

    def begin(self, view: AccountView) -> None:
        """Change what `view` is called. The first one builds the fields: most pages are never asked to."""
        if self.layout() is None:
            self._build()
        self._user_id = view.user_id
        self.name_field.edit.setText(view.name)
        self.colour_field.choose(view.colour)
        self.show()
        self.name_field.edit.setFocus()
        self.name_field.edit.selectAll()

    def _on_save(self) -> None:
        called = self.name_field.value()
        if not called:
            self.name_field.show_error(tr("Give the account a name."))
            return
        asked = self._desk.services.brokers.rename(self._user_id, called, self.colour_field.colour)
        self._desk.run(self, asked).busy(self.save, tr("Saving")).done(self._renamed)

    def _renamed(self, answer: Answer[AccountView]) -> None:
        if isinstance(answer, Yes):
            self.hide()
        else:
            self.name_field.show_error(f"{tr(answer.error.title)}. {tr(answer.error.next_step)}")
