"""The order in which Tab goes: as one reads, also where parts are made later than what stands below them."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLayout, QScrollArea, QStackedWidget, QWidget

_BY_TAB: Final = Qt.FocusPolicy.TabFocus.value  # numbers: of hundreds of controls each would be made a flag first


def in_order(*parts: QWidget) -> None:
    """Tab goes through `parts` one after another, in each of them as its layout reads."""
    for before, after in pairwise(dict.fromkeys(one for part in parts for one in controls(part))):
        QWidget.setTabOrder(before, after)


def came_later(part: QWidget) -> None:
    """Something was made in `part` that takes the keyboard: it gets its place in the page or window that it is in."""
    page: QWidget = part
    while (above := page.parentWidget()) is not None and not page.isWindow() and not isinstance(above, QStackedWidget):
        page = above
    in_order(page)


def controls(part: QWidget) -> Iterator[QWidget]:
    """What takes the keyboard in `part`, as one reads it; what is made of several parts counts as one."""
    takes, layout = bool(part.focusPolicy().value & _BY_TAB), part.layout()
    if takes:
        yield part
    inside = part.widget() if isinstance(part, QScrollArea) else None
    if inside is not None:
        yield from controls(inside)
    elif not takes and layout is not None:
        for inner in _read(layout):
            yield from controls(inner)


def _read(layout: QLayout) -> Iterator[QWidget]:
    """The widgets of a layout and of those in it, a grid line by line."""
    places = range(layout.count())
    if isinstance(layout, QGridLayout):
        places_of = layout.getItemPosition
        ordered = sorted(places, key=lambda at: places_of(at)[:2])  # type: ignore[index]  # a tuple: row, column, spans
    else:
        ordered = list(places)
    for at in ordered:
        item = layout.itemAt(at)
        widget, inner = (item.widget(), item.layout()) if item is not None else (None, None)
        if widget is not None:
            yield widget
        elif inner is not None:
            yield from _read(inner)
