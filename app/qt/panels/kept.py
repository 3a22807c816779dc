"""What is kept of an account's second factor, with the button that erases it."""

from collections.abc import Collection
from typing import Final

from PySide6.QtWidgets import QWidget

from app.qt.desk import Desk
from app.qt.dialogs.confirm import confirm
from app.qt.theme import put
from app.qt.widgets.basic import button, column, name, row, text
from app.qt.widgets.facts import card
from app.services.answers import Answer, Yes
from app.services.views import AccountView

_NAMES: Final = {"pin": "PIN", "totp_secret": "TOTP secret"}
_MEANS: Final = {
    "PIN": "PIN is kept: a sign-in asks for the code alone.",
    "TOTP secret": "TOTP secret is kept: a sign-in asks for the PIN alone.",
    "PIN and TOTP secret": "PIN and TOTP secret are kept: whoever can use this computer can sign in.",
}
_UNREAD: Final = "Whether PIN or TOTP secret is kept is not known while it cannot be read."
_NOTHING: Final = "Neither PIN nor TOTP secret is kept: a sign-in asks for both."
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
        panel, lines = card("PIN and TOTP secret")
        line = row(gap=12)
        line.addWidget(self.says, 1)
        line.addWidget(self.forget)
        lines.addLayout(line)
        column(self, gap=0).addWidget(panel)

    def show_account(self, view: AccountView) -> None:
        """Another picture of the account."""
        self._view = view
        spec = self._desk.spec(view.broker_type)
        self.setVisible(spec is not None and bool(spec.second_factor))
        put(self.says, kept_words(view.keeps))
        self.forget.setVisible(bool(view.keeps))
        label = f"Forget {kept_names(view.keeps or ())}"
        if self.forget.isEnabled() and self.forget.text() != label:
            self.forget.setText(label)
            name(self.forget, label)

    def _on_forget(self) -> None:
        view = self._view
        if view is not None and view.keeps:
            deed = f"Forget {kept_names(view.keeps)}"
            title = f"{deed} of {view.title}?"
            confirm(self.window(), title, _FOLLOWS, deed, colour=view.colour, then=lambda: self._forget(view.user_id))

    def _forget(self, user_id: str) -> None:
        asked = self._desk.services.brokers.forget_second_factor(user_id)
        self._desk.run(self, asked).busy(self.forget, "Erasing").done(self._forgotten)

    def _forgotten(self, answer: Answer[AccountView]) -> None:
        if not isinstance(answer, Yes):
            self._desk.run.untaken(answer.error)
        elif self._view is not None and self._view.user_id == answer.value.user_id:
            self.show_account(answer.value)


def kept_names(keeps: Collection[str]) -> str:
    """The parts by name: "PIN and TOTP secret"."""
    return " and ".join(words for key, words in _NAMES.items() if key in keeps)


def kept_words(keeps: Collection[str] | None) -> str:
    """What is kept, and what that means; None is what cannot be read."""
    if keeps is None:
        return _UNREAD
    return _MEANS.get(kept_names(keeps), _NOTHING)
