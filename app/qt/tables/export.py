"""Writes a table as CSV: says before what will be in the file, and afterwards where it is or why it is not."""

import errno
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain import Worker
from app.domain.tongue import tr
from app.qt.desk import Desk
from app.qt.dialogs.sheet import Sheet
from app.qt.theme import put
from app.qt.widgets.basic import button, row, text
from app.qt.widgets.field import FieldBox
from app.system.csv_file import write_csv

_HEIGHT: Final = 300
Table = Callable[[], Sequence[Sequence[str]]]
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


class ExportDialog(Sheet):
    """A path, what will be in the file, Save. Opened without a nested loop; the file is written on a thread."""

    def __init__(self, parent: QWidget, desk: Desk, name: str, table: Table, notes: Sequence[str]) -> None:
        """`table` makes the lines; it is called on the thread, too."""
        super().__init__(parent, _HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._desk, self._table = desk, table
        self._worker = Worker("export")
        self._replaced: Path | None = None
        self.path = FieldBox(desk.theme, tr("File"), value=str(usual_folder() / f"{name}.csv"))
        self.other = button(tr("Other folder"), "quiet")
        self.save, self.cancel = button(tr("Save"), "primary"), button(tr("Cancel"))
        self.notes = text("\n".join(notes), tone="soft", wrap=True)
        self._lay_out()
        self.show_words(tr("Export as CSV"), tr("For a spreadsheet: figures as plain numbers, times with their zone."))
        self.save.clicked.connect(self._on_save)
        self.path.edit.returnPressed.connect(self._on_save)
        self.cancel.clicked.connect(self.reject)
        self.other.clicked.connect(self._on_other)
        self.finished.connect(self._worker.stop)
        self.path.edit.setFocus()

    def _lay_out(self) -> None:
        self.inside.addWidget(self.lay_words())
        self.inside.addWidget(self.notes)
        self.inside.addWidget(self.path)
        line = row()
        line.addWidget(self.other)
        line.addStretch()
        self.inside.addLayout(line)
        self.inside.addStretch()
        self.foot.addStretch()
        self.foot.addWidget(self.cancel)
        self.foot.addWidget(self.save)

    def _on_other(self) -> None:
        """Another folder, in a dialog of Qt's own: the system's would run a loop inside ours."""
        dialog = QFileDialog(self, tr("Other folder"), str(Path(self.path.value()).parent))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.fileSelected.connect(self._on_folder)
        dialog.open()

    def _on_folder(self, folder: str) -> None:
        self.path.edit.setText(str(Path(folder) / Path(self.path.value()).name))
        self.path.show_hint("")

    def _on_save(self) -> None:
        path = Path(self.path.value()).expanduser()
        if not path.is_absolute():
            self.path.show_error(tr("Write the whole path, from the beginning."))
        else:
            replace = path == self._replaced
            asked = self._worker.run(lambda: _write(path, self._table, replace=replace))
            work = self._desk.run(self, asked, newest="export")
            work.busy(self.save, tr("Saving")).done(lambda count: self._on_written(path, count))
            work.failed(lambda error: self._on_failed(path, error))

    def _on_written(self, path: Path, count: int) -> None:
        put(self.notes, tr("Written: {path}", path=str(path)))
        self.path.hide()
        self.other.hide()
        self.save.hide()
        self.cancel.setText(tr("Close"))
        self.cancel.setFocus()
        self.show_words(tr("Exported"), tr("{count} rows", count=count))

    def _on_failed(self, path: Path, error: BaseException) -> None:
        if isinstance(error, FileExistsError):
            self._replaced = path
            self.save.setText(tr("Replace the file"))
            self.path.show_error(tr("There is a file of this name already. Replace it, or write another name."))
        elif isinstance(error, OSError):
            self.path.show_error(why_not(error))
        else:
            self._desk.run.untaken(error)


def usual_folder() -> Path:
    """Where documents are kept, else the home folder."""
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    folder = Path(found) if found else Path.home()
    return folder if folder.is_dir() else Path.home()


def why_not(error: OSError) -> str:
    """Why a file could not be written, and what to do."""
    if error.errno in _FULL:
        return tr("The disk is full. Free some space or choose another folder. Nothing was written.")
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return tr("There is no such folder. Choose another one. Nothing was written.")
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return tr("This folder cannot be written to. Choose another one. Nothing was written.")
    return tr("The file could not be written: {reason}. Nothing was changed.", reason=error.strerror or str(error))


def _write(path: Path, table: Table, *, replace: bool) -> int:
    """How many rows were written."""
    if path.exists() and not replace:
        raise FileExistsError(errno.EEXIST, "exists", str(path))
    lines = table()
    write_csv(path, lines)
    return len(lines) - 1
