"""F6 and Shift+F6: the keyboard walks over the parts of the window, as one reads it.

A page names its own parts with one method, `regions()` (toolbar, table, totals); one that does not is a part itself.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from app.qt.widgets.focus import moved_by_keys


@runtime_checkable
class Parted(Protocol):
    """A page of several parts."""

    def regions(self) -> Sequence[QWidget]:
        """Its parts, as one reads them."""
        ...


def parts_of(page: object) -> Sequence[QWidget]:
    """The parts of a page, or the page."""
    if isinstance(page, Parted):
        return page.regions()
    return (page,) if isinstance(page, QWidget) else ()


def walk(parts: Sequence[QWidget], *, forwards: bool) -> QWidget | None:
    """Give the keyboard to the next part that is on show; returns what has it now, None when there is no part."""
    shown = [part for part in parts if part.isVisible() and part.height() > 0]
    if not shown:
        return None
    here = QApplication.focusWidget()
    at = next((at for at, part in enumerate(shown) if here is not None and _holds(part, here)), None)
    then = (0 if forwards else -1) if at is None else (at + (1 if forwards else -1)) % len(shown)
    target = shown[then] if takes_keys(shown[then]) else _first(shown[then])
    moved_by_keys(by_keys=True)
    target.setFocus(Qt.FocusReason.TabFocusReason)
    return target


def _holds(part: QWidget, widget: QWidget) -> bool:
    return part is widget or part.isAncestorOf(widget)


def _first(part: QWidget) -> QWidget:
    """The first in it that takes the keyboard; a part without any takes it itself, so that it can be read."""
    one = part.nextInFocusChain()
    while one is not None and one is not part:
        if part.isAncestorOf(one) and one.isVisible() and one.isEnabled() and takes_keys(one):
            return one
        one = one.nextInFocusChain()
    return part


def takes_keys(widget: QWidget) -> bool:
    """Whether Tab leads to it."""
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
