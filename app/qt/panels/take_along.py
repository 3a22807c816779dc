"""Settings into a file and out of one, and the way to another computer. No key ever is in the file."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QWidget

from app.domain.tongue import tr
from app.qt.bridge import words_of
from app.qt.desk import Desk
from app.qt.fonts import Role
from app.qt.theme import put
from app.qt.widgets.basic import button, column, name, text
from app.qt.widgets.facts import card
from app.qt.widgets.field import FieldBox
from app.qt.widgets.folding import Folding
from app.services.moving_views import ImportView

_FILE: Final = "kunji-settings.json"
_HINT: Final = (
    "Holds these settings, the columns of tables, and names and colours of accounts. No key, secret, PIN or token."
)


class TakeAlong(QWidget):
    """One file for both ways; what an import would change is shown before anything is."""

    move_wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.file = FieldBox(desk.theme, tr("File"), tr(_HINT), value=str(_usual_place()))
        self.choose = button(tr("Choose a file"))
        self.save = button(tr("Save settings to the file"))
        self.look = button(tr("Import settings from the file"))
        self.way = button(tr("Move to another computer"))
        self.said = text("", Role.SMALL, "soft", wrap=True)
        self.take = button(tr("Take these over"))  # filled is the repair of the worst account alone
        self.leave = button(tr("Leave it"))
        self._lay_out()
        self._connect()
        self.begin()

    def _lay_out(self) -> None:
        panel, lines = card(tr("Take your settings along"))
        lines.addWidget(self.file)
        lines.addWidget(Folding((self.choose, self.save, self.look, self.way), 4, equal=False, gap=8))
        lines.addWidget(self.said)
        lines.addWidget(Folding((self.take, self.leave), 2, equal=False, gap=8))
        column(self, gap=0).addWidget(panel)
        name(self, tr("Take your settings along"))

    def _connect(self) -> None:
        self.choose.clicked.connect(self._on_choose)
        self.save.clicked.connect(self._on_save)
        self.look.clicked.connect(self._on_look)
        self.way.clicked.connect(self.move_wanted)
        self.take.clicked.connect(self._on_take)
        self.leave.clicked.connect(self.begin)

    def begin(self) -> None:
        """Nothing is under way."""
        self._say()
        self._offer(offered=False)

    # ------------------------------------------------------------------ what is pressed

    def _on_choose(self) -> None:
        from PySide6.QtWidgets import QFileDialog  # loaded on first use: start-up

        dialog = QFileDialog(self.window(), tr("Choose a file"), self._path.parent.as_posix(), tr("Settings (*.json)"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.fileSelected.connect(self.file.edit.setText)
        dialog.open()

    def _on_save(self) -> None:
        self.begin()
        asked = self._desk.services.portable.export_to(self._path)
        self._desk.run(self, asked).busy(self.save, tr("Saving")).done(self._saved).failed(self._refused)

    def _on_look(self) -> None:
        self.begin()
        asked = self._desk.services.portable.look(self._path)
        self._desk.run(self, asked).busy(self.look, tr("Reading")).done(self._show).failed(self._refused)

    def _on_take(self) -> None:
        asked = self._desk.services.portable.take(self._path)
        self._desk.run(self, asked).busy(self.take, tr("Taking over")).done(self._taken).failed(self._refused)

    # ------------------------------------------------------------------ what comes of it

    def _saved(self, path: Path) -> None:
        self._say(tr("Your settings are in {file}. No key is in it.", file=str(path)))

    def _show(self, view: ImportView) -> None:
        """What would change; nothing has changed yet."""
        said = [
            tr("{what}: {before}, then {after}", what=change.what, before=change.before, after=change.after)
            for change in view.changes
        ]
        head = tr("This would change:") if said else tr("Nothing changes: everything is here as in the file.")
        self._say(head, *said, *view.left_out)
        self._offer(offered=bool(said))

    def _taken(self, view: ImportView) -> None:
        self._say(tr("Taken over."), *view.left_out)
        self._offer(offered=False)
        self.look.setFocus()

    def _refused(self, error: BaseException) -> None:
        self.file.show_error(". ".join(words_of(error)))
        self._offer(offered=False)

    # ------------------------------------------------------------------ parts

    @property
    def _path(self) -> Path:
        return Path(self.file.value() or _FILE).expanduser().absolute()

    def _say(self, *lines: str) -> None:
        put(self.said, "\n".join(lines))
        self.said.setVisible(bool(lines))
        self.file.show_hint(tr(_HINT))

    def _offer(self, *, offered: bool) -> None:
        self.take.setVisible(offered)
        self.leave.setVisible(offered)
        if offered:
            self.take.setFocus()


def _usual_place() -> Path:
    documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    return (documents if documents.is_dir() else Path.home()) / _FILE
