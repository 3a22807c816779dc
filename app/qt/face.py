"""What only the window can tell `kunji doctor`: whether there is a tray, and whether its notifications have buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.qt.notices import Notifier
    from app.qt.window import Window
    from app.services.diagnostics import Face


def face(window: Window, desktop: Notifier | None) -> Face:
    """How it stands now."""
    from app.services.diagnostics import Face  # loaded on first use: start-up

    return Face(tray=window.tray is not None and window.tray.visible, notices=desktop is not None and desktop.available)
