"""Settings: when Kunji tells what, how it reaches the brokers, and which trading days it knows. Kept at once."""

from datetime import datetime
from typing import Final

from PySide6.QtWidgets import QFrame, QWidget

from app.qt.bridge import words_of
from app.qt.desk import Desk
from app.qt.fonts import Role
from app.qt.panels.trading_days import TradingDays
from app.qt.widgets.basic import column, name, row, text
from app.qt.widgets.facts import card
from app.qt.widgets.scroll import Scroll
from app.qt.widgets.setting import Setting
from app.services.views import PreferencesView

_IPV4: Final = (
    "Where orders are taken from one registered address only: a computer with two kinds of addresses may leave by the"
    " other one, and its orders are refused."
)


class SettingsPanel(QWidget):
    """Shows what holds; each setting is asked for by itself."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._shown: PreferencesView | None = None
        theme = desk.theme
        self.settings = {
            "readiness": Setting(
                theme,
                "Tell how many accounts are ready",
                field="Each trading day at",
                means="Indian time, for example 08:45",
                usual="08:45",
            ),
            "quiet": Setting(
                theme,
                "Quiet hours",
                field="From and until",
                means="Indian time, for example 22:00-08:00. While a market is open in which an account trades, nothing"
                " is held back.",
                usual="22:00-08:00",
            ),
            "snooze": Setting(theme, "Snooze", field="Tell again in", means="Minutes, for example 10"),
            "ipv4_only": Setting(theme, "Reach the brokers over IPv4 only", means=_IPV4),
        }
        self.days = TradingDays(desk)
        name(self, "Settings")
        self._lay_out()
        for called, setting in self.settings.items():
            setting.wanted.connect(lambda value, called=called: self._keep(called, value))

    def _lay_out(self) -> None:
        page = QWidget()
        inside = column(page, gap=12, margin=16)
        inside.addWidget(text("What you change is kept at once.", Role.SMALL, "soft", wrap=True))
        inside.addWidget(self._card("Notices", "readiness", "quiet", "snooze"))
        inside.addWidget(self._card("Connection", "ipv4_only"))
        inside.addWidget(self.days)
        inside.addStretch()
        column(self, gap=0).addWidget(Scroll(page))

    def _card(self, title: str, *names: str) -> QFrame:
        panel, lines = card(title)
        line = row(gap=20)
        for called in names:
            line.addWidget(self.settings[called], 1)
        lines.addLayout(line)
        return panel

    def begin(self) -> None:
        """Somebody comes to the page: what holds, and the calendar as it is now."""
        self.refresh(self._desk.now())
        for setting in self.settings.values():
            setting.show_stored()
        self.days.read()

    def refresh(self, now: datetime) -> None:
        """Show what was changed, here or by the command line."""
        view = self._desk.services.preferences.view
        if view != self._shown:
            self._show(view)

    def _show(self, view: PreferencesView) -> None:
        from app.services.preferences import text_of  # loaded on first use: start-up

        self._shown = view
        for called, setting in self.settings.items():
            setting.show_value(text_of(view, called))

    def _keep(self, called: str, value: str) -> None:
        asked = self._desk.services.preferences.put_text(called, value)
        self._desk.run(self, asked).done(self._show).failed(lambda error: self._refused(called, error))

    def _refused(self, called: str, error: BaseException) -> None:
        self.settings[called].show_error(". ".join(words_of(error)))
