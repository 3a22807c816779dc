"""What helps when the broker's page does not come back by itself: open it again, its link, the address to paste."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.domain.tongue import tr
from app.qt.theme import Theme
from app.qt.widgets.basic import button, column, name, row, surface
from app.qt.widgets.field import FieldBox
from app.services.views import Phase, SignInView


class PageLinks(QWidget):
    """`again` asks for the page once more; `pasted` carries what the user copied from the page he landed on."""

    again = Signal()
    pasted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._url = ""
        self.open_again = button(tr("Open the page again"), "quiet")
        self.copy_link = button(tr("Copy link"), "quiet")
        self.paste_link = button(tr("Paste address"), "quiet")
        self.paste_field = FieldBox(
            theme, tr("Address of the page you landed on"), tr("The whole line, beginning with http")
        )
        self.paste_send = button(tr("Use this address"), "plain")
        outer: QVBoxLayout = column(self, gap=12)
        links = row(gap=12)
        for link in (self.open_again, self.copy_link, self.paste_link):
            links.addWidget(link)
        links.addStretch()
        outer.addLayout(links)
        outer.addWidget(self._paste_box())
        self.open_again.clicked.connect(self.again)
        self.copy_link.clicked.connect(self._on_copy)
        self.paste_link.clicked.connect(self._on_paste)
        self.paste_send.clicked.connect(self._on_send)
        self.paste_field.edit.returnPressed.connect(self._on_send)

    def _paste_box(self) -> QFrame:
        self._paste = surface("plain")
        box = column(self._paste, gap=8)
        box.addWidget(self.paste_field)
        line = row()
        line.addStretch()
        line.addWidget(self.paste_send)
        box.addLayout(line)
        self._paste.hide()
        return self._paste

    def show_for(self, view: SignInView | None) -> None:
        """What can be done at this moment of a sign-in; None for nothing."""
        self._url = view.url if view is not None else ""
        waiting = view is not None and view.phase in (Phase.OPENING, Phase.WAITING) and bool(self._url)
        asked = view is not None and view.phase is Phase.ASKING and bool(self._url)
        self.setVisible(waiting or asked)
        self.paste_link.setVisible(waiting)
        if not waiting:
            self._paste.setVisible(False)

    def shut(self) -> None:
        """The links alone again, and nothing pasted."""
        self.wipe()
        self._paste.hide()

    def wipe(self) -> None:
        """Forget what was pasted."""
        self.paste_field.wipe()

    def _on_copy(self) -> None:
        """The link of the broker's page: it opens a sign-in and holds nothing secret."""
        QGuiApplication.clipboard().setText(self._url)
        put_button(self.copy_link, tr("Link copied"))
        QTimer.singleShot(2000, self.copy_link, lambda: put_button(self.copy_link, tr("Copy link")))

    def _on_paste(self) -> None:
        self._paste.show()
        QTimer.singleShot(0, self.paste_field.edit, self.paste_field.edit.setFocus)  # when there is room for it

    def _on_send(self) -> None:
        pasted = self.paste_field.edit.text()
        if not pasted.strip():
            self.paste_field.show_error(tr("Copy the whole address from your browser's address line."))
            return
        self.shut()  # it holds a code that is good for one exchange
        self.pasted.emit(pasted)


def put_button(shown: QWidget, words: str) -> None:
    """Another label and the same accessible name."""
    if shown.property("text") != words:
        shown.setProperty("text", words)
        name(shown, words)
