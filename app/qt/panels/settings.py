"""Settings: drawn from the one table of them, by groups; what is changed is kept at once, or its field says why not."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.domain.tongue import tr
from app.qt.bridge import words_of
from app.qt.desk import Desk
from app.qt.fonts import Role, scaled
from app.qt.panels.take_along import TakeAlong
from app.qt.panels.trading_days import TradingDays
from app.qt.theme import Theme
from app.qt.widgets.basic import button, column, name, text
from app.qt.widgets.choice import Choice
from app.qt.widgets.facts import card
from app.qt.widgets.folding import Folding
from app.qt.widgets.scroll import Scroll
from app.qt.widgets.setting import Setting
from app.services.views import PreferencesView

if TYPE_CHECKING:
    from app.services.setting_table import Setting as Described

_COLUMNS: Final = 2
_AT_FIRST: Final = 2  # groups of settings that are built with the page; the others in another turn
_SHORT: Final = 240  # for what is typed here: a time, a number
_COLUMNS_WHERE: Final = (
    "Which columns a table shows, their order and the sorting are chosen at the table itself, by its button Columns,"
    " and remembered."
)
_NEXT_START: Final = "It holds from the next start on."


class SettingsPanel(QWidget):
    """Shows what holds; each setting is asked for by itself. `move_wanted`: the way to another computer."""

    move_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._shown: PreferencesView | None = None
        self.settings: dict[str, Setting] = {}
        self.choices: dict[str, Choice] = {}
        name(self, tr("Settings"))
        self._lay_out()

    def _lay_out(self) -> None:
        from app.services.setting_table import SETTINGS  # loaded on first use: start-up

        page = QWidget()
        column(self, gap=0).addWidget(Scroll(page))  # first: what comes into its place later takes up its look once
        inside = self._inside = column(page, gap=12, margin=16)
        inside.addWidget(text(tr("What you change is kept at once."), Role.SMALL, "soft", wrap=True))
        groups: defaultdict[str, list[Described]] = defaultdict(list)
        for described in SETTINGS:
            groups[described.group].append(described)
        self._left = list(groups.items())
        self._add(_AT_FIRST)

    @property
    def parts(self) -> tuple[Callable[[], None], ...]:
        """What is further down, as long as it is not built."""
        return (self._add_others, self._add_below) if self._left else ()

    def _add_others(self) -> None:
        self._add(len(self._left))
        self._shown = None  # these have no values yet

    def _add_below(self) -> None:
        self.days, self.take_along = TradingDays(self._desk), TakeAlong(self._desk)
        self.take_along.move_wanted.connect(self.move_wanted)
        for part in (self._tables(), self.days, self.take_along):
            self._inside.addWidget(part)
        self._inside.addStretch()

    def _add(self, count: int) -> None:
        for title, described in self._left[:count]:
            panel, lines = card(tr(title))
            self._inside.addWidget(panel)
            lines.addWidget(Folding([self._made(self._desk.theme, one) for one in described], _COLUMNS))
        del self._left[:count]

    def _tables(self) -> QFrame:
        """What is arranged at each table, and not set here."""
        panel, lines = card(tr("Columns of the tables"))
        lines.addWidget(text(tr(_COLUMNS_WHERE), Role.SMALL, "soft", wrap=True))
        self.back = button(tr("Put all columns back"))
        self.back.clicked.connect(self._desk.services.portable.put_columns_back)
        lines.addWidget(Folding((self.back,), 1, equal=False))
        return panel

    @property
    def _all(self) -> dict[str, Setting | Choice]:
        return {**self.settings, **self.choices}

    def _made(self, theme: Theme, one: "Described") -> Setting | Choice:
        """What shows a setting of its kind."""
        made = self._widget(theme, one)
        made.wanted.connect(lambda value: self._keep(one.name, value))
        return made

    def _widget(self, theme: Theme, one: "Described") -> Setting | Choice:
        from app.services import setting_kinds as kinds  # loaded on first use: start-up

        means = f"{tr(one.meaning)} {tr(_NEXT_START)}" if one.restart else tr(one.meaning)
        if isinstance(one.kind, kinds.Choice):
            self.choices[one.name] = choice = Choice(tr(one.title), one.kind.choices, means=means)
            choice.box.setMaximumWidth(scaled(_SHORT))
            return choice
        self.settings[one.name] = setting = _setting(theme, one, means)
        return setting

    def begin(self) -> None:
        """Somebody comes to the page: what holds, and the calendar as it is now."""
        self.refresh(self._desk.now())
        for one in self._all.values():
            one.show_stored()
        self.days.read()
        self.take_along.begin()

    def refresh(self, now: datetime) -> None:
        """Show what was changed, here or by the command line."""
        view = self._desk.services.preferences.view
        if view != self._shown:
            self._show(view)

    def _show(self, view: PreferencesView) -> None:
        from app.services.preferences import text_of  # loaded on first use: start-up

        self._shown = view
        for called, one in self._all.items():
            one.show_value(text_of(view, called))

    def _keep(self, called: str, value: str) -> None:
        asked = self._desk.services.preferences.put_text(called, value)
        self._desk.run(self, asked).done(self._show).failed(lambda error: self._refused(called, error))

    def _refused(self, called: str, error: BaseException) -> None:
        self._all[called].show_error(". ".join(words_of(error)))


def _setting(theme: Theme, one: "Described", means: str) -> Setting:
    """A switch, a field, or a switch with a field."""
    from app.services import setting_kinds as kinds  # loaded on first use: start-up

    usual = one.default if isinstance(one.kind, kinds.Time | kinds.Times) else ""
    field = "" if isinstance(one.kind, kinds.Switch) else tr(one.field)
    made = Setting(theme, tr(one.title), field=field, means=means, usual=usual)
    if made.box is not None:
        made.box.edit.setMaximumWidth(scaled(_SHORT))
    return made
