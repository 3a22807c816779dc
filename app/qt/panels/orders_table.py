"""The table of orders and what can be done with them: a new ticket, change, cancel, cancel all; why one was refused."""

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtWidgets import QWidget

from app.domain.tongue import tr
from app.qt.actions import Deed
from app.qt.desk import Desk
from app.qt.exits.cancel_words import resting
from app.qt.exits.cancels import Cancels
from app.qt.models import orders
from app.qt.models.order_rows import OrderRow, Shown, groups, unsettled, worth_telling
from app.qt.models.order_said import needs_eyes, sentence, why_no_change
from app.qt.tables.foot import Foot, choose_from
from app.qt.tables.lines import Line
from app.qt.tables.page import TablePage
from app.qt.tables.rows import Group


class OrdersTable(TablePage[Shown]):
    """The orders, and what can be done with them."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, orders.spec(desk.now), parent)
        self.cancels = Cancels(self, desk)
        self.cancels.changed.connect(self._show_chosen)
        self.cancels.told.connect(self._tell)
        self._told, self._alarm = "", False
        self._told_of: frozenset[Hashable] = frozenset()
        self.foot = Foot(desk.theme)
        self.put_foot(self.foot)
        self.new = self.foot.add(Deed("order", desk.tickets.open_ticket, self._why_no_ticket))
        change, cancel = self.row_deeds()
        self.change = self.foot.add(change)
        self.cancel = self.foot.add(cancel, kind="danger")
        self.all = self.foot.add(Deed("cancel_all", self.choose_all, self.cancels.why_not_all), kind="danger")
        self.foot.attention_wanted.connect(self._show_unsettled)
        self.view.selectionModel().selectionChanged.connect(self._show_chosen)

    def groups(self) -> Sequence[Group[Shown]]:
        """What the board knows of orders, and what was sent that no book shows."""
        return groups(self.desk.board, self.desk.now())

    def refresh(self, now: datetime) -> None:
        """Show what the board knows, and what can be done by now."""
        super().refresh(now)
        count = len(unsettled(self._shown))
        one = tr("1 order is not confirmed")
        many = tr("{count} orders are not confirmed", count=count)
        self.foot.warn("" if not count else one if count == 1 else many)
        self._show_chosen()

    def tick(self, now: datetime) -> None:
        """Another second: sentences about time, too."""
        super().tick(now)
        if self.isVisible():
            self.foot.refresh()

    # -------------------------------------------------------------- what can be done

    def chosen(self) -> list[OrderRow]:
        """The chosen rows, in the order of the table."""
        return [row for line in self.view.selected() for row in line.row.leaves]

    def row_deeds(self) -> Sequence[Deed]:
        """Change the chosen order, cancel the chosen ones."""
        return (
            Deed("change_order", self._change, self._why_no_change),
            Deed("cancel_order", self._cancel, self._why_no_cancel, self._cancel_says),
        )

    def head_deeds(self, user_id: str) -> Sequence[Deed]:
        """Cancel all of the account."""
        account = self.desk.board.account(user_id)
        says = tr("Cancel all of {title}", title=account.title if account is not None else user_id)
        why_not = partial(self.cancels.why_not_all, user_id)
        return (Deed("cancel_all", partial(self.cancels.ask_all, user_id), why_not, lambda: says),)

    def choose_all(self) -> None:
        """Cancel all: of one account, or of all where several have resting orders."""
        accounts = {account.user_id: account for account, _ in resting(self.desk.board, None)}
        choices: list[tuple[str, Callable[[], object]]] = [(tr("All accounts"), self.cancels.ask_all)]
        for user_id, account in accounts.items() if len(accounts) > 1 else ():
            choices.append((account.title, partial(self.cancels.ask_all, user_id)))
        choose_from(self.all, choices)

    def _why_no_ticket(self) -> str:
        return "" if self.desk.board.accounts else tr("There is no account yet")

    def _change(self) -> None:
        [row] = self.chosen()
        if row.account is not None:
            self.desk.tickets.open_change(row.account.user_id, row.record.order)

    def _why_no_change(self) -> str:
        chosen = self.chosen()
        if len(chosen) != 1:
            return tr("Choose one order") if chosen else tr("Choose an order first")
        return self.cancels.why_not(chosen) or why_no_change(chosen[0])

    def _cancel(self) -> None:
        self.cancels.cancel(self.chosen())

    def _why_no_cancel(self) -> str:
        return self.cancels.why_not(self.chosen())

    def _cancel_says(self) -> str:
        count = len(self.chosen())
        return tr("Cancel {count} orders", count=count) if count > 1 else tr("Cancel order")

    # -------------------------------------------------------------- what is said

    def _show_chosen(self) -> None:
        """What there is to say of the chosen rows; without any, of what is not confirmed, or was refused last."""
        chosen = self.chosen()
        rows = chosen or worth_telling(self._shown)
        keys = frozenset(row.key for row in chosen)
        if keys != self._told_of:
            self._told, self._told_of = "", keys
        self.foot.say(self._told or self._said(rows, by_name=not chosen), tone=self._tone(rows))
        self.foot.refresh()

    def _said(self, rows: Sequence[OrderRow], *, by_name: bool) -> str:
        """A sentence an order, of the first two; `by_name` where the table does not show which is meant."""
        said = [(row, sentence(row, self.desk.figures, self.desk.now())) for row in rows[:2]]
        named = (f"{row.record.symbol}: {words}" if by_name else words for row, words in said if words)
        return "\n".join(named)

    def _tone(self, rows: Sequence[OrderRow]) -> str:
        return "state.warn" if (self._alarm and self._told) or any(needs_eyes(row.record) for row in rows) else "soft"

    def _tell(self, words: str, alarm: bool) -> None:
        """What came of a cancellation stays until other rows are chosen."""
        self._told, self._alarm = words, alarm
        self._show_chosen()
        self.foot.announce()

    def _show_unsettled(self) -> None:
        """Choose the first row that is not confirmed, wherever it is hidden."""
        row = next(iter(unsettled(self._shown)), None)
        if row is None or self._choose(row):
            return
        self.clear_filter()
        if row.account is not None and not self._choose(row) and row.account.user_id in self.model.folded:
            self.model.fold(row.account.user_id)
            self._choose(row)

    def _choose(self, row: OrderRow) -> bool:
        """Choose a row; False when it is not in sight."""
        for at, item in enumerate(self.model.items):
            if isinstance(item, Line) and item.row.key == row.key:
                self.view.selectRow(at)
                self.view.scrollTo(self.model.index(at, 0))
                return True
        return False
