"""Everything that is known of one row, in a window of its own: all columns, also those that have no room, and more."""

from datetime import datetime
from typing import Final, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from app.domain.tongue import tr
from app.qt.dialogs.sheet import Sheet
from app.qt.fonts import scaled
from app.qt.models.figures import Figures
from app.qt.tables.rows import Row
from app.qt.tables.spec import TableSpec
from app.qt.widgets.basic import button, longest_word, text
from app.services.words import clock_time

R = TypeVar("R")

_HEIGHT: Final = 430
_LABEL: Final = 132


class DetailsDialog(Sheet):
    """Opened without a nested loop; Esc closes it."""

    def __init__(self, parent: QWidget, title: str, under: str, fields: list[tuple[str, str]]) -> None:
        super().__init__(parent, _HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fields = fields
        self.inside.addWidget(self.lay_words())
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, max([scaled(_LABEL), *(longest_word(label) for label, _ in fields)]))
        grid.setColumnStretch(1, 1)
        for at, (label, said) in enumerate(fields):
            called, value = text(label, tone="soft", wrap=True), text(said, wrap=True)
            value.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            value.setAccessibleName(f"{label}: {said}")
            grid.addWidget(called, at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, at, 1)
        self.inside.addLayout(grid)
        self.inside.addStretch()
        self.close_button = button(tr("Close"), "plain")
        self.close_button.clicked.connect(self.accept)
        self.foot.addStretch()
        self.foot.addWidget(self.close_button)
        self.show_words(title, under)
        self.close_button.setFocus()


def details_of(
    spec: TableSpec[R], row: Row[R], figures: Figures, now: datetime
) -> tuple[str, str, list[tuple[str, str]]]:
    """Title, the line below it, and the fields of a row's details."""
    first, *rest = spec.columns
    title = " ".join(filter(None, (first.text(row, figures), first.second(row) if first.second is not None else "")))
    account = row.account.title if row.account is not None else tr("{count} accounts", count=len(row.parts))
    as_of = tr("as of {time}", time=clock_time(row.as_of, now)) if row.as_of is not None and not row.current else ""
    fields = [
        (tr(column.title), said) for column in rest if column.merged is not True and (said := column.text(row, figures))
    ]
    more = spec.details(row, figures) if spec.details is not None else ()
    return title, ", ".join(filter(None, (account, as_of))), [*fields, *more]


def show_details(parent: QWidget, spec: TableSpec[R], row: Row[R], figures: Figures, now: datetime) -> DetailsDialog:
    """Open the details of a row."""
    dialog = DetailsDialog(parent, *details_of(spec, row, figures, now))
    dialog.open()
    return dialog
