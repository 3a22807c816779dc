"""The sign-in without a page, at the brokers that document one: PIN and the six digits of an authenticator.

Each of them is asked for unless the user chose to keep it. One press of the user is one attempt: a code is sent once, a
wrong PIN ends the sign-in and a kept one is then asked for, and only the code that Kunji computed itself is tried once
more where the protocol sheet says so (Angel One, section 2.3).
"""

import asyncio
import math
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from app.brokers import totp
from app.brokers.base import AskText, Issued
from app.brokers.skew import Skew
from app.domain import (
    BadCredentials,
    Clock,
    Credentials,
    InvalidRequest,
    LoginCancelled,
    LoginThrottled,
    Secret,
    Token,
    TradingError,
)
from app.domain.records import dataclass
from app.domain.tongue import tr

PIN_FIELD: Final = "pin"
SEED_FIELD: Final = "totp_secret"
CODE_FIELD: Final = "totp"
_CODE: Final = re.compile(rf"\d{{{totp.DIGITS}}}", re.ASCII)
_NOT_THE_PIN: Final = (CODE_FIELD, "client_id", "api_key")
_PATIENCE: Final = 15.0  # seconds that a person waits for a turn without being told; a longer wait is said instead
_SLACK: Final = 0.001  # of a second: a wait of 150 s must not read as 151
_ONE_USED: Final = "One attempt was used."
_KEPT_PIN: Final = "The PIN that is kept is not sent again; the next sign-in asks for it."
_TYPED_PIN: Final = "Look it up before you try again: wrong PINs may lock the account."
_KEPT_SEED: Final = "The TOTP secret that is kept may be an old one: switch it off, then type the code."
_TYPED_CODE: Final = "Use the next code that your authenticator shows."


@dataclass(frozen=True, slots=True)
class Desk:
    """What a broker brings along. `wait` is in how many seconds its limits let the next attempt through."""

    label: str
    whose: str  # broker and client, for what must not be sent twice
    ask_pin: AskText
    clock: Clock
    attempts: totp.Attempts
    skew: Skew
    wait: Callable[[], float]
    tell: Callable[[TradingError | None], None]  # why it takes long
    send: Callable[[Secret, Secret], Awaitable[Token]]
    tries: int = 1  # of codes that Kunji computes


class PinAndCode:
    """One such sign-in in flight."""

    def __init__(self, credentials: Credentials, desk: Desk) -> None:
        self._extras: Mapping[str, Secret] = credentials.extras
        self._desk = desk
        self._pin = Secret()
        self._asked = ""
        self._given_up = asyncio.Event()

    async def begin(self) -> AskText | Issued:
        """The first question, or the token at once when nothing need be asked."""
        self._check_turn()
        kept = self._extras.get(PIN_FIELD) or Secret()
        if not kept or self._desk.attempts.is_refused(self._desk.whose, kept):
            return self._ask(self._desk.ask_pin)
        self._pin = kept
        return await self._with_pin()

    async def typed(self, text: Secret) -> AskText | Issued:
        """The next question, or the token; raises `InvalidRequest` for what was not asked for or cannot be right."""
        asked, self._asked = self._asked, ""
        if asked == PIN_FIELD:
            if not text:
                raise InvalidRequest("pin: empty", field=PIN_FIELD)
            self._pin = text
            return await self._with_pin()
        if asked != CODE_FIELD:
            raise InvalidRequest("not what was asked for")
        if not _CODE.fullmatch(text.reveal()):
            raise InvalidRequest(f"the code has {totp.DIGITS} digits", field=CODE_FIELD)
        return await self._with_code(text)

    def give_up(self) -> None:
        """Send nothing that was not sent yet."""
        self._given_up.set()

    # ---------------------------------------------------------------- the code

    async def _with_pin(self) -> AskText | Issued:
        seed = self._extras.get(SEED_FIELD)
        return Issued(await self._with_seed(seed)) if seed else self._ask(totp.question(self._desk.label))

    async def _with_code(self, digits: Secret) -> AskText | Issued:
        await self._turn()
        if not await self._desk.attempts.spend(self._desk.whose, digits):
            return self._ask(totp.next_one(self._desk.label))
        try:
            return Issued(await self._sent(digits))
        except BadCredentials as refusal:
            raise self._explained(refusal, _TYPED_CODE, CODE_FIELD) from None

    async def _with_seed(self, seed: Secret) -> Token:
        """At most `tries` codes, one a period; with a clock that is wrong the next one would be no better."""
        for left in reversed(range(self._desk.tries)):
            digits = await self._fresh(seed)
            try:
                return await self._sent(digits)
            except BadCredentials as refusal:
                if not left or refusal.field != CODE_FIELD or self._desk.skew.behind:
                    used = "" if left == self._desk.tries - 1 else f" {self._desk.tries} attempts were used."
                    raise self._explained(refusal, _KEPT_SEED, SEED_FIELD, used) from None
        raise AssertionError("the last try returns or raises")

    async def _fresh(self, seed: Secret) -> Secret:
        """Digits that were never sent: those of now, or of the next period."""
        while True:
            await self._turn()
            digits = totp.code(seed, self._desk.clock.now(), SEED_FIELD)
            if await self._desk.attempts.spend(self._desk.whose, digits):
                return digits
            seconds = totp.until_next(self._desk.clock.now())
            self._desk.tell(_next_code_in(seconds))
            await self._pause(seconds)
            self._desk.tell(None)

    async def _sent(self, digits: Secret) -> Token:
        if self._given_up.is_set():
            raise LoginCancelled
        try:
            return await self._desk.send(self._pin, digits)
        except BadCredentials as refusal:
            if refusal.field not in _NOT_THE_PIN:
                self._desk.attempts.refuse(self._desk.whose, self._pin)
            raise

    # ---------------------------------------------------------------- small parts

    def _ask(self, question: AskText) -> AskText:
        self._asked = question.name
        return question

    def _check_turn(self) -> None:
        """Raise `LoginThrottled` before anything is typed in vain."""
        wait = self._desk.wait()
        if wait > _PATIENCE:
            raise LoginThrottled(
                "held back by Kunji",
                title=tr("{label} asks for a wait between two sign-ins", label=self._desk.label),
                next_step=tr(
                    "Try again in {ceil} s. Nothing was sent, no attempt was used.", ceil=math.ceil(wait - _SLACK)
                ),
                retry_after=wait,
            )

    async def _turn(self) -> None:
        self._check_turn()
        await self._pause(self._desk.wait())

    async def _pause(self, seconds: float) -> None:
        """Wait; raises `LoginCancelled` as soon as it is given up."""
        if seconds <= 0:
            return
        waiting = asyncio.ensure_future(self._desk.clock.sleep(seconds))
        giving_up = asyncio.ensure_future(self._given_up.wait())
        try:
            await asyncio.wait({waiting, giving_up}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            giving_up.cancel()
            await asyncio.gather(waiting, giving_up, return_exceptions=True)
        if self._given_up.is_set():
            raise LoginCancelled

    def _explained(self, refusal: BadCredentials, of_code: str, field: str, used: str = "") -> BadCredentials:
        """The refusal with what to do about it (design section 10)."""
        used = used or f" {_ONE_USED}"
        if refusal.field == CODE_FIELD:
            return _again(refusal, f"{self._desk.skew.words or of_code}{used}", field)
        if refusal.field in _NOT_THE_PIN:
            return refusal
        kept = self._pin == self._extras.get(PIN_FIELD)
        return _again(refusal, f"{_KEPT_PIN if kept else _TYPED_PIN}{used}", refusal.field)


def _next_code_in(seconds: float) -> LoginThrottled:
    return LoginThrottled(
        title=tr("This code was sent before, and a code works once"),
        next_step=tr("The next one is sent in {ceil} s.", ceil=math.ceil(seconds)),
        retry_after=seconds,
    )


def _again(refusal: BadCredentials, next_step: str, field: str) -> BadCredentials:
    return BadCredentials(
        refusal.detail, title=refusal.title, next_step=next_step, broker_code=refusal.broker_code, field=field
    )
