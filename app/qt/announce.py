"""What a screen reader is told without asking: another worst account, once in a window. Prices never."""

from PySide6.QtWidgets import QWidget

from app.qt.widgets.basic import name

_TOLD = "told"


def announce(place: QWidget, subject: str, said: str) -> None:
    """Say `said` at `place`, but for when `subject` is what its window told last."""
    window = place.window()
    if window.property(_TOLD) != subject:
        from PySide6.QtGui import QAccessible, QAccessibleEvent  # loaded on first use: start-up

        window.setProperty(_TOLD, subject)
        name(place, said)
        QAccessible.updateAccessibility(QAccessibleEvent(place, QAccessible.Event.Alert))


def forget(window: QWidget) -> None:
    """All is well: whatever comes next is told, also what was told before."""
    window.setProperty(_TOLD, "")
