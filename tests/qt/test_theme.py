"""The window follows the system between light and dark while it is open, and icons follow the theme."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel

from app.qt import icons
from app.qt.fonts import Role, font
from app.qt.theme import Theme, dress, put
from app.qt.tokens import DARK, LIGHT
from app.qt.widgets.marks import StateMark
from app.services.views import AccountState
from tests.qt.conftest import application


def test_the_system_goes_dark_and_the_window_follows(theme: Theme) -> None:
    changes: list[bool] = []
    theme.changed.connect(lambda: changes.append(theme.dark))

    application().styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)

    assert changes == [True]
    assert application().palette().color(QPalette.ColorRole.Window).name().upper() == DARK["bg.window"]


def test_light_is_the_look_where_the_system_does_not_say(theme: Theme) -> None:
    application().styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Unknown)

    assert theme.tokens is LIGHT


def test_a_state_is_painted_anew_in_the_other_look(theme: Theme) -> None:
    mark = StateMark(theme)
    mark.show_state(AccountState.READY, "Ready")
    light = mark.grab().toImage()

    theme.use(dark=True)

    assert mark.grab().toImage() != light


def test_a_line_icon_takes_the_colour_it_is_given(theme: Theme) -> None:
    red = icons.line("eye", "#FF0000", 16).toImage()

    colours = {red.pixelColor(x, y).red() for x in range(16) for y in range(16) if red.pixelColor(x, y).alpha() == 255}

    assert colours == {255}


def test_an_icon_is_drawn_at_the_screens_scale(theme: Theme) -> None:
    drawn = icons.state("ready", 20, 1.5, dark=False)

    assert (drawn.width(), drawn.devicePixelRatio()) == (30, 1.5)


def test_figures_have_one_width(theme: Theme) -> None:
    assert font(Role.BODY).featureValue(font(Role.BODY).featureTags()[0]) == 1


def test_a_label_that_says_the_same_is_not_touched(theme: Theme) -> None:
    label = QLabel("09:32")

    put(label, "09:32")
    dress(label, "tone", "soft")
    dress(label, "tone", "soft")

    assert (label.text(), label.property("tone")) == ("09:32", "soft")
