"""Starts another Kunji beside this one: the demo, with brokers and a profile of its own."""

import os
import subprocess
import threading

from app.domain import NotFound
from app.domain.tongue import tr
from app.system.autostart import this_program

_SETTLE = 1.0  # seconds: what ends within them with an error has not begun


def open_demo() -> None:
    """Open the demo's window; one that is open already comes forward. Blocks for a second; raises `NotFound`.

    It lives on when this Kunji ends.
    """
    env = os.environ | {"PYINSTALLER_RESET_ENVIRONMENT": "1"}  # a packaged program finds its own libraries anew
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell; the program is this one
            [*this_program(), "demo"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=env,
            start_new_session=True,  # Ctrl+C in the terminal is for us, not for the demo
        )
    except OSError as error:
        raise _not_opened(str(error.strerror)) from error
    try:
        code = process.wait(_SETTLE)
    except subprocess.TimeoutExpired:
        threading.Thread(target=process.wait, name="demo-at-work", daemon=True).start()  # no zombie later
        return
    if code:
        raise _not_opened(f"exit code {code}")


def _not_opened(detail: str) -> NotFound:
    return NotFound(detail, title=tr("The demo could not be opened"), next_step=tr("Open it in a terminal: kunji demo"))
