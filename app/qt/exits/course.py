"""How far the exit of a dialog is: read, shown, confirmed once, carried out, told. Pure, no Qt.

Positions that were chosen at several accounts need a plan for each of these: nothing but the chosen ones may go.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.domain.intents import Record
from app.services.order_views import ExitLine, ExitPart, ExitPhase, ExitPlan, ExitScope, ExitView, Finding, Weight

TOO_OLD: Final = timedelta(seconds=60)
"""So long after it was read a plan is shown no more as what is: positions and orders are read once more."""


class Stage(StrEnum):
    """What the dialog is about."""

    READING = "reading"
    PLAN = "plan"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(slots=True)
class Course:
    """One exit from the first press to its receipt. `error` is why there is no plan, or why it broke off."""

    scopes: tuple[ExitScope, ...]
    stage: Stage = Stage.READING
    plans: tuple[ExitPlan, ...] = ()
    views: dict[str, ExitView] = field(default_factory=dict)
    error: BaseException | None = None
    confirmed: bool = False

    # -------------------------------------------------------------- what happens

    def read_again(self) -> None:
        """Another plan is wanted; one that is being carried out stays what it is."""
        if self.stage in {Stage.PLAN, Stage.FAILED}:
            self.stage, self.plans, self.error = Stage.READING, (), None

    def planned(self, plans: Iterable[ExitPlan]) -> None:
        """What would be done."""
        if self.stage is Stage.READING:
            self.stage, self.plans, self.views = Stage.PLAN, tuple(plans), {}

    def confirm(self, now: datetime) -> tuple[ExitPlan, ...]:
        """The trader says yes: the plans to be carried out, once; none for every press after it, or of an old plan."""
        if self.stage is not Stage.PLAN or not self.runs or self.is_old(now):
            return ()
        self.stage, self.confirmed = Stage.RUNNING, True
        return self.runs

    def take(self, view: ExitView) -> bool:
        """It went on; False for an exit of somebody else, or news that is older than what is known."""
        known = self.views.get(view.plan.plan_id)
        mine = view.plan.plan_id in {plan.plan_id for plan in self.plans}
        if not mine or (known is not None and known.phase is ExitPhase.DONE):
            return False
        self.views[view.plan.plan_id] = view
        done = [view for view in self.views.values() if view.phase is ExitPhase.DONE]
        if self.stage in {Stage.RUNNING, Stage.FAILED} and len(done) == len(self.runs):
            self.stage, self.error = Stage.DONE, None
        return True

    def failed(self, error: BaseException) -> None:
        """There is no plan, or nobody can say what became of it."""
        if self.stage in {Stage.READING, Stage.RUNNING}:
            self.stage, self.error = Stage.FAILED, error

    # -------------------------------------------------------------- what is known

    @property
    def began(self) -> bool:
        """Whether anything may have been asked of a broker: then there is a receipt to come, not another plan."""
        return self.confirmed or self.stage in {Stage.RUNNING, Stage.DONE} or bool(self.views)

    @property
    def parts(self) -> tuple[ExitPart, ...]:
        """Everything that the plans speak of."""
        return tuple(part for plan in self.plans for part in plan.parts)

    @property
    def runs(self) -> tuple[ExitPlan, ...]:
        """The plans that can be carried out."""
        return tuple(plan for plan in self.plans if not _stopped(plan) and any(map(is_doable, plan.parts)))

    @property
    def doable(self) -> tuple[ExitPart, ...]:
        """The parts that something would be done about."""
        return tuple(part for plan in self.runs for part in plan.parts if is_doable(part))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is to be known first, each once."""
        return tuple(dict.fromkeys(finding for plan in self.plans for finding in plan.findings))

    @property
    def phase(self) -> ExitPhase:
        """That of the plan that is least far."""
        phases = [self.views[plan.plan_id].phase for plan in self.runs if plan.plan_id in self.views]
        known = len(phases) == len(self.runs)
        return min(phases, key=list(ExitPhase).index, default=ExitPhase.CANCELLING) if known else ExitPhase.CANCELLING

    @property
    def lines(self) -> tuple[ExitLine, ...]:
        """The receipt, with what no plan could touch."""
        told = tuple(line for view in self.views.values() for line in view.lines)
        left_out = (part for plan in self.plans if plan.plan_id not in self.views for part in plan.parts)
        return told + tuple(ExitLine(part, _left(part, self.unread), part.why_not) for part in left_out)

    @property
    def unread(self) -> frozenset[str]:
        """The accounts of which nobody knows whether they are flat."""
        return frozenset(user_id for plan in self.plans for user_id in plan.unread)

    @property
    def records(self) -> tuple[Record, ...]:
        """Everything that was sent for it."""
        return tuple(record for view in self.views.values() for record in view.records)

    def is_old(self, now: datetime) -> bool:
        """Whether what is shown was read too long ago to say yes to."""
        return self.stage is Stage.PLAN and any(now - plan.at > TOO_OLD for plan in self.plans)


def is_doable(part: ExitPart) -> bool:
    """Whether anything would be sent for it."""
    return not part.why_not and bool(part.orders or part.cancels)


def by_account(parts: Sequence[ExitPart]) -> dict[str, list[ExitPart]]:
    """The parts of each account, in their order."""
    found: dict[str, list[ExitPart]] = {}
    for part in parts:
        found.setdefault(part.user_id, []).append(part)
    return found


def _stopped(plan: ExitPlan) -> bool:
    return any(finding.weight is Weight.STOP for finding in plan.findings)


def _left(part: ExitPart, unread: frozenset[str]) -> int | None:
    return None if part.user_id in unread else part.quantity
