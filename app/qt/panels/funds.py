"""Funds: what can be used at each broker, what is used, and the sums of both."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.qt.desk import Desk
from app.qt.models.funds import Purse, groups, spec
from app.qt.tables.page import TablePage
from app.qt.tables.rows import Group


class FundsPanel(TablePage[Purse]):
    """The table of funds."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, spec(desk.now), parent)

    def groups(self) -> Sequence[Group[Purse]]:
        """What the board knows of funds."""
        return groups(self.desk.board)
