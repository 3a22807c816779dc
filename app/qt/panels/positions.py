"""Positions: every account's rows in one table, by account or merged by instrument, and the way out of them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtWidgets import QWidget

from app.domain.tongue import tr
from app.qt.actions import Deed
from app.qt.desk import Desk
from app.qt.exits.held import open_at, scopes_of, why_none, why_not
from app.qt.models.positions import Held, HeldRow, groups, spec
from app.qt.tables.foot import Foot, choose_from
from app.qt.tables.page import TablePage
from app.qt.tables.rows import Group
from app.services.order_views import ExitScope


class PositionsPanel(TablePage[Held]):
    """The table of positions."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, spec(desk.now), parent)
        self.foot = Foot(desk.theme)
        self.put_foot(self.foot)
        [exit_] = self.row_deeds()
        self.exit = self.foot.add(exit_, kind="danger")
        self.all = self.foot.add(Deed("exit_all", self.choose_all, partial(why_none, desk.board)), kind="danger")
        self.view.selectionModel().selectionChanged.connect(self._show_chosen)

    def groups(self) -> Sequence[Group[Held]]:
        """What the board knows of positions."""
        return groups(self.desk.board)

    def refresh(self, now: datetime) -> None:
        """Show what the board knows, and what can be done by now."""
        super().refresh(now)
        self._show_chosen()

    # -------------------------------------------------------------- what can be done

    def chosen(self) -> list[HeldRow]:
        """The chosen rows, in the order of the table."""
        return [line.row for line in self.view.selected()]

    def row_deeds(self) -> Sequence[Deed]:
        """Exit the chosen positions: a window says first what that would be."""
        return (Deed("exit", self._exit, lambda: why_not(self.chosen()), self._exit_says),)

    def head_deeds(self, user_id: str) -> Sequence[Deed]:
        """Exit all of the account."""
        account = self.desk.board.account(user_id)
        says = tr("Exit all of {title}", title=account.title if account is not None else user_id)
        why = partial(why_none, self.desk.board, user_id)
        return (Deed("exit_all", partial(self._exit_account, user_id), why, lambda: says),)

    def choose_all(self) -> None:
        """Exit all: of one account, or of all where several have open positions."""
        held = open_at(self.desk.board)
        choices: list[tuple[str, Callable[[], object]]] = [(tr("All accounts"), partial(self._exit_account, None))]
        for account, count in held if len(held) > 1 else ():
            said = tr("{title}: {count} open", title=account.title, count=count)
            choices.append((said, partial(self._exit_account, account.user_id)))
        choose_from(self.all, choices)

    def _exit(self) -> None:
        self.desk.exits.begin(scopes_of(self.chosen()))

    def _exit_account(self, user_id: str | None) -> None:
        self.desk.exits.begin((ExitScope(user_id),))

    def _exit_says(self) -> str:
        count = sum(row.record.position.quantity != 0 for row in self.chosen())
        return tr("Exit {count} positions", count=count) if count > 1 else tr("Exit")

    def _show_chosen(self) -> None:
        rows = [row for row in self.chosen() if row.record.is_open]
        names = list(dict.fromkeys(row.record.position.symbol for row in rows))
        self.foot.say(tr("Chosen: {names}", names=", ".join(names)) if names else "")
        self.foot.refresh()
