"""What is kept of an account's second factor, with what keeps more and what erases it."""

from typing import Final

from PySide6.QtWidgets import QWidget

from app.domain.tongue import tr
from app.qt.desk import Desk
from app.qt.dialogs.confirm import confirm
from app.qt.panels.keep_form import KeepForm
from app.qt.panels.kept_words import kept_names, kept_words
from app.qt.theme import put
from app.qt.widgets.basic import button, column, name, row, text
from app.qt.widgets.facts import card
from app.services.answers import Answer, Yes
from app.services.views import AccountView

_FOLLOWS: Final = (
    "They are erased from this computer, and earlier copies of Kunji's file no longer give them away. The session goes"
    " on. The next sign-in asks for them."
)


class KeptCard(QWidget):
    """Hidden for a broker that documents no sign-in with them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._view: AccountView | None = None
        self.says = text(tone="soft", wrap=True)
        self.forget = button("", "danger", size="row")
        self.forget.clicked.connect(self._on_forget)
        self.keep = button(tr("Keep PIN or TOTP secret"), "quiet")
        self.keep.clicked.connect(self._on_keep)
        self.form = KeepForm(desk)
        self.form.kept.connect(self._show_if_here)
        self.form.cancel.clicked.connect(self.keep.show)
        panel, lines = card(tr("PIN and TOTP secret"))
        line = row(gap=12)
        line.addWidget(self.says, 1)
        line.addWidget(self.forget)
        lines.addLayout(line)
        begin = row()
        begin.addWidget(self.keep)
        begin.addStretch()
        lines.addLayout(begin)
        lines.addWidget(self.form)
        lines.addStretch()
        column(self, gap=0).addWidget(panel)

    def show_account(self, view: AccountView) -> None:
        """Another picture of the account, or another account."""
        if self._view is not None and self._view.user_id != view.user_id:
            self.form.hide()
        self._view = view
        spec = self._desk.spec(view.broker_type)
        self.setVisible(spec is not None and bool(spec.second_factor))
        put(self.says, kept_words(view.keeps))
        self.forget.setVisible(bool(view.keeps))
        more = spec is not None and view.keeps is not None and len(view.keeps) < len(spec.second_factor)
        self.keep.setVisible(more and not self.form.isVisibleTo(self))
        label = tr("Forget {kept_names}", kept_names=kept_names(view.keeps or ()))
        if self.forget.isEnabled() and self.forget.text() != label:
            self.forget.setText(label)
            name(self.forget, label)

    def _on_keep(self) -> None:
        if self._view is not None:
            self.form.begin(self._view)
            self.keep.hide()

    def _on_forget(self) -> None:
        view = self._view
        if view is not None and view.keeps:
            deed = tr("Forget {kept_names}", kept_names=kept_names(view.keeps))
            title = tr("{deed} of {title}?", deed=deed, title=view.title)
            confirm(self.window(), title, _FOLLOWS, deed, colour=view.colour, then=lambda: self._forget(view.user_id))

    def _forget(self, user_id: str) -> None:
        asked = self._desk.services.brokers.forget_second_factor(user_id)
        self._desk.run(self, asked).busy(self.forget, "Erasing").done(self._forgotten)

    def _forgotten(self, answer: Answer[AccountView]) -> None:
        if not isinstance(answer, Yes):
            self._desk.run.untaken(answer.error)
        else:
            self._show_if_here(answer.value)

    def _show_if_here(self, view: AccountView) -> None:
        if self._view is not None and self._view.user_id == view.user_id:
            self.show_account(view)
