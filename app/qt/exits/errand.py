"""What an exit asks of the services, and what it knows by their answers. It outlives its window while orders go out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.qt.exits.course import Course, Stage

if TYPE_CHECKING:
    from app.qt.desk import Desk
    from app.services.order_views import ExitPlan, ExitScope, ExitView


class ExitErrand(QObject):
    """`changed`: something else is to be shown. `done`: the receipt is there, or it broke off; comes once."""

    changed = Signal()
    done = Signal()

    def __init__(self, parent: QObject, desk: Desk, scopes: tuple[ExitScope, ...]) -> None:
        super().__init__(parent)
        self.desk, self.course = desk, Course(scopes)
        self.broken: set[str] = set()  # plans that broke off
        self._told = False

    def read(self) -> None:
        """Ask what would make them flat; a plan that is on show is put away."""
        self.course.read_again()
        if self.course.stage is Stage.READING:
            work = self.desk.run(self, self.desk.services.orders.plan_exits(self.course.scopes), newest="plan")
            work.done(self._on_plans).failed(self._on_failed)
        self.changed.emit()

    def _on_plans(self, plans: tuple[ExitPlan, ...]) -> None:
        self.course.planned(plans)
        self.changed.emit()

    def confirm(self) -> None:
        """The trader says yes to what is on show: once, whoever presses how often."""
        for plan in self.course.confirm(self.desk.now()):
            work = self.desk.run(self, self.desk.services.orders.exit(plan))
            work.done(self.take).failed(partial(self._on_broken, plan))
        self.changed.emit()

    def take(self, view: ExitView) -> None:
        """It went on, or is done."""
        if self.course.take(view):
            self._tell()

    def _on_failed(self, error: BaseException) -> None:
        self.course.failed(error)
        self._tell()

    def _on_broken(self, plan: ExitPlan, error: BaseException) -> None:
        """The asking broke off; a receipt that came by itself counts more."""
        if plan.plan_id not in self.course.views or self.course.stage is not Stage.DONE:
            self.broken.add(plan.plan_id)
            self._on_failed(error)

    def _tell(self) -> None:
        self.changed.emit()
        ended = self.course.stage is Stage.DONE or (self.course.stage is Stage.FAILED and self.course.began)
        if ended and not self._told:
            self._told = True
            self.done.emit()
