"""An input with its label above and, below, its hint or what is wrong with it. Secrets are masked and can be wiped."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QScrollArea, QWidget

from app.domain import Secret, TradingError
from app.domain.tongue import tr
from app.qt.fonts import Role
from app.qt.theme import Theme, dress, put
from app.qt.widgets.basic import column, name, row, text
from app.qt.widgets.marks import StateMark

_LONGEST: Final = 4096


class FieldBox(QWidget):
    """One labelled line edit."""

    edited = Signal()

    def __init__(
        self,
        theme: Theme,
        label: str,
        hint: str = "",
        *,
        secret: bool = False,
        value: str = "",
        edit: QLineEdit | None = None,
    ) -> None:
        super().__init__()
        self._hint = hint
        self.secret = secret
        self.edit = edit or QLineEdit(value)
        self.edit.setMaxLength(_LONGEST)
        self._label = text(label, role=Role.SMALL, tone="soft")
        self._label.setBuddy(self.edit)
        self._theme = theme
        self._mark: StateMark | None = None  # of an error: most fields never show one
        self._below = text(hint, Role.SMALL, "muted", wrap=True)
        name(self.edit, label, hint)
        if secret:
            self._mask()
        self._lay_out()
        self.edit.textChanged.connect(self._on_edited)  # assistive technology puts a text there without editing
        self.edit.installEventFilter(self)
        self.show_hint(hint)

    def _mask(self) -> None:
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        hidden = Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhHiddenText
        self.edit.setInputMethodHints(self.edit.inputMethodHints() | hidden)
        self.edit.setDragEnabled(False)

    def _lay_out(self) -> None:
        self._foot = row(gap=6)
        self._foot.addWidget(self._below, 1)
        outer = column(self, gap=4)
        outer.addWidget(self._label)
        outer.addWidget(self.edit)
        outer.addLayout(self._foot)

    @property
    def label(self) -> str:
        """What the field is called."""
        return self._label.text()

    @property
    def error(self) -> str:
        """What is wrong, or empty."""
        return self._below.text() if self._is_wrong else ""

    @property
    def _is_wrong(self) -> bool:
        return self._mark is not None and self._mark.isVisibleTo(self)

    def value(self) -> str:
        """A plain value without blanks around it."""
        return self.edit.text().strip()

    def take(self) -> Secret:
        """The secret in the field, wrapped."""
        return Secret(self.edit.text())

    def wipe(self) -> None:
        """Forget the text, the memory of undo included."""
        with QSignalBlocker(self.edit):
            self.edit.setText("")  # not clear(): that can be undone

    def show_hint(self, hint: str, tone: str = "muted") -> None:
        """Another hint; also takes an error away."""
        self._hint = hint
        if self._mark is not None:
            self._mark.hide()
        put(self._below, hint)
        dress(self._below, "tone", tone)
        dress(self.edit, "wrong", "false")
        self._below.setVisible(bool(hint))
        name(self.edit, self.label, hint)

    def show_error(self, words: str) -> None:
        """Say what is wrong in the hint's place; the text stays and gets the focus."""
        put(self._below, words)
        dress(self._below, "tone", "state.bad")
        dress(self.edit, "wrong", "true")
        if self._mark is None:
            self._mark = StateMark(self._theme, 14)
            self._foot.insertWidget(0, self._mark, 0, Qt.AlignmentFlag.AlignTop)
        self._mark.show_shape("expired", tr("Error"))
        self._mark.show()
        self._below.show()
        name(self.edit, self.label, words)
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, self._scroll_here)  # it may have had the focus before

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The field with the keyboard is in sight, with its label and what is wrong with it."""
        if watched is self.edit and event.type() == QEvent.Type.FocusIn:
            QTimer.singleShot(0, self, self._scroll_here)  # after the layout that an error's words begin
        return super().eventFilter(watched, event)

    def _scroll_here(self) -> None:
        parent = self.parentWidget()
        while parent is not None:
            if isinstance(parent, QScrollArea):
                parent.ensureWidgetVisible(self, 0, 8)
                return
            parent = parent.parentWidget()

    def _on_edited(self) -> None:
        if self._is_wrong:
            self.show_hint(self._hint)
        self.edited.emit()


def leaves_nothing(error: BaseException) -> bool:
    """Whether what was typed must not stay after `error`: a keychain that was locked, or a mistake of ours.

    After any other the text stays, so that it can be mended.
    """
    return not isinstance(error, TradingError) or error.kind == "keychain_locked"
