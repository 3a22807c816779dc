"""`kunji restore`: puts the copy of a damaged file back, where no window can be opened to offer it."""

import argparse
from typing import TYPE_CHECKING, Final

from app.cli.run import ended, printed, show
from app.cli.terminal import Terminal
from app.domain import Busy, Clock, LoginCancelled, SystemClock
from app.domain.tongue import tr
from app.services.times import full_time
from app.system.instance import InstanceLock
from app.system.talk import Message, Question, Talk

if TYPE_CHECKING:
    from app.services.mending import Offer
    from app.system.paths import Profile

_ANSWER: Final[Message] = {"ok": True, "code": 0}


def restore(options: argparse.Namespace, profile: "Profile", clock: Clock | None = None) -> int:
    """Ask, put back, say what was done; returns the exit code."""
    with Terminal() as terminal:
        answer = ended(_restored(profile, terminal, clock or SystemClock(), yes=options.yes))
    if options.json or not answer["ok"]:
        return show(options, answer, clock)
    return printed([answer["text"]], [], answer)


async def _restored(profile: "Profile", talk: Talk, clock: Clock, *, yes: bool) -> Message:
    from app.services.mending import Mending  # only here needed

    with InstanceLock(profile) as lock:
        if not lock.acquire():
            raise Busy
        mending = Mending(profile, clock)
        offer = await mending.offer()
        if offer is None:
            return _ANSWER | {"restored": None, "text": tr("Nothing is damaged that there is a copy of.")}
        if not yes:
            await _confirm(offer, talk)
        done = await mending.mend(offer.name)
    text = tr("{name} is again as it was on {at}. The damaged file is kept beside it.", **_words(done))
    return _ANSWER | {"restored": done.name, "as_of": done.at.isoformat(), "text": text}


async def _confirm(offer: "Offer", talk: Talk) -> None:
    told = tr("{name} is damaged. Put back the copy of {at}? What came after it is lost. Type yes", **_words(offer))
    if (await talk.ask(Question("confirm", told))).lower() != "yes":
        raise LoginCancelled(title=tr("Cancelled"), next_step=tr("Nothing was changed."))


def _words(offer: "Offer") -> dict[str, str]:
    return {"name": offer.name, "at": full_time(offer.at)}
