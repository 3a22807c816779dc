"""The list of the log's lines: what stays on show keeps its place, what is another list is shown anew."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from app.qt.models.log_lines import LogLines
from tests.qt.conftest import application


@pytest.fixture
def app() -> QApplication:
    return application()


def begun(app: QApplication) -> tuple[LogLines, list[str]]:
    model, told = LogLines(QFont()), list[str]()
    model.show_lines(["a", "b", "c"])
    model.modelReset.connect(lambda: told.append("reset"))
    model.rowsInserted.connect(lambda _, first, last: told.append(f"+{first}-{last}"))
    model.rowsRemoved.connect(lambda _, first, last: told.append(f"-{first}-{last}"))
    return model, told


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["a", "b", "c"], []),
        (["a", "b", "c", "d", "e"], ["+3-4"]),
        (["c", "d"], ["-0-1", "+1-1"]),
        (["x", "y"], ["reset"]),
        (["a"], ["reset"]),
        ([], ["reset"]),
    ],
)
def test_only_what_changes_is_told(app: QApplication, lines: list[str], expected: list[str]) -> None:
    model, told = begun(app)

    model.show_lines(lines)

    assert told == expected
    assert [model.data(model.index(at)) for at in range(model.rowCount())] == lines


def test_every_row_is_as_wide_as_the_longest(app: QApplication) -> None:
    model, _ = begun(app)
    narrow = model.data(model.index(0), Qt.ItemDataRole.SizeHintRole)

    model.show_lines(["a", "b" * 100])

    assert model.data(model.index(0), Qt.ItemDataRole.SizeHintRole).width() > narrow.width() * 5  # type: ignore[attr-defined]  # a QSize
