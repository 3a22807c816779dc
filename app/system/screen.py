"""Whether there is a screen to open a window on."""

import os
import sys

from app.domain import InvalidRequest
from app.domain.tongue import tr


def check_screen() -> None:
    """Raise `InvalidRequest` where there is none: Qt would end the process without a word for a person."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):  # Qt was told where to draw
        return
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise InvalidRequest(
            title=tr("There is no screen to open a window on"), next_step=tr("kunji --help lists commands.")
        )
