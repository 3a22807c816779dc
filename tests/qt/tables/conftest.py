"""A page with the small table, shown over services that a test plays."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from app.qt.bridge import Runner
from app.qt.desk import Desk
from app.qt.models.board import Board
from app.qt.models.figures import Figures
from app.qt.tables.page import TablePage
from app.qt.tables.rows import Group, Row
from app.qt.theme import Theme
from tests.qt.fakes import NOW, FakeServices
from tests.qt.tables.small import SPEC, Thing, group, thing


class Things(TablePage[Thing]):
    """What is handed in."""

    def __init__(self, desk: Desk, rows: Sequence[Row[Thing]]) -> None:
        self.rows = rows
        super().__init__(desk, SPEC)

    def groups(self) -> Sequence[Group[Thing]]:
        return [group(*self.rows)]

    def read(self, *rows: Row[Thing]) -> None:
        """Read anew."""
        self.rows = rows
        self.refresh(NOW)


Open = Callable[..., Things]


@pytest.fixture
def desk(theme: Theme, runner: Runner) -> Desk:
    return Desk(FakeServices(), runner, theme, Board(), Figures())


@pytest.fixture
def show_things(desk: Desk) -> Iterator[Open]:
    """Makes the page with so many things, or with rows, at a width."""
    pages: list[Things] = []

    def make(rows: int | Sequence[Row[Thing]] = 5, width: int = 900) -> Things:
        made = Things(desk, [thing(number) for number in range(rows)] if isinstance(rows, int) else rows)
        pages.append(made)
        made.resize(width, 500)
        made.show()
        made.refresh(NOW)
        return made

    yield make
    for page in pages:
        page.close()
        page.deleteLater()
