"""The looks at the brokers: hosts, our clock against theirs, lists of instruments, how calls went.

All but the hosts is known to a running Kunji only.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from app.brokers.reach import Door, Failed, Reached, reach
from app.domain import IST
from app.domain.tongue import tr
from app.services.diagnostics import Face, Line, Subject, Verdict
from app.services.gauge_words import family_name, kind_name, took, window_words

if TYPE_CHECKING:
    from app.services.views import AccountView, MasterView

_KNOCK: Final = 5.0  # seconds for one host
_SLOW: Final = 3.0  # seconds of a 95th percentile that are worth saying
_WHY: Final = {
    Failed.NAME: ("its name is not found", "This computer may be offline, or its name service is wrong."),
    Failed.CONNECTION: ("no connection", "A firewall, a proxy or the broker itself is in the way."),
    Failed.CERTIFICATE: (
        "its certificate is not to be trusted",
        "Something on the way reads along, or your clock is wrong.",
    ),
    Failed.TIME: ("no answer in time", "The line is slow or cut. Try again."),
}


async def accounts(subject: Subject, _: Face | None) -> Iterable[Line]:
    """How many stand how; no names, since the answer is made to be given away."""
    if subject.services is None:
        return []
    from app.services.words import state_name  # loaded on first use: start-up

    views = subject.services.brokers.accounts()
    if not views:
        return [Line(tr("Accounts"), tr("none is connected"))]
    counted = Counter(view.state for view in sorted(views, key=lambda view: view.state.rank))
    says = ", ".join(f"{count} {state_name(state).lower()}" for state, count in counted.items())
    return [Line(tr("Accounts"), says)]


async def hosts(subject: Subject, _: Face | None) -> Iterable[Line]:
    """Every host of every broker: name, connection, certificate. Nothing is asked of them."""
    if not subject.doors:
        return [Line(tr("Hosts"), tr("not looked at: these brokers are played"), Verdict.OK)]
    ipv4_only = subject.services is not None and subject.services.preferences.view.ipv4_only
    wanted = _used(subject) & subject.doors.keys() or subject.doors.keys()
    knocks = [(key, door) for key, doors in subject.doors.items() if key in wanted for door in doors]
    found = await asyncio.gather(*(reach(door, seconds=_KNOCK, ipv4_only=ipv4_only) for _, door in knocks))
    lines = [_host(subject.label(key), one) for (key, _), one in zip(knocks, found, strict=True)]
    return [_network(found), *lines]


def _used(subject: Subject) -> set[str]:
    """The brokers of the accounts; nobody knocks where the user is no client, unless nobody knows where he is one."""
    return {one.account.broker_type for one in subject.services.accounts} if subject.services is not None else set()


def _network(found: Sequence[Reached]) -> Line:
    name = tr("Network")
    if any(one.failed is None for one in found):
        return Line(name, tr("online"))
    if all(one.failed is Failed.NAME for one in found):
        todo = tr("Connect this computer. No account is signed out by that.")
        return Line(name, tr("no broker's name is found: offline"), Verdict.TROUBLE, todo)
    return Line(name, tr("no broker can be reached"), Verdict.TROUBLE, tr("Look at the lines below."))


def _host(label: str, one: Reached) -> Line:
    name = f"{label} {_place(one.door)}"
    if one.failed is None:
        return Line(name, tr("reached in {time}", time=took(one.seconds)))
    says, todo = _WHY[one.failed]
    detail = f" ({one.why})" if one.why else ""
    return Line(name, f"{tr(says)}{detail}", Verdict.TROUBLE, tr(todo))


def _place(door: Door) -> str:
    return door.host if door.tls else f"{door.host}:{door.port}"


async def clocks(subject: Subject, _: Face | None) -> Iterable[Line]:
    """Our clock against each broker's, from the dates of its answers."""
    if subject.services is None:
        return []
    found: dict[str, float] = {}
    for one in subject.services.accounts:
        behind = one.clock_behind
        if behind is not None:
            found[one.view().broker_label] = behind
    if not found:
        return [Line(tr("Clock"), tr("no broker has answered yet"), Verdict.NOT_KNOWN, tr("Refresh, then ask again."))]
    return [_clock(label, behind) for label, behind in found.items()]


def _clock(label: str, behind: float) -> Line:
    name = tr("Clock, against {broker}", broker=label)
    if not behind:
        return Line(name, tr("right"))
    says = tr("{count} s behind", count=round(behind)) if behind > 0 else tr("{count} s ahead", count=round(-behind))
    return Line(name, says, Verdict.TROUBLE, tr("Set your clock: codes are refused, and the age of figures is wrong."))


async def lists(subject: Subject, _: Face | None) -> Iterable[Line]:
    """The brokers' lists of instruments."""
    if subject.services is None:
        return []
    return [_list(subject, view) for view in subject.services.masters.views]


def _list(subject: Subject, view: "MasterView") -> Line:
    from app.services.master_words import master_line  # loaded on first use: start-up

    now = subject.clock.now()
    today = view.day is not None and view.day >= now.astimezone(IST).date()
    says = master_line(view, now) or tr("not known")
    if view.error is not None and not today:
        return Line(subject.label(view.broker_type), says, Verdict.TROUBLE, view.error.next_step)
    return Line(subject.label(view.broker_type), says)


async def calls(subject: Subject, _: Face | None) -> Iterable[Line]:
    """Latency by kind and what is used of the limits, account by account; no names of accounts."""
    if subject.services is None:
        return []
    lines: list[Line] = []
    for number, view in enumerate(subject.services.brokers.accounts(), start=1):
        lines += _calls_of(subject, view, f"{view.broker_label} {number}")
    return lines


def _calls_of(subject: Subject, view: "AccountView", called: str) -> Iterable[Line]:
    if subject.services is None:
        return
    gauge = subject.services.gauges.view(view.user_id)
    for one in gauge.latencies:
        says = tr("{count} calls, usually {median}, at most {most} in 95 of 100", count=one.count,
                  median=took(one.median), most=took(one.p95))  # fmt: skip
        slow = one.p95 >= _SLOW
        todo = tr("The line or the broker is slow.") if slow else ""
        yield Line(f"{called}, {kind_name(one.kind)}", says, Verdict.TROUBLE if slow else Verdict.OK, todo)
    for use in gauge.limits:
        if use.used:
            says = tr(
                "{used} of {allowed} {window}", used=use.used, allowed=use.allowed, window=window_words(use.window)
            )
            yield Line(tr("{account}, limit of {family}", account=called, family=family_name(use.family)), says)
