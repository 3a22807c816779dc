"""Lets the user save a report: the question where, then the writing, both without holding up the loop."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain import Worker
from app.domain.tongue import tr

_DEADLINE: Final = 20.0  # seconds for a slow disk


def ask_where(parent: QWidget, suggested: str, then: Callable[[Path], None]) -> QFileDialog:
    """Ask for a file, `suggested` in the user's documents; `then` gets it when he does not cancel."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    folder = Path(place) if place and Path(place).is_dir() else Path.home()
    dialog = QFileDialog(parent, tr("Save report"), str(folder), tr("Text (*.txt)"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("txt")
    dialog.selectFile(suggested)
    dialog.fileSelected.connect(lambda path: then(Path(path)))
    dialog.open()
    return dialog


def not_saved(error: BaseException) -> str:
    """Why nothing was written, and what to do."""
    why = getattr(error, "strerror", None) or type(error).__name__
    return tr("The report could not be saved: {why}. Choose another folder.", why=why)


async def write(path: Path, make: Callable[[], str]) -> Path:
    """Make the text and write it, masked and private, on a thread of its own. Raises `OSError`."""
    from app.system.report import write_report  # loaded on first use: start-up

    worker = Worker("report")
    try:
        async with asyncio.timeout(_DEADLINE):
            await worker.run(lambda: write_report(path, make()))
    finally:
        worker.stop()
    return path
