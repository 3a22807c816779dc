"""Makes positions flat, once, and tells exactly what is left: a plan, then its carrying out, then a receipt.

Accounts go side by side, within one account everything goes one after the other (`exit_account.py`). A position whose
exit is under way belongs to that exit: another one leaves it alone and says so. Nothing is begun again by itself.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Final

from app.domain import Clock, NotFound
from app.domain.intents import Mode
from app.domain.tongue import tr
from app.services import exit_words
from app.services.events import Events
from app.services.exit_account import AccountExit
from app.services.exit_books import Key, Reader, Seen, key_of
from app.services.exit_plan import Means, Planner
from app.services.exit_ports import ExitAccounts, ExitShelf, Look
from app.services.exit_receipt import beside
from app.services.order_accounts import Sender
from app.services.order_findings import stop
from app.services.order_views import ExitLine, ExitPart, ExitPhase, ExitPlan, ExitScope, ExitView, Weight
from app.services.views import ExitBroken, ExitChanged

_log: Final = logging.getLogger(__name__)
_Claim = tuple[str, Key]
_KEPT: Final = timedelta(minutes=10)  # so long it is remembered what a plan was made of; an older one sends nothing
_PHASES: Final = tuple(ExitPhase)


class Exits:
    """All exits of this run of Kunji."""

    def __init__(
        self,
        *,
        accounts: ExitAccounts,
        portfolio: ExitShelf,
        sender: Sender,
        look: Look,
        clock: Clock,
        events: Events,
        mode: Mode | None,
        cap: Callable[[], int | None],
    ) -> None:
        """`look` is what must hold before any order leaves (`order_ground.Ground.look`); `mode` None: not known.

        `cap` is the user's own cap of orders a minute.
        """
        self._means = Means(accounts, Reader(portfolio, clock), sender, look, clock, mode, cap)
        self._planner = Planner(self._means)
        self._events = events
        self._seen: dict[str, tuple[ExitPlan, Mapping[str, Seen]]] = {}  # what each was made of, by account
        self._runs: dict[str, asyncio.Task[ExitView]] = {}
        self._claims: dict[_Claim, str] = {}  # by which plan a position is being closed

    async def plan(self, scope: ExitScope) -> ExitPlan:
        """What would make these positions flat, read anew. Raises only for an account that is not there."""
        return (await self.plans([scope]))[0]

    async def plans(self, scopes: Sequence[ExitScope]) -> tuple[ExitPlan, ...]:
        """As `plan`, one for each of `scopes`, which are to go with one press."""
        made = await asyncio.gather(*(self._planner.plan(scope, frozenset(self._claims)) for scope in scopes))
        now = self._means.clock.now()
        self._seen = {key: one for key, one in self._seen.items() if now - one[0].at < _KEPT}
        self._seen |= {plan.plan_id: (plan, seen) for plan, seen in made}
        return self._planner.asked([plan for plan, _ in made])

    async def carry_out(self, plan: ExitPlan) -> ExitView:
        """Carry out `plan` and give its receipt; whoever asks again for the same plan gets the same.

        Goes on when whoever waits gives up; `ExitChanged` tells every step.
        """
        task = self._runs.get(plan.plan_id)
        if task is None:
            task = asyncio.create_task(self._carry_out(plan), name="exit")
            self._runs[plan.plan_id] = task
            task.add_done_callback(partial(self._report, plan))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Begin nothing more; an order that is in flight is the sender's to wait for."""
        running = [task for task in self._runs.values() if not task.done()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    # ------------------------------------------------------------------ one plan

    async def _carry_out(self, plan: ExitPlan) -> ExitView:
        _, seen = self._seen.get(plan.plan_id, (plan, None))
        run = _Run(plan if seen is not None else _forgotten(plan), [self._unless_claimed(part) for part in plan.parts])
        mode = self._means.mode
        if mode is None or seen is None or any(finding.weight is Weight.STOP for finding in plan.findings):
            return self._done(run)
        try:
            self._take(run, mode, seen)
            results = await asyncio.gather(*(one.run() for one in run.exits.values()), return_exceptions=True)
            results += await asyncio.gather(*(one.read() for one in run.exits.values()), return_exceptions=True)
        finally:
            self._planner.release(plan.plan_id)
            self._claims = {claim: by for claim, by in self._claims.items() if by != plan.plan_id}
        for error in filter(None, results):
            _log.critical("exit of an account failed", exc_info=error)
        return self._done(run)

    def _take(self, run: "_Run", mode: Mode, seen: Mapping[str, Seen]) -> None:
        """Claim what is to be closed, and make the exit of each account."""
        group = run.plan.plan_id
        for part in run.parts:
            if not part.why_not:
                self._claims[part.user_id, key_of(part)] = group
        for user_id in dict.fromkeys(part.user_id for part in run.parts if not part.why_not):
            parts = [part for part in run.parts if part.user_id == user_id and part.why_not != exit_words.under_way()]
            with suppress(NotFound):  # removed since the plan: nobody can say what is left
                one = self._means.accounts.find(user_id)
                run.exits[user_id] = AccountExit(
                    one,
                    parts,
                    self._means,
                    self._planner,
                    seen[user_id],
                    group=group,
                    mode=mode,
                    tell=self._teller(run),
                )

    def _unless_claimed(self, part: ExitPart) -> ExitPart:
        under_way = not part.why_not and self._is_under_way(part.user_id, key_of(part))
        return replace(part, why_not=exit_words.under_way()) if under_way else part

    def _is_under_way(self, user_id: str, key: Key) -> bool:
        return (user_id, key) in self._claims

    # ------------------------------------------------------------------ telling

    def _teller(self, run: "_Run") -> Callable[[str, ExitPhase], None]:
        def tell(user_id: str, phase: ExitPhase) -> None:
            before = run.phase
            run.phases[user_id] = phase
            if run.phase is not before or len(run.phases) == 1:
                self._events.publish(ExitChanged(self._view(run, run.phase)))

        return tell

    def _done(self, run: "_Run") -> ExitView:
        lines = tuple(map(run.line, run.parts))
        view = replace(
            self._view(run, ExitPhase.DONE), lines=lines, ended_at=self._means.clock.now(), notes=tuple(run.notes())
        )
        self._events.publish(ExitChanged(view))
        return view

    def _report(self, plan: ExitPlan, task: "asyncio.Task[ExitView]") -> None:
        """A run that ended by an error of ours must be seen, also when nobody waits for it."""
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.critical("exit failed", exc_info=error)
            self._events.publish(ExitBroken(plan))

    def _view(self, run: "_Run", phase: ExitPhase) -> ExitView:
        ours = tuple(record for record in self._means.sender.records if record.intent.group == run.plan.plan_id)
        return ExitView(run.plan, phase, records=ours)


def _forgotten(plan: ExitPlan) -> ExitPlan:
    """Nobody knows any more what it was made of: nothing is cancelled or closed by it."""
    words = tr("The plan is too old, so nothing was sent")
    return replace(plan, findings=(*plan.findings, stop("old", words, tr("Read it again."))))


@dataclass(slots=True)
class _Run:
    """One plan being carried out: `parts` as they are now, the exits by account, and how far each is."""

    plan: ExitPlan
    parts: list[ExitPart]
    exits: dict[str, AccountExit] = field(default_factory=dict)
    phases: dict[str, ExitPhase] = field(default_factory=dict)

    @property
    def phase(self) -> ExitPhase:
        """That of the account that is least far."""
        return min((self.phases.get(user_id, _PHASES[0]) for user_id in self.exits), key=_PHASES.index)

    def line(self, part: ExitPart) -> ExitLine:
        """What came of a part."""
        one = self.exits.get(part.user_id)
        if part.why_not == exit_words.under_way() or part.user_id in self.plan.unread:
            return ExitLine(part, None, part.why_not)
        if one is None:
            why = part.why_not or self._stop()
            return ExitLine(part, part.quantity if why else None, why or tr("the account was removed"))
        return one.line(part)

    def notes(self) -> Iterable[str]:
        """What else is to be known of the receipt."""
        yield from (finding.text for finding in self.plan.findings if finding.weight is not Weight.ASK)
        if self.plan.scope.keys is None:  # beside chosen positions everything else is meant to stay
            yield from beside(self.parts, [one.last for one in self.exits.values()])

    def _stop(self) -> str:
        return exit_words.together(finding.text for finding in self.plan.findings if finding.weight is Weight.STOP)
