"""The internet address that the user registered at the broker for orders: noted here, kept at once."""

from typing import Final

from PySide6.QtWidgets import QWidget

from app.domain.tongue import tr
from app.qt.bridge import words_of
from app.qt.desk import Desk
from app.qt.widgets.basic import column
from app.qt.widgets.facts import card
from app.qt.widgets.setting import Setting
from app.services.answers import Answer, Yes
from app.services.views import AccountView

_MEANS: Final = "As on the broker's page, for example 198.51.100.7; orders from any other one are refused."


class AddressCard(QWidget):
    """For one account. Empty is "not noted"."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._user_id = ""
        self.setting = Setting(desk.theme, "", field=tr("Registered for orders"), means=tr(_MEANS), may_be_empty=True)
        self.setting.wanted.connect(self._on_wanted)
        panel, lines = card(tr("Internet address"))
        lines.addWidget(self.setting)
        column(self, gap=0).addWidget(panel)

    def show_account(self, view: AccountView) -> None:
        """Another picture of the account, or another account."""
        another, self._user_id = view.user_id != self._user_id, view.user_id
        self.setting.show_value(view.address)
        if another:
            self.setting.show_stored()

    def _on_wanted(self, text: str) -> None:
        user_id = self._user_id
        asked = self._desk.services.brokers.note_address(user_id, text)
        self._desk.run(self, asked).done(lambda answer: self._noted(user_id, answer))

    def _noted(self, user_id: str, answer: Answer[AccountView]) -> None:
        if user_id != self._user_id:  # the page shows another account meanwhile
            if not isinstance(answer, Yes):
                self._desk.run.untaken(answer.error)
        elif isinstance(answer, Yes):
            self.show_account(answer.value)
        else:
            self.setting.show_error(". ".join(words_of(answer.error)))
