"""Holdings: the shares of every account in one table, by account or merged by share."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.domain import Holding
from app.qt.desk import Desk
from app.qt.models.holding_rows import groups
from app.qt.models.holdings import spec
from app.qt.tables.page import TablePage
from app.qt.tables.rows import Group


class HoldingsPanel(TablePage[Holding]):
    """The table of holdings."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, spec(desk.now), parent)

    def groups(self) -> Sequence[Group[Holding]]:
        """What the board knows of holdings."""
        return groups(self.desk.board)
