"""Copies what is known of an error as one text, for whoever is asked for help.

The text is masked by value as every line of the log is: what Kunji knows to be secret is not in it.
"""

import traceback
from datetime import datetime
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from app.domain import IST, TradingError, redact
from app.domain.tongue import tr
from app.qt.widgets.basic import Button, dress_button, name

_TOLD_MS: Final = 2000  # how long it says that it has copied
_LONGEST: Final = 20_000  # signs; a traceback through a deep recursion is no longer than a person reads
_TIME: Final = "%Y-%m-%d %H:%M:%S"


class CopyDetails(Button):
    """A quiet button; hidden while there is no error to copy."""

    def __init__(self, *, size: str = "") -> None:
        super().__init__(tr("Copy details"))
        dress_button(self, "quiet", size=size)
        self._text = ""
        self._of: tuple[TradingError, datetime | None] | None = None
        self.clicked.connect(self._on_clicked)
        self.hide()

    @property
    def details(self) -> str:
        """What a press copies."""
        return self._text

    def show_error(self, error: BaseException | None, at: datetime | None = None) -> None:
        """Offer the details of `error`, which happened `at`; None offers nothing."""
        of = (error, at) if isinstance(error, TradingError) else None  # the frames of another are not held on to
        if of is None or of != self._of:  # it is shown every second
            self.show_text(details_of(error, at) if error is not None else "")
            self._of = of

    def show_text(self, text: str) -> None:
        """Offer a text that is ready; it is masked once more. Empty offers nothing."""
        self._text, self._of = redact(text)[:_LONGEST], None
        self.setVisible(bool(text))
        self._say(tr("Copy details"))

    def _on_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self.setMinimumWidth(self.width())
        self._say(tr("Copied"))
        QTimer.singleShot(_TOLD_MS, self, lambda: self._say(tr("Copy details")))

    def _say(self, words: str) -> None:
        if self.text() != words:
            self.setText(words)
            name(self, words)


def details_of(error: BaseException, at: datetime | None = None) -> str:
    """Title, next step, kind, the broker's code and words, time, versions; of a mistake of ours the traceback, too."""
    from app.qt.bridge import words_of  # loaded on first use: start-up
    from app.system.versions import versions_line  # as above

    title, next_step = words_of(error)
    facts = {
        tr("Kind"): str(getattr(error, "kind", type(error).__name__)),
        tr("Broker's code"): str(getattr(error, "broker_code", "")),
        tr("Details"): error.detail if isinstance(error, TradingError) else str(error),
        tr("Time"): at.astimezone(IST).strftime(f"{_TIME} IST") if at is not None else "",
        tr("Versions"): versions_line(),
    }
    lines = [title, next_step, "", *(f"{called}: {said}" for called, said in facts.items() if said)]
    if not isinstance(error, TradingError):
        lines += ["", "".join(traceback.format_exception(error)).rstrip()]
    return redact("\n".join(lines))[:_LONGEST]
