"""Signing in at Angel One as steps: PIN, six digits, three tokens (section 2, flow A). No browser, no page.

PIN and code are asked for, unless the user chose to keep the PIN or the secret that makes the codes.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from app.brokers.angel_one import mapping
from app.brokers.angel_one.client import AngelClient, Keys, bare
from app.brokers.angel_one.rows import text_or
from app.brokers.angel_one.spec import FEED_FIELD, KEY, PIN_FIELD, REFRESH_FIELD, SPEC, token_dies
from app.brokers.base import AskText, SignIn, Step, StepAnswer, Typed, wrong_account
from app.brokers.frameless import frameless
from app.brokers.pin_and_code import Desk, PinAndCode
from app.brokers.rows import Row, an_object, text
from app.brokers.totp import Attempts
from app.domain import (
    BadCredentials,
    Clock,
    Credentials,
    InvalidRequest,
    Secret,
    SessionExpired,
    Token,
    TradingError,
    WireSurprise,
)

_ASK_PIN: Final = AskText(PIN_FIELD, "PIN", hint="The PIN of the Angel One app, not a web password")
_TRIES: Final = 2  # of computed codes: one more in the next 30 seconds, never a loop (section 2.3)


class AngelSignIn(SignIn):
    """One sign-in in flight."""

    def __init__(self, credentials: Credentials, client: AngelClient, clock: Clock, attempts: Attempts) -> None:
        self._credentials = credentials
        self._client = client
        self._clock = clock
        desk = Desk(
            label=SPEC.label,
            whose=f"{KEY} {credentials.client_id.casefold()}",
            ask_pin=_ASK_PIN,
            clock=clock,
            attempts=attempts,
            skew=client.skew,
            wait=client.wait_for_login,
            tell=lambda trouble: self.tell(trouble),  # noqa: PLW0108 - it is set after this
            send=self._signed_in,
            tries=_TRIES,
        )
        self._pin_and_code = PinAndCode(credentials, desk)

    @frameless
    async def advance(self, answer: StepAnswer) -> Step:
        """See `SignIn.advance`."""
        if answer is None:
            self._check_form()
            return await self._pin_and_code.begin()
        if not isinstance(answer, Typed):
            raise InvalidRequest("not what was asked for")
        return await self._pin_and_code.typed(answer.text)

    def give_up(self) -> None:
        """See `SignIn.give_up`."""
        self._pin_and_code.give_up()

    def _check_form(self) -> None:
        if not self._credentials.api_key:
            raise InvalidRequest("api_key: empty", field="api_key")
        if not self._credentials.client_id:
            raise InvalidRequest("client_id: Angel One's sign-in needs it", field="client_id")

    # ---------------------------------------------------------------- the login itself

    async def _signed_in(self, pin: Secret, code: Secret) -> Token:
        keys = Keys(self._credentials.api_key)
        return await self._token(
            an_object(await self._client.login(keys, self._credentials.client_id, pin, code), "session")
        )

    async def _token(self, row: Row) -> Token:
        token = issued(row, self._credentials.client_id, self._clock.now())
        return replace(token, client_id=await self._owner(token.access_token))

    async def _owner(self, access_token: Secret) -> str:
        """Whose session it is; raises `WrongAccount` unless it is the client's that was signed in.

        The token is issued: unless the broker says no to it, it is kept, and asked about again where it is first used.
        """
        expected = self._credentials.client_id
        try:
            answer = await self._client.profile_once(Keys(self._credentials.api_key, access_token))
            found = mapping.profile(answer).client_id
        except (SessionExpired, BadCredentials):
            raise
        except TradingError:
            return expected
        if found.casefold() != expected.casefold():
            raise wrong_account(SPEC, found, expected)
        return found


def issued(row: Row, client_id: str, now: datetime) -> Token:
    """The three tokens in an answer to a sign-in or to a refresh; its `exp` is years ahead and never read."""
    access_token = bare(Secret(text(row, "jwtToken")))
    if not access_token:
        raise WireSurprise("a session without a token")
    named = {REFRESH_FIELD: text_or(row, "refreshToken"), FEED_FIELD: text_or(row, "feedToken")}
    extras = {name: Secret(value) for name, value in named.items() if value}
    return Token(access_token, client_id, now, token_dies(now), extras)
