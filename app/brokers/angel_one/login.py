"""Signing in at Angel One as steps: PIN, six digits, three tokens (section 2, flow A). No browser, no page.

PIN and code are asked for, unless the user chose to keep the PIN or the secret that makes the codes.
"""

import re
from typing import Final

from app.brokers import totp
from app.brokers.angel_one import mapping
from app.brokers.angel_one.client import AngelClient, Keys, bare
from app.brokers.angel_one.rows import text_or
from app.brokers.angel_one.spec import FEED_FIELD, PIN_FIELD, REFRESH_FIELD, SPEC, TOTP_FIELD, token_dies
from app.brokers.base import AskText, Issued, SignIn, Step, StepAnswer, Typed, wrong_account
from app.brokers.rows import Row, an_object, text
from app.domain import (
    BadCredentials,
    Clock,
    Credentials,
    InvalidRequest,
    NoAnswer,
    Secret,
    Token,
    WireSurprise,
)

_CODE: Final = re.compile(rf"\d{{{totp.DIGITS}}}", re.ASCII)
_WRONG_CODE: Final = "AB1050"
_ASK_PIN: Final = AskText("pin", "PIN", hint="The PIN of the Angel One app, not a web password")
_ASK_CODE: Final = AskText(
    "totp",
    "Code",
    hint="The 6 digits of your authenticator for Angel One",
    digits=totp.DIGITS,
    period=totp.PERIOD,
)
_NOT_OUR_CODES: Final = (
    "The code that Kunji computed was refused twice. Check this computer's clock, then the TOTP secret; or empty it and"
    " type the code yourself. Nothing was stored."
)


class AngelSignIn(SignIn):
    """One sign-in in flight."""

    def __init__(self, credentials: Credentials, client: AngelClient, clock: Clock) -> None:
        self._credentials = credentials
        self._client = client
        self._clock = clock
        self._pin = Secret()
        self._waits_for: AskText | None = None

    async def advance(self, answer: StepAnswer) -> Step:
        """See `SignIn.advance`."""
        waited_for, self._waits_for = self._waits_for, None
        if answer is None:
            return await self._begin()
        if not isinstance(answer, Typed) or waited_for is None:
            raise InvalidRequest("not what was asked for")
        if waited_for is _ASK_CODE:
            return Issued(await self._with_typed(answer.text))
        if not answer.text:
            raise InvalidRequest("pin: empty", field=PIN_FIELD)
        self._pin = answer.text
        return await self._with_pin()

    async def _begin(self) -> Step:
        self._check_form()
        self._pin = self._credentials.extras.get(PIN_FIELD) or Secret()
        return await self._with_pin() if self._pin else self._ask(_ASK_PIN)

    async def _with_pin(self) -> Step:
        seed = self._credentials.extras.get(TOTP_FIELD)
        return Issued(await self._with_seed(seed)) if seed else self._ask(_ASK_CODE)

    def _ask(self, question: AskText) -> Step:
        self._waits_for = question
        return question

    def _check_form(self) -> None:
        if not self._credentials.api_key:
            raise InvalidRequest("api_key: empty", field="api_key")
        if not self._credentials.client_id:
            raise InvalidRequest("client_id: Angel One's sign-in needs it", field="client_id")

    # ---------------------------------------------------------------- the login itself

    async def _with_typed(self, code: Secret) -> Token:
        if not _CODE.fullmatch(code.reveal()):
            raise InvalidRequest("the code has 6 digits", field="totp")
        return await self._token(await self._login(code))

    async def _with_seed(self, seed: Secret) -> Token:
        """One try, and after a refused code one more in the next 30 seconds, never a loop (section 2.3)."""
        try:
            row = await self._login(totp.code(seed, self._clock.now(), TOTP_FIELD))
        except BadCredentials as refusal:
            if refusal.broker_code != _WRONG_CODE:
                raise
            row = await self._again(seed)
        return await self._token(row)

    async def _again(self, seed: Secret) -> Row:
        await self._clock.sleep(totp.until_next(self._clock.now()))
        try:
            return await self._login(totp.code(seed, self._clock.now(), TOTP_FIELD))
        except BadCredentials as refusal:
            if refusal.broker_code != _WRONG_CODE:
                raise
            raise BadCredentials(
                refusal.detail,
                title=refusal.title,
                next_step=_NOT_OUR_CODES,
                broker_code=_WRONG_CODE,
                field=TOTP_FIELD,
            ) from None

    async def _login(self, code: Secret) -> Row:
        keys = Keys(self._credentials.api_key)
        return an_object(await self._client.login(keys, self._credentials.client_id, self._pin, code), "session")

    async def _token(self, row: Row) -> Token:
        access_token = bare(Secret(text(row, "jwtToken")))
        if not access_token:
            raise WireSurprise("a sign-in without a token")
        named = {REFRESH_FIELD: text_or(row, "refreshToken"), FEED_FIELD: text_or(row, "feedToken")}
        issued_at = self._clock.now()
        return Token(
            access_token,
            await self._owner(access_token),
            issued_at,
            token_dies(issued_at),
            {name: Secret(value) for name, value in named.items() if value},
        )

    async def _owner(self, access_token: Secret) -> str:
        """Whose session it is; raises `WrongAccount` unless it is the client's that was signed in.

        The token is issued: when nobody answers now, it is kept, and asked about again where it is first used.
        """
        expected = self._credentials.client_id
        try:
            answer = await self._client.profile_once(Keys(self._credentials.api_key, access_token))
            found = mapping.profile(answer).client_id
        except NoAnswer:
            return expected
        if found.casefold() != expected.casefold():
            raise wrong_account(SPEC, found, expected)
        return found
