"""Buttons that stay down: picked with the pointer, with keys, or by assistive technology.

The latter toggles such a button and never clicks it. What the program marks by itself is not picked.
"""

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QAbstractButton


def on_pick(one: QAbstractButton, then: Callable[[], object]) -> None:
    """Call `then` whenever the user picks `one`; where one excludes the others, the one that goes up says nothing."""
    one.toggled.connect(lambda on: then() if on or not _excludes(one) else None)


def mark(one: QAbstractButton, *, on: bool = True) -> None:
    """Show it down or up; nobody picked it."""
    with QSignalBlocker(one):
        one.setChecked(on)


def _excludes(one: QAbstractButton) -> bool:
    group = one.group()
    return one.autoExclusive() or (group is not None and group.exclusive())  # type: ignore[redundant-expr]  # may be none
