"""The four keys of the tray and the shapes of the states can be told apart without any colour, on every panel."""

from itertools import combinations

import pytest
from PySide6.QtGui import QColor, QImage, QPixmap

from app.qt import icons
from app.qt.theme import Theme
from app.qt.tokens import STATE_SHAPES, contrast
from app.qt.tray import shape_of
from app.services.views import AccountState

TRAY = ("ready", "expiring", "expired", "offline")
PANELS = {"light": "#FAFAFA", "dark": "#24262B"}
SIZES = pytest.mark.parametrize("size", [16, 22, 32])


def silhouette(picture: QPixmap) -> set[tuple[int, int]]:
    """Where anything is drawn at all: every colour removed."""
    image = picture.toImage()
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return {(x, y) for x, y in places if QColor(image.pixelColor(x, y)).alpha() > 127}


def apart(one: set[tuple[int, int]], other: set[tuple[int, int]]) -> float:
    """The share of both that only one of them covers."""
    return len(one ^ other) / len(one | other)


@SIZES
@pytest.mark.parametrize("panel", PANELS)
def test_the_keys_of_the_tray_differ_in_outline_alone(theme: Theme, size: int, panel: str) -> None:
    keys = {shape: silhouette(icons.tray(shape, dark_panel=panel == "dark").pixmap(size)) for shape in TRAY}

    near = {(a, b): apart(keys[a], keys[b]) for a, b in combinations(TRAY, 2) if apart(keys[a], keys[b]) < 0.15}

    assert near == {}


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("shape", TRAY)
def test_a_key_can_be_seen_on_its_panel(theme: Theme, shape: str, panel: str) -> None:
    image = icons.tray(shape, dark_panel=panel == "dark").pixmap(32).toImage()

    strong = [colour for colour in solid(image) if contrast(colour, PANELS[panel]) >= 3.0]

    assert len(strong) / len(solid(image)) > 0.6


def solid(image: QImage) -> list[str]:
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    colours = (image.pixelColor(x, y) for x, y in places)
    return [colour.name() for colour in colours if colour.alpha() == 255]


def test_every_state_has_one_of_the_four_keys() -> None:
    assert {shape_of(state) for state in AccountState} | {shape_of(None)} == set(TRAY)


@pytest.mark.parametrize("size", [15, 20])
def test_the_shapes_of_the_states_differ_without_colour(theme: Theme, size: int) -> None:
    drawn = {shape: grey(icons.state(shape, size, dark=False)) for shape in STATE_SHAPES.values()}

    near = [(a, b) for a, b in combinations(drawn, 2) if differing(drawn[a], drawn[b]) < 0.05]

    assert near == []


def grey(picture: QPixmap) -> list[bool]:
    """Ink or no ink on white, as a printer without colours would draw it."""
    image = picture.toImage().convertToFormat(QImage.Format.Format_ARGB32)
    places = ((x, y) for y in range(image.height()) for x in range(image.width()))
    colours = (image.pixelColor(x, y) for x, y in places)
    return [colour.alpha() > 127 and colour.lightness() < 170 for colour in colours]


def differing(one: list[bool], other: list[bool]) -> float:
    return sum(a != b for a, b in zip(one, other, strict=True)) / len(one)


def test_the_applications_icon_has_every_size_that_desktops_ask_for(theme: Theme) -> None:
    sizes = {size.width() for size in icons.application().availableSizes()}

    assert {16, 24, 32, 48, 64, 128} <= sizes


def test_the_smallest_icon_is_a_drawing_of_its_own(theme: Theme) -> None:
    assert icons.svg("app-16") != icons.svg("app")
