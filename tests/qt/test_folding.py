"""Parts beside each other as far as they fit."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from app.qt.theme import Theme
from app.qt.widgets.folding import Folding

Fold = Callable[..., Folding]


@pytest.fixture
def fold(theme: Theme) -> Iterator[Fold]:
    """Makes one of four parts, 100, 200, 100 and 50 wide."""
    page = QWidget()
    page.show()

    def make(width: int, *, equal: bool = True, gap: int = 20) -> Folding:
        parts = [QWidget() for _ in range(4)]
        for wide, part in zip((100, 200, 100, 50), parts, strict=True):
            part.setFixedSize(wide, 20)
        fold = Folding(parts, 4, equal=equal, gap=gap)
        fold.setParent(page)
        fold.resize(width, 400)
        fold.show()
        QApplication.processEvents()
        return fold

    yield make
    page.close()
    page.deleteLater()


def rows(fold: Folding) -> int:
    return len({part.y() for part in fold.findChildren(QWidget)})


@pytest.mark.parametrize(("width", "down"), [(860, 1), (640, 2), (420, 2), (419, 4), (200, 4)])
def test_equal_columns_are_as_many_as_the_widest_part_allows(fold: Fold, width: int, down: int) -> None:
    assert rows(fold(width)) == down


@pytest.mark.parametrize(("width", "down"), [(474, 1), (473, 2), (308, 2), (200, 4)])
def test_columns_of_their_own_width_take_what_they_need(fold: Fold, width: int, down: int) -> None:
    assert rows(fold(width, equal=False, gap=8)) == down


def test_one_column_is_the_least(fold: Fold) -> None:
    assert fold(900).minimumSizeHint().width() == 200
