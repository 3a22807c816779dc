"""The six digits of an authenticator (RFC 6238: SHA-1, 30 seconds), and that none of them is ever sent twice.

A broker refuses a code that was used, and some count that as an attempt (Dhan's protocol sheet, section 2.3). What is
remembered here is the whole process's: two sign-ins of one client never send the same digits.
"""

import binascii
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from app.brokers.base import AskText, BrokerPorts
from app.brokers.ledger import Ledger
from app.domain import CallTimes, Clock, InvalidRequest, Secret
from app.domain.tongue import tr

DIGITS: Final = 6
PERIOD: Final = 30  # seconds that a code is shown
_REMEMBERED: Final = 600.0  # seconds; the same digits may come again by chance, long after they were of use

_NEXT_ONE: Final = "That code was sent before, and a code works once. Type the next one; nothing was sent."


def question(broker: str) -> AskText:
    """The question for the digits that the user's authenticator shows for `broker`."""
    hint = f"The {DIGITS} digits of your authenticator for {broker}"
    return AskText("totp", "Code", hint=hint, digits=DIGITS, period=PERIOD)


def next_one(broker: str) -> AskText:
    """The question again, after digits that were sent before."""
    return replace(question(broker), hint=_NEXT_ONE)


def code(secret: Secret, now: datetime, field: str) -> Secret:
    """The digits of `secret` at `now`; raises `InvalidRequest` naming `field` when it is no TOTP secret."""
    from pyotp.totp import TOTP  # loaded on first use: start-up

    plain = secret.reveal().replace(" ", "").replace("-", "").rstrip("=")
    try:
        return Secret(TOTP(plain, digits=DIGITS, interval=PERIOD).at(now))
    except (binascii.Error, ValueError):
        raise InvalidRequest(
            f"{field}: not a TOTP secret",
            title=tr("This is not a TOTP secret"),
            next_step=tr("It is the row of letters and digits below the QR code. Nothing was sent."),
            field=field,
        ) from None


def attempts_of(ports: BrokerPorts) -> "Attempts":
    """What the process remembers, or an adapter for itself."""
    return ports.limits.attempts if ports.limits is not None else Attempts(ports.clock)


def until_next(now: datetime) -> float:
    """Seconds until an authenticator shows other digits."""
    return PERIOD - now.timestamp() % PERIOD


class Attempts:
    """What must not be sent again: codes that were sent, PINs that were refused. One for the whole process.

    `whose` names the broker and the client.
    """

    def __init__(self, clock: Clock, times: CallTimes | None = None) -> None:
        """`times` is where the moments of sent codes outlive the process; the digits themselves are kept nowhere."""
        self._clock = clock
        self._times = times
        self._sent: dict[tuple[str, Secret], float] = {}
        self._refused: set[tuple[str, Secret]] = set()

    async def spend(self, whose: str, digits: Secret) -> bool:
        """Note that `digits` are about to be sent; False, and nothing is noted, when they were sent before."""
        if self._was_sent(whose, digits):
            return False
        self._sent[whose, digits] = self._clock.monotonic()
        if self._times is not None:
            ledger = Ledger(_name(whose), self._times, self._clock, ahead=0)
            ledger.note(self._clock.monotonic())
            await ledger.catch_up()
        return True

    def refuse(self, whose: str, pin: Secret) -> None:
        """The broker said no to `pin`: what is kept is not sent a second time, which may lock the account."""
        self._refused.add((whose, pin))

    def is_refused(self, whose: str, pin: Secret) -> bool:
        """Whether the broker said no to `pin` in this run."""
        return (whose, pin) in self._refused

    def _was_sent(self, whose: str, digits: Secret) -> bool:
        """A run knows its own digits; of an earlier one it knows when it sent some: what was shown then is used."""
        oldest = self._clock.monotonic() - _REMEMBERED
        self._sent = {which: at for which, at in self._sent.items() if at > oldest}
        return (whose, digits) in self._sent or _step(self._clock.now()) in self._steps_before(whose)

    def _steps_before(self, whose: str) -> set[int]:
        """The periods in which an earlier run sent a code: its note is up to a second late."""
        noted = self._times.earlier(_name(whose)) if self._times is not None else ()
        return {_step(at - ago) for at, _ in noted for ago in (timedelta(), timedelta(seconds=1))}


def _step(at: datetime) -> int:
    return int(at.timestamp()) // PERIOD


def _name(whose: str) -> str:
    return f"totp {whose}"
