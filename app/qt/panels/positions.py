"""Positions: every account's rows in one table, by account or merged by instrument."""

from collections.abc import Sequence

from app.qt.desk import Desk
from app.qt.models.positions import Held, groups, spec
from app.qt.tables.page import TablePage
from app.qt.tables.rows import Group


class PositionsPanel(TablePage[Held]):
    """The table of positions."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, spec(desk.now))

    def groups(self) -> Sequence[Group[Held]]:
        """What the board knows of positions."""
        return groups(self.desk.board)
