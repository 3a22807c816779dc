"""What an account's head in a table says, and the sentences of totals and of an empty table. No Qt."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TypeVar

from app.domain.tongue import tr
from app.qt.tables.arrange import Wish
from app.qt.tables.rows import Group
from app.qt.tables.spec import TableSpec
from app.qt.tables.sums import Sums
from app.services.views import AccountState
from app.services.words import clock_time, state_word

R = TypeVar("R")


def group_words(group: Group[R], now: datetime) -> str:
    """What a head says after the account's name: "live", "signed out, as of 09:12", why nothing was read."""
    if group.account is None:
        return ""
    ready, word = group.account.state is AccountState.READY, state_word(group.account, now).lower()
    if group.current:
        return tr("live") if ready else tr("live, {state}", state=word)
    told = group.error.title if ready and group.error else word  # the session lives: it is this reading that failed
    if ready and group.read and not group.error:
        told = tr("not read again yet")
    if not group.read:
        return tr("{state}, not read yet", state=told)
    if group.as_of is None:
        return tr("{state}, not current", state=told)
    return tr("{state}, as of {time}", state=told, time=clock_time(group.as_of, now))


def totals_words(
    spec: TableSpec[R],
    sums: Sums[R],
    *,
    merged: int | None = None,
    unread: int = 0,
    shown: Collection[int] | None = None,
) -> tuple[str, str]:
    """("18 positions", "17 open, 1 closed; 6 not current"); `merged`: how many lines these make, if they are merged.

    `unread` accounts have no rows here because none were ever read. Of the columns that are `shown` (None: of all) it
    is told which sums leave something out.
    """
    count, parts = spec.said.count(len(sums.lines)), []
    if merged is not None and spec.said.parts is not None:
        count, parts = spec.said.parts(merged), [count]
    if spec.over is not None:
        parts.append(tr("{open} open, {closed} closed", open=len(sums.lines) - sums.over, closed=sums.over))
    if sums.stale:
        parts.append(tr("{count} not current", count=sums.stale))
    if unread:
        parts.append(tr("{accounts} not read yet", accounts=_accounts(unread)))
    for at, found in sums.whole.items():
        if found.unknown and (shown is None or at in shown):
            parts.append(tr("{title} without {count} of them", title=tr(spec.columns[at].title), count=found.unknown))
    return count, "; ".join(parts)


def empty_words(spec: TableSpec[R], groups: Sequence[Group[R]], wish: Wish, now: datetime) -> tuple[str, str]:
    """Why the table is empty, and what more there is to say."""
    if not groups:
        return tr("No account is connected yet."), tr("What the first one holds appears here.")
    rows = [row for group in groups for row in group.rows]
    read = [group for group in groups if group.read]
    if rows and (wish.words or wish.chip):
        what = wish.words or next(tr(chip.title) for chip in spec.chips if chip.key == wish.chip)
        return tr("Nothing matches \u201c{words}\u201d in {count}.", words=what, count=spec.said.count(len(rows))), ""
    if rows and spec.said.closed is not None:
        return f"{tr(spec.said.none)}; {spec.said.closed(len(rows))}", ""
    if not read:
        return tr(spec.said.unread), tr("They appear as soon as an account answers.")
    current = [group for group in read if group.current]
    missing = len(groups) - len(current)
    said = tr("{none} in {accounts}.", none=tr(spec.said.none), accounts=_accounts(len(current) or len(read)))
    moments = [group.as_of for group in current or read if group.as_of]
    when = tr("Read {time}.", time=clock_time(min(moments), now, seconds=True)) if moments else ""
    return said, " ".join(part for part in (when, _not_current(missing)) if part)


def _not_current(missing: int) -> str:
    if not missing:
        return ""
    if missing == 1:
        return tr("1 account is not current.")
    return tr("{count} accounts are not current.", count=missing)


def _accounts(count: int) -> str:
    return tr("1 account") if count == 1 else tr("{count} accounts", count=count)
