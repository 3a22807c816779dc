"""`kunji doctor`: the owner of the profile looks; where none answers, this process does, and changes nothing."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.cli.run import ended, find_owner, show
from app.cli.terminal import Terminal
from app.domain import Busy, Clock, NotFound, TradingError
from app.services.diagnosis_views import diagnosis_json
from app.system import ipc
from app.system.instance import InstanceLock
from app.system.paths import Profile
from app.system.talk import Message, Talk

if TYPE_CHECKING:
    from app.services.diagnostics import Diagnostics

Look = Callable[[TradingError | None], "Diagnostics"]
"""Makes what looks at the profile; it is handed why the owner was not asked, None when there is no owner."""


def doctor(options: argparse.Namespace, profile: Profile, look: Look, clock: Clock | None = None) -> int:
    """Look, print what was found, and return the exit code of the worst of it."""
    with Terminal() as terminal:
        answer = ended(_looked(profile, terminal, look))
    return show(options, answer, clock)


async def _looked(profile: Profile, talk: Talk, look: Look) -> Message:
    silent: TradingError | None = None
    with InstanceLock(profile) as lock:
        try:
            channel = await find_owner(profile, lock)
            if channel is not None:
                return await ipc.call(channel, {"op": "doctor"}, talk)
        except (Busy, NotFound) as error:  # silent, or a demo that is closed
            silent = error
        return diagnosis_json(await look(silent).run())
