"""The window follows the system between light and dark while it is open, and icons follow the theme."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QLabel

from app.qt import fonts, high_contrast, icons
from app.qt.fonts import Role, font
from app.qt.theme import Theme, dress, put
from app.qt.tokens import DARK, LIGHT
from app.qt.widgets.marks import StateMark
from app.services.views import AccountState
from tests.qt.conftest import Show, application
from tests.qt.fakes import five
from tests.qt.waiting import at_rest


def test_the_system_goes_dark_and_the_window_follows(theme: Theme) -> None:
    changes: list[bool] = []
    theme.changed.connect(lambda: changes.append(theme.dark))

    application().styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)

    assert changes == [True]
    assert application().palette().color(QPalette.ColorRole.Window).name().upper() == DARK["bg.window"]


def test_light_is_the_look_where_the_system_does_not_say(theme: Theme) -> None:
    application().styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Unknown)

    assert theme.tokens is LIGHT


def test_the_users_choice_stands_against_the_system(theme: Theme) -> None:
    theme.choose("light")

    application().styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)

    assert (theme.look, theme.dark) == ("light", False)


def test_dark_is_worn_at_once_and_the_system_again_when_it_is_asked_for(theme: Theme) -> None:
    theme.choose("dark")
    chosen = theme.dark

    theme.choose("system")

    assert (chosen, theme.dark, theme.look) == (True, False, "system")


async def test_a_look_that_is_put_on_while_the_window_is_open_is_the_same_as_from_the_start(
    theme: Theme, show: Show
) -> None:
    window = show(five())
    window.go("huf")
    await at_rest(window)

    theme.choose("dark")
    window.tick()
    await at_rest(window)
    switched = window.grab().toImage()
    fresh = show(five())
    fresh.go("huf")
    await at_rest(fresh)

    assert fresh.grab().toImage() == switched


def test_a_look_that_nobody_knows_is_the_systems(theme: Theme) -> None:
    theme.choose("sepia")

    assert theme.look == "system"


def test_the_same_look_is_not_put_on_again(theme: Theme) -> None:
    changes: list[bool] = []
    theme.changed.connect(lambda: changes.append(theme.dark))

    theme.choose("light")
    theme.choose("system")

    assert changes == []


def test_high_contrast_uses_nothing_but_the_systems_own_palette() -> None:
    system = QPalette(QColor("#000000"))
    system.setColor(QPalette.ColorRole.WindowText, QColor("#FFFF00"))
    system.setColor(QPalette.ColorRole.Base, QColor("#000000"))

    tokens = high_contrast.table(system)

    assert tokens.keys() == LIGHT.keys()
    assert {tokens[name] for name in ("state.bad", "gain", "line.strong", "text.muted")} == {"#FFFF00"}
    assert {tokens[name] for name in LIGHT if name.endswith(".tint")} == {"#000000"}


def test_a_selection_that_its_words_could_not_be_read_on_is_not_painted() -> None:
    system = QPalette(QColor("#000000"))
    system.setColor(QPalette.ColorRole.WindowText, QColor("#FFFF00"))
    system.setColor(QPalette.ColorRole.Highlight, QColor("#FFFFFF"))

    tokens = high_contrast.table(system)

    assert tokens["bg.selected"] == tokens["bg.panel"]


def test_a_high_contrast_theme_of_the_system_wins_over_ours(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(high_contrast, "wanted", lambda _: True)

    theme.choose("dark")

    assert theme.tokens["accent.on"] == application().palette().highlightedText().color().name().upper()
    assert theme.tokens["state.bad.tint"] == theme.tokens["bg.panel"]
    monkeypatch.undo()
    theme.choose("system")


@pytest.mark.parametrize(("pixels", "scale"), [(12, 1.0), (14, 1.0), (22, 1.5), (60, 2.0)])
def test_text_follows_the_systems_size_to_the_double(pixels: int, scale: float) -> None:
    system = QFont()
    system.setPixelSize(pixels)

    fonts.follow(system)

    assert abs(font(Role.BODY).pixelSize() - 13 * scale) <= 0.5
    system.setPixelSize(13)
    fonts.follow(system)


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
