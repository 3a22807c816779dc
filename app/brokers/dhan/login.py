"""Signing in at Dhan as steps (section 2): the consent page in the browser, or PIN and code, or a token that is pasted.

Which of them it is, what the account keeps decides: a kept PIN, then App id and secret, then a token that was made on
Dhan's own page and is to be followed by another such one; with nothing of all that PIN and code are asked for.

Dhan knows no state: what ties a redirect to this sign-in is the secret path of the redirect URL, that only this sign-in
waits there, and that the token must be the configured client's. A token id that Dhan refuses never ends the sign-in.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from app.brokers import landing
from app.brokers.base import (
    AskText,
    BrokerPorts,
    Issued,
    OpenPage,
    Pasted,
    Redirected,
    SignIn,
    Step,
    StepAnswer,
    Typed,
    wrong_account,
)
from app.brokers.dhan import jwt
from app.brokers.dhan.client import ROOTS, DhanClient
from app.brokers.dhan.spec import DEFAULT_REDIRECT, KEY, LIFETIME, PIN_FIELD, PORTAL, REDIRECT_FIELD, SPEC
from app.brokers.frameless import frameless
from app.brokers.http import rooted
from app.brokers.pin_and_code import Desk, PinAndCode
from app.brokers.rows import Row, an_object, text
from app.brokers.session import demand
from app.brokers.totp import Attempts
from app.domain import (
    IST,
    BadCredentials,
    Credentials,
    InvalidRequest,
    LoginForged,
    LoginThrottled,
    Secret,
    Token,
    WireSurprise,
)
from app.domain.tongue import tr

_TOKEN_ID_NAMES: Final = ("tokenId", "token_id", "token")  # the first is documented (section 2.2)
_TOKEN_ID: Final = re.compile(r"[A-Za-z0-9._~-]{1,512}")
_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9]{1,32}")
_PATIENCE: Final = 15.0  # seconds until a consent may be opened that are waited for without a word
_ASK_PIN: Final = AskText(PIN_FIELD, "PIN", hint="The 6 digits you sign in with at Dhan")
_ASK_TOKEN: Final = AskText(
    "access_token", "Access token", hint="Make one on Dhan's page, under Access DhanHQ APIs, and copy it here"
)


class DhanSignIn(SignIn):
    """One sign-in in flight."""

    def __init__(self, credentials: Credentials, client: DhanClient, ports: BrokerPorts, attempts: Attempts) -> None:
        self._credentials = credentials
        self._client = client
        self._clock = ports.clock
        self._page = rooted(ports.base_url, ROOTS["auth"]) + "/login/consentApp-login"
        self._step: Step | None = None
        desk = Desk(
            label=SPEC.label,
            whose=f"{KEY} {credentials.client_id}",
            ask_pin=_ASK_PIN,
            clock=ports.clock,
            attempts=attempts,
            skew=client.skew,
            wait=client.wait_for_token,
            tell=lambda trouble: self.tell(trouble),  # noqa: PLW0108 - it is set after this
            send=self._with_pin,
        )
        self._pin_and_code = PinAndCode(credentials, desk) if self._signs_in_by_pin() else None

    @frameless
    async def advance(self, answer: StepAnswer) -> Step:
        """See `SignIn.advance`."""
        if answer is None:
            self._step = await self._begin()
            return self._step
        if isinstance(answer, Typed):
            by_pin = self._pin_and_code
            return await by_pin.typed(answer.text) if by_pin else Issued(self._own(answer.text))
        if isinstance(answer, Pasted):
            return await self._pasted(answer.text.strip())
        return await self._redirected(answer)

    def give_up(self) -> None:
        """See `SignIn.give_up`."""
        if self._pin_and_code is not None:
            self._pin_and_code.give_up()

    def check(self, query: Mapping[str, str]) -> None:
        """Let a redirect through that brings a token id; see `OpenPage.check`.

        What Dhan sends on a cancel is not documented, so nothing else ends the wait.
        """
        if not self._asks_consent() or _token_id(query) is None:
            raise LoginForged("a redirect without a token id")

    # ---------------------------------------------------------------- beginning

    async def _begin(self) -> Step:
        """The page, a question, or a token at once: as much as the user has given for it."""
        if self._pin_and_code is not None:
            self._client_id()
            return await self._pin_and_code.begin()
        if not self._asks_consent():  # nothing but a token made at Dhan can help: its page, and a paste
            return OpenPage(PORTAL, "", self.check, brings=_ASK_TOKEN)
        redirect_url = landing.redirect_url(self._credentials, REDIRECT_FIELD, DEFAULT_REDIRECT)
        page = f"{self._page}?{urlencode({'consentAppId': await self._consent()})}"
        return OpenPage(page, redirect_url, self.check, stateless=True)

    def _signs_in_by_pin(self) -> bool:
        if self._credentials.extras.get(PIN_FIELD):
            return True
        return not self._asks_consent() and not jwt.Claims(self._credentials.access_token).is_renewable

    def _asks_consent(self) -> bool:
        return bool(self._credentials.api_key or self._credentials.api_secret)

    async def _consent(self) -> str:
        demand(self._credentials, "api_key", "api_secret")
        self._check_day()
        keys = self._credentials
        row = an_object(
            await self._client.generate_consent(self._client_id(), keys.api_key, keys.api_secret), "consent"
        )
        if row.get("status") != "success":
            raise WireSurprise("no consent was opened")
        return text(row, "consentAppId")

    def _check_day(self) -> None:
        """Raise `LoginThrottled` when Kunji has opened as many sign-ins as it does in 24 hours (section 2.2)."""
        wait = self._client.wait_for_consent()
        if wait > _PATIENCE:
            again = (self._clock.now() + timedelta(seconds=wait)).astimezone(IST)
            raise LoginThrottled(
                "held back by Kunji",
                title=tr("Dhan opens 25 sign-ins a day, and they are almost used up"),
                next_step=tr(
                    "Use a token from web.dhan.co, or try again from {again:%H:%M on %d %b}. Nothing was sent.",
                    again=again,
                ),
                retry_after=wait,
            )

    def _client_id(self) -> str:
        client_id = self._credentials.client_id
        if not _CLIENT_ID.fullmatch(client_id):
            raise InvalidRequest("client_id: Dhan's sign-in needs it", field="client_id")
        return client_id

    # ---------------------------------------------------------------- ending

    async def _redirected(self, answer: Redirected) -> Step:
        self.check(answer.query)
        token_id = _token_id(answer.query)
        if token_id is None or self._step is None:
            raise LoginForged("a redirect before the page was opened")
        return await self._consumed(token_id)

    async def _pasted(self, pasted: str) -> Step:
        """What the user pasted: a token made at Dhan, a token id, or the address of the page that was landed on."""
        if jwt.is_jwt(Secret(pasted)):
            return Issued(self._own(Secret(pasted)))
        query = landing.pasted_query(pasted)
        token_id = _token_id(query) or (Secret(pasted) if _TOKEN_ID.fullmatch(pasted) else None)
        if token_id is None or self._step is None or not self._asks_consent():
            raise InvalidRequest("no token in what was pasted", field="pasted")
        return await self._consumed(token_id)

    async def _consumed(self, token_id: Secret) -> Step:
        """Exchange; a token id is good for one try. One that Dhan refuses was not ours: the page is waited for anew."""
        keys = self._credentials
        try:
            answer = await self._client.consume_consent(token_id, keys.api_key, keys.api_secret)
        except BadCredentials:
            if self._step is None:
                raise
            return self._step
        return Issued(self._issued(an_object(answer, "token")))

    async def _with_pin(self, pin: Secret, code: Secret) -> Token:
        answer = await self._client.generate_access_token(self._client_id(), pin, code)
        return self._issued(an_object(answer, "token"))

    def _issued(self, row: Row) -> Token:
        token = issued(row, self._clock.now())
        self._check_client(token.client_id)
        return token

    def _own(self, pasted: Secret) -> Token:
        """A token made on Dhan's page, as far as it speaks for itself."""
        if not jwt.is_jwt(pasted):
            raise InvalidRequest("no token in what was typed", field="access_token")
        claims = jwt.Claims(pasted)
        self._check_client(claims.client_id)
        now = self._clock.now()
        client_id = claims.client_id or self._credentials.client_id
        return Token(pasted, client_id, now, claims.expires_at or now + LIFETIME)

    def _check_client(self, client_id: str) -> None:
        expected = self._credentials.client_id
        if expected and client_id and client_id != expected:
            raise wrong_account(SPEC, client_id, expected)


def issued(row: Row, now: datetime) -> Token:
    """The token in an answer of the auth host or of RenewToken; its death is the earliest that anybody names."""
    token = Secret(text(row, "accessToken"))
    named = [death for death in (_expiry(row.get("expiryTime")), jwt.Claims(token).expires_at) if death is not None]
    return Token(token, text(row, "dhanClientId"), now, min(named) if named else now + LIFETIME)


def _expiry(value: object) -> datetime | None:
    """Indian time without an offset, with or without thousandths (section 2.5)."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=IST)


def _token_id(query: Mapping[str, str]) -> Secret | None:
    found = next((query[name] for name in _TOKEN_ID_NAMES if query.get(name)), "")
    return Secret(found) if _TOKEN_ID.fullmatch(found) else None
