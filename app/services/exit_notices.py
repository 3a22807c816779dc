"""What is told when an exit has ended: flat, or what is left. Pure; names and states, never an amount.

Why something is left may be a broker's own text, or hold an amount: that stands in the receipt alone.
"""

from collections.abc import Callable, Iterable
from typing import Final

from app.domain import NotFound
from app.domain.tongue import tr
from app.services.order_views import ExitLine, ExitPlan, ExitView
from app.services.views import Action, Notice

OF_EXIT: Final = "exit:"


def exit_key(plan_id: str) -> str:
    """The key of the notice about the exit that carried out this plan."""
    return f"{OF_EXIT}{plan_id}"


def exit_notice(view: ExitView, title_of: Callable[[str], str]) -> Notice:
    """Of a receipt: urgent when anything is left, or nobody knows. `title_of` names an account by its id."""
    users = sorted({line.part.user_id for line in view.lines} | view.plan.unread)
    title = tr("The exit at {account} has ended", account=_whose(users, title_of))
    left = [*_left(view.lines), *_not_known(view, title_of)]
    words = (
        " ".join([*left, tr("How much and why stands in the receipt and in Orders.")]) if left else _flat(view.lines)
    )
    of = users[0] if len(users) == 1 else None
    return Notice(exit_key(view.plan.plan_id), title, words, of, Action.SHOW_ORDERS, urgent=bool(left))


def broken_notice(plan: ExitPlan, title_of: Callable[[str], str]) -> Notice:
    """Of an exit that broke off by a mistake of ours: always urgent, for nobody can say what is left."""
    users = sorted({part.user_id for part in plan.parts} | plan.unread)
    title = tr("The exit at {account} broke off", account=_whose(users, title_of))
    words = tr(
        "By a mistake of Kunji. It is not known how far it came: what was sent stands in Orders. Look there first."
    )
    of = users[0] if len(users) == 1 else None
    return Notice(exit_key(plan.plan_id), title, words, of, Action.SHOW_ORDERS, urgent=True)


def _whose(users: list[str], title_of: Callable[[str], str]) -> str:
    if len(users) == 1:
        return _title(users[0], title_of)
    return tr("{count} accounts", count=len(users))


def _title(user_id: str, title_of: Callable[[str], str]) -> str:
    try:
        return title_of(user_id)
    except NotFound:
        return tr("an account that was removed")


def _flat(lines: Iterable[ExitLine]) -> str:
    count = sum(bool(line.part.quantity) for line in lines)
    if not count:
        return tr("Nothing is open any more.")
    return tr("The position is flat.") if count == 1 else tr("All {count} positions are flat.", count=count)


def _left(lines: tuple[ExitLine, ...]) -> Iterable[str]:
    if open_ := _symbols(line for line in lines if line.left):
        yield tr("Not flat: {symbols}.", symbols=open_)
    if unknown := _symbols(line for line in lines if line.left is None):
        yield tr("Not known whether it is flat: {symbols}.", symbols=unknown)
    if resting := _symbols(line for line in lines if line.left == 0 and line.why):
        yield tr("Flat, but an order that could open it again still rests: {symbols}.", symbols=resting)


def _not_known(view: ExitView, title_of: Callable[[str], str]) -> Iterable[str]:
    if unread := ", ".join(_title(one, title_of) for one in sorted(view.plan.unread)):
        yield tr("Not read: {accounts}.", accounts=unread)
    if any(record.fate.is_open for record in view.records):
        yield tr("Of an order it is not known whether it is in the market: do not send it again.")


def _symbols(lines: Iterable[ExitLine]) -> str:
    return ", ".join(dict.fromkeys(line.part.symbol for line in lines))
