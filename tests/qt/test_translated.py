"""Every visible text goes through Qt's translation call: in another alphabet no word of the source is left."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QLabel, QLineEdit, QWidget

from app.domain.tongue import speak
from tests.qt.conftest import Show
from tests.qt.order_scenes import SAID
from tests.qt.pictures import SCREENS
from tests.qt.waiting import at_rest

WANTED = (
    "overview",
    "overview-calm",
    "positions-merged",
    "positions-columns",
    "positions-no-match",
    "holdings",
    "orders-empty",
    "orders-unsettled",
    "confirm-cancel-all",
    "confirm-exit-reads",
    "confirm-exit",
    "confirm-exit-runs",
    "confirm-exit-done",
    "trades",
    "funds",
    "status",
    "settings",
    "move",
    "palette-reason",
    "confirm-shortcuts",
    "confirm-export",
    "connect-angel",
    "connect-error",
    "first-run",
    "locked",
    "damaged",
    "reconnect-problem",
    "reconnect-failed",
    "reconnect-code-wrong",
    "reconnect-ask-first",
    "reconnect-own-token",
    "walk-page",
    "confirm",
    "help",
    "help-about",
    "crash",
    "ticket",
    "ticket-demo",
    "ticket-find",
    "ticket-wrong",
    "ticket-more",
    "ticket-change",
    "ticket-question",
    "ticket-sending",
    "ticket-taken",
    "ticket-not-sent",
    "ticket-unknown",
    "ticket-not-confirmed",
    "ticket-slices",
)
_HOLE = re.compile(r"(\{[^{}]*\})")
_WORD = re.compile(r"[A-Za-z]*[a-z]{2}[a-z]*")
_TO = {ord(letter): 0x1D5BA + at for at, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
PEOPLE = "Self two Meera joint Spouse Mother"
NAMES = (
    "Zerodha Dhan Fyers Angel One SmartAPI Kite Kunji kunji Qt Python Inter SQLite Linux Debian bookworm OpenSSL Jan"
)
OTHER = "json csv db log Ctrl Alt Shift Esc Enter Return Del Guru Nanak Jayanti Christmas"
DATA = frozenset([*PEOPLE.split(), *NAMES.split(), *OTHER.split()])
OTHERS = re.compile(
    "|".join(map(re.escape, SAID))
    + r"|https?://\S+|timed out|TokenException: .*|file is not a database|ValueError: .*|Ended: Another program.*"
    r"|Told you that it ends in \d+ minutes|Reconnected\. Ends .*|Renewed without you\. .*|429"
    r"|The order was refused: RMS.*"
    r"|Invalid `checksum`|KeyError: .*|-fc-\S+|Linux \d\S+ \S+"
)
"""What the broker, the machine or an earlier day said, as the played services have it."""


@pytest.fixture
def other_alphabet() -> Iterator[None]:
    speak(lambda text: "".join(part if at % 2 else part.translate(_TO) for at, part in enumerate(_HOLE.split(text))))
    yield
    speak(str)


@pytest.mark.usefixtures("other_alphabet")
@pytest.mark.parametrize("screen", WANTED)
async def test_no_word_of_the_source_is_left(show: Show, screen: str) -> None:
    make, go = SCREENS[screen]
    services = make()
    window = show(services)
    shown = go(window, services)
    await at_rest(window)

    left = {text for text in visible(shown) if any(word not in DATA for word in _WORD.findall(OTHERS.sub("", text)))}

    assert left == set()


def visible(top: QWidget) -> Iterator[str]:
    yield top.windowTitle()
    for widget in (top, *top.findChildren(QWidget)):
        if widget.isVisibleTo(top):
            yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
            if isinstance(widget, QLabel | QAbstractButton):
                yield widget.text()
            elif isinstance(widget, QLineEdit):
                yield widget.placeholderText()
            elif isinstance(widget, QAbstractItemView):
                yield from cells(widget.model())
    yield from (action.text() for action in top.findChildren(QAction))


def cells(model: QAbstractItemModel, parent: QModelIndex | None = None) -> Iterator[str]:
    under = parent or QModelIndex()
    for column in range(model.columnCount(under)):
        yield str(model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole) or "")
        for row in range(model.rowCount(under)):
            index = model.index(row, column, under)
            yield from (
                str(index.data(role) or "") for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
            )
            if column == 0:
                yield from cells(model, index)


def test_window_puts_qts_own_translation_there() -> None:
    from app.domain.tongue import tr
    from app.qt.run import set_up

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    set_up(app)

    assert tr("Nothing of ours") == app.translate("Kunji", "Nothing of ours")
