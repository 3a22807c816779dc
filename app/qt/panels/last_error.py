"""What last went wrong with an account or its broker's list of instruments, with details that can be copied."""

from PySide6.QtWidgets import QWidget

from app.qt.desk import Desk
from app.qt.fonts import Role
from app.qt.theme import put
from app.qt.widgets.basic import column, row, text
from app.qt.widgets.details import CopyDetails
from app.qt.widgets.facts import Lines, card
from app.services.views import AccountState, AccountView


class LastError(QWidget):
    """Says so when there is none."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.errors = Lines(desk.theme)
        self.details = text("", Role.SMALL, "muted", wrap=True)
        self.copy = CopyDetails()
        panel, inside = card("Last error")
        inside.addWidget(self.errors)
        line = row()
        line.addWidget(self.details, 1)
        line.addWidget(self.copy)
        inside.addLayout(line)
        column(self, gap=0).addWidget(panel)

    def show_account(self, view: AccountView) -> None:
        """Another picture of the account."""
        error = view.error
        shape = "expired" if view.state is AccountState.SIGNED_OUT else "refused"
        none = (("ready", "None", "Nothing went wrong since Kunji was started."),)
        lines = [(shape, error.title, error.next_step)] if error else []
        master = self._desk.board.master(view.broker_type)
        if master is not None and master.error is not None:
            lines.append(("refused", f"Instruments: {master.error.title}", master.error.next_step))
        self.errors.show_lines(lines or none)
        detail = ": ".join(part for part in (error.broker_code, error.detail) if part) if error else ""
        put(self.details, f"Details: {detail}" if detail else "")
        self.details.setVisible(bool(detail))
        told = error or (master.error if master is not None else None)
        self.copy.show_error(told, view.since if error else None)
