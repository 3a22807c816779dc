"""What an exit says: its title, what it would do, how far it is, and the receipt."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from app.domain.intents import Mode
from app.domain.order_life import Fate
from app.domain.tongue import tr
from app.qt.exits.course import Course, Stage, is_doable
from app.qt.models.board import Board
from app.qt.models.figures import Figures
from app.qt.widgets.mode_mark import titled
from app.services.exit_words import cancel_line, not_done_line, of_account, order_line
from app.services.order_views import ExitLine, ExitPart, ExitPhase
from app.services.words import clock_time

PHASES: Final = (
    (ExitPhase.CANCELLING, "Cancel what rests against them"),
    (ExitPhase.CLOSING, "Send the opposite orders, same product"),
    (ExitPhase.FILLING, "Wait for the fills"),
    (ExitPhase.READING, "Read the positions once more"),
)
"""The steps while it is carried out."""


# ------------------------------------------------------------------ titles


def title_of(course: Course, board: Board) -> str:
    """What the dialog is about: "Exit 3 positions", "Exit all of Self · Zerodha"."""
    chosen = [scope for scope in course.scopes if scope.keys is not None]
    if chosen:
        count = sum(len(scope.keys or ()) for scope in chosen)
        if count == 1:
            return tr("Exit {symbol}", symbol=next(symbol for _, symbol, _ in chosen[0].keys or ()))
        return tr("Exit {count} positions", count=count)
    if len(course.scopes) > 1:
        return tr("Exit all of {count} accounts", count=len(course.scopes))
    account = board.account(course.scopes[0].user_id or "")
    return tr("Exit all of {title}", title=account.title) if account is not None else tr("Exit all positions")


def account_of(course: Course) -> str:
    """The one account that it is about, "" for several."""
    ids = (
        {scope.user_id or "" for scope in course.scopes} if not course.parts else {one.user_id for one in course.parts}
    )
    return next(iter(ids)) if len(ids) == 1 else ""


def deed_of(course: Course, mode: Mode) -> str:
    """The confirm button, with the number; the demo's says so."""
    return titled(_deed(course), mode)


def _deed(course: Course) -> str:
    count = sum(bool(part.orders) for part in course.doable)
    cancels = sum(len(part.cancels) for part in course.doable)
    if not course.doable:
        return tr("Exit now")
    if not count:
        return tr("Cancel 1 order now") if cancels == 1 else tr("Cancel {count} orders now", count=cancels)
    return tr("Exit 1 position now") if count == 1 else tr("Exit {count} positions now", count=count)


def headline(course: Course) -> tuple[str, str]:
    """The sentence that says where it stands, and the one below it."""
    if course.stage is Stage.PLAN:
        return _planned(course)
    broken = course.stage is Stage.FAILED and course.began
    return {
        Stage.READING: (
            tr("Reading positions and orders"),
            tr("Nothing is sent before you have seen what would be."),
        ),
        Stage.RUNNING: (tr("Exiting"), tr("Closing this window does not stop it.")),
        Stage.FAILED: (
            tr("It is not known how far this exit came") if broken else tr("There is no plan"),
            tr("What was sent stands in Orders. Look there first.") if broken else tr("Nothing was sent."),
        ),
        Stage.DONE: (receipt_title(course), tr("Read at the brokers after the last order.")),
    }[course.stage]


def _planned(course: Course) -> tuple[str, str]:
    if not course.doable:
        return tr("Nothing can be exited now"), tr("Nothing was sent.")
    stays = sum(not is_doable(part) for part in course.parts)
    one, many = tr("1 position stays as it is."), tr("{count} positions stay as they are.", count=stays)
    words = tr("Sent only once. What is sold or bought trades at the next prices.")
    return _would(course), f"{one if stays == 1 else many} {words}" if stays else words


def _would(course: Course) -> str:
    """How much of it there is."""
    cancels = sum(len(part.cancels) for part in course.doable)
    orders = sum(len(part.orders) for part in course.doable)
    first = (
        tr("1 order would be cancelled first")
        if cancels == 1
        else tr("{count} orders would be cancelled first", count=cancels)
    )
    then = tr("1 order would be sent") if orders == 1 else tr("{count} orders would be sent", count=orders)
    if cancels and orders:
        return tr("{first}, then {then}", first=first, then=then)
    return _only_cancelled(cancels) if cancels else then


def _only_cancelled(count: int) -> str:
    return tr("1 order would be cancelled") if count == 1 else tr("{count} orders would be cancelled", count=count)


# ------------------------------------------------------------------ one position


def part_words(part: ExitPart) -> list[str]:
    """What would be done about it, a sentence a line."""
    if part.why_not:
        return [tr("Stays as it is: {why}", why=part.why_not)]
    slices = Counter(map(order_line, part.orders))
    return [*map(cancel_line, part.cancels), *(_times(line, count) for line, count in slices.items())]


def _times(line: str, count: int) -> str:
    """Slices of one size stand in one line."""
    return line if count == 1 else tr("{count} times: {order}", count=count, order=line)


def held_words(quantity: int, figures: Figures) -> str:
    """What is held: "150", "75 short"."""
    units = figures.units(abs(quantity))
    return units if quantity >= 0 else tr("{units} short", units=units)


def notes(course: Course, board: Board) -> list[str]:
    """What the plans say beyond their lines about each position: how a market order is protected, and the like."""
    known = {line for part in course.parts for line in _lines(part, board)}
    words = (line for plan in course.plans for line in plan.words if line not in known)
    told = {finding.text for finding in course.findings}
    return [line for line in dict.fromkeys(words) if line not in told]


def _lines(part: ExitPart, board: Board) -> Iterable[str]:
    account = board.account(part.user_id)
    title = account.title if account is not None else part.user_id
    if part.why_not:
        said = [not_done_line(part.symbol, part.product, part.why_not)]
    else:
        said = [*map(cancel_line, part.cancels), *map(order_line, part.orders)]
    return (of_account(title, line) for line in said)


def masked(words: str, figures: Figures, symbols: Iterable[str]) -> str:
    """`words` with quantities and prices hidden while amounts are; what an instrument is called stays readable."""
    if not figures.hidden:
        return words
    names = "|".join(re.escape(symbol) for symbol in sorted(set(symbols), key=len, reverse=True))
    pieces = re.split(f"({names})", words) if names else [words]
    return "".join(piece if at % 2 else figures.words(piece) for at, piece in enumerate(pieces))


# ------------------------------------------------------------------ the receipt


def receipt_title(course: Course) -> str:
    """Flat, or how much of it is."""
    lines = [line for line in course.lines if line.part.quantity]
    flat = sum(line.left == 0 for line in lines)
    if course.unread and flat == len(lines):
        return tr("Flat as far as it could be read")
    if not lines:
        return tr("Nothing is open any more")
    if flat == len(lines):
        return tr("The position is flat") if flat == 1 else tr("All {count} positions are flat", count=flat)
    if flat == 1:
        return tr("1 of {count} positions is flat", count=len(lines))
    return tr("{flat} of {count} positions are flat", flat=flat, count=len(lines))


def is_clean(course: Course) -> bool:
    """Whether all is flat, by the brokers' word, and nothing rests or is looked for."""
    known = not course.unread and not lost(course)
    return known and all(line.left == 0 and not line.why for line in course.lines)


def lost(course: Course) -> int:
    """How many orders of it have no certain fate."""
    return sum(record.fate in {Fate.UNKNOWN, Fate.NOT_CONFIRMED, Fate.SENDING} for record in course.records)


def line_words(line: ExitLine, figures: Figures) -> str:
    """What is left of a position and why: "75 of 150 left, not filled at the protected price"."""
    whole, left = line.part.quantity, line.left
    if left is None:
        said = tr("Not known how much is left")
    elif left == 0:
        said = tr("Flat")
    elif left * whole > 0 and abs(left) <= abs(whole):
        said = tr("{left} of {quantity} left", left=figures.units(abs(left)), quantity=figures.units(abs(whole)))
    else:
        said = tr("{held} held now", held=held_words(left, figures))
    return tr("{said}, {why}", said=said, why=line.why) if line.why else said


def flat_words(course: Course, board: Board) -> list[str]:
    """What is flat, an account a sentence."""
    found: dict[str, list[str]] = {}
    for line in course.lines:
        if line.left == 0 and not line.why and line.part.quantity:
            found.setdefault(line.part.user_id, []).append(line.part.symbol)
    titles = {user_id: account.title for user_id in found if (account := board.account(user_id)) is not None}
    return [
        tr("{title}, flat: {symbols}", title=titles.get(user_id, user_id), symbols=", ".join(symbols))
        for user_id, symbols in found.items()
    ]


def remarks(course: Course, board: Board) -> list[str]:
    """What else the receipt must say."""
    said = []
    if count := lost(course):
        one = tr("1 order has no certain answer: Kunji looks for it. Do not send it again.")
        many = tr("{count} orders have no certain answer: Kunji looks for them. Do not send them again.", count=count)
        said.append(one if count == 1 else many)
    for user_id in sorted(course.unread):
        account = board.account(user_id)
        title = account.title if account is not None else user_id
        said.append(tr("{title} could not be read: nobody knows whether it is flat.", title=title))
    return said + [note for view in course.views.values() for note in view.notes]


def age_words(course: Course, now: datetime) -> str:
    """When what is shown was read; what is too old says what to do."""
    if course.stage is not Stage.PLAN or not course.plans:
        return ""
    at = clock_time(min(plan.at for plan in course.plans), now, seconds=True)
    if course.is_old(now):
        return tr("Read at {time}, too long ago.", time=at)
    return tr("Read at {time}.", time=at)
