"""Signing in at Zerodha as steps: open Kite's page, take the redirect or what was pasted, exchange it (section 2).

Kite knows no OAuth state: a nonce in `redirect_params`, which Kite hands back, is the only proof that a redirect
belongs to the sign-in that was started here.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from app.brokers import landing
from app.brokers.base import Issued, OpenPage, Pasted, Redirected, SignIn, Step, StepAnswer, Typed, wrong_account
from app.brokers.frameless import frameless
from app.brokers.session import demand
from app.brokers.zerodha.client import root_of
from app.brokers.zerodha.mapping import moment
from app.brokers.zerodha.rows import must_be_object, text
from app.brokers.zerodha.spec import DEFAULT_REDIRECT, REDIRECT_FIELD, SPEC, token_dies
from app.domain import (
    Clock,
    Credentials,
    InvalidRequest,
    LoginCancelled,
    LoginForged,
    Secret,
    Token,
)

LOGIN_ROOT: Final = "https://kite.zerodha.com"
_NONCE: Final = "state"
_NONCE_BYTES: Final = 32
_BARE_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{6,256}")

Exchange = Callable[[Secret, Secret], Awaitable[Any]]
"""Request token and checksum in, Kite's data out."""


class ZerodhaSignIn(SignIn):
    """One sign-in in flight."""

    def __init__(self, credentials: Credentials, exchange: Exchange, clock: Clock, base_url: str | None) -> None:
        self._credentials = credentials
        self._exchange = exchange
        self._clock = clock
        self._page = root_of(base_url, LOGIN_ROOT) + "/connect/login"
        self._nonce = secrets.token_urlsafe(_NONCE_BYTES)
        self._used = False
        self._admitted: Secret | None = None  # the request token of the redirect that was let through

    @frameless
    async def advance(self, answer: StepAnswer) -> Step:
        """See `SignIn.advance`."""
        if answer is None:
            return self._open()
        if isinstance(answer, Typed):  # Kite's page asks for everything itself
            raise InvalidRequest("nothing is typed here: the sign-in happens on the broker's page")
        request_token = self._redirected(answer.query) if isinstance(answer, Redirected) else self._pasted(answer)
        return Issued(await self._issue(request_token))

    def check(self, query: Mapping[str, str]) -> None:
        """Let one redirect of this sign-in through, once; see `OpenPage.check`."""
        if self._used or not self._is_ours(query):
            raise LoginForged("a redirect that this sign-in did not start")
        self._used = True
        self._admitted = _request_token(query)

    def _open(self) -> OpenPage:
        demand(self._credentials, "api_key", "api_secret")
        redirect_url = landing.redirect_url(self._credentials, REDIRECT_FIELD, DEFAULT_REDIRECT)
        self._nonce, self._used, self._admitted = secrets.token_urlsafe(_NONCE_BYTES), False, None
        query = {
            "api_key": self._credentials.api_key.reveal(),
            "v": "3",
            "redirect_params": urlencode({_NONCE: self._nonce}),
        }
        return OpenPage(f"{self._page}?{urlencode(query)}", redirect_url, self.check)

    def _is_ours(self, query: Mapping[str, str]) -> bool:
        return hmac.compare_digest(query.get(_NONCE, "").encode(), self._nonce.encode())

    def _redirected(self, query: Mapping[str, str]) -> Secret:
        """The request token of a redirect; one that `check` let through passes here once more, and then never."""
        if self._admitted is None:
            self.check(query)
        elif not self._is_ours(query) or Secret(query.get("request_token", "")) != self._admitted:
            raise LoginForged("not the redirect that was let through")
        return self._take()

    def _pasted(self, answer: Pasted) -> Secret:
        """The request token in what the user pasted: bare, or inside the address of the page that was landed on.

        An address that brings redirect parameters must bring ours; a bare token is the user's own deed.
        """
        pasted = answer.text.strip()
        if _BARE_TOKEN.fullmatch(pasted):
            return Secret(pasted)
        query = landing.pasted_query(pasted)
        if _NONCE in query and not self._is_ours(query):
            raise LoginForged("the address belongs to another sign-in")
        if "request_token" not in query and "status" not in query:
            raise InvalidRequest("no request token in what was pasted", field="pasted")
        return _request_token(query)

    def _take(self) -> Secret:
        if self._admitted is None:
            raise LoginForged("used before")
        token, self._admitted = self._admitted, None
        return token

    async def _issue(self, request_token: Secret) -> Token:
        """Exchange; the request token is good for one try and is never tried again."""
        keys = self._credentials
        parts = (keys.api_key, request_token, keys.api_secret)
        checksum = hashlib.sha256("".join(part.reveal() for part in parts).encode()).hexdigest()
        asked_at = self._clock.now()
        row = must_be_object(await self._exchange(request_token, Secret(checksum)), "session")
        token = Secret(text(row, "access_token"))
        client_id = text(row, "user_id")
        if keys.client_id and keys.client_id.casefold() != client_id.casefold():
            raise wrong_account(SPEC, client_id, keys.client_id)
        issued_at = _issued_at(row, asked_at)
        return Token(token, client_id, issued_at, token_dies(issued_at))


def _issued_at(row: Mapping[str, Any], asked_at: datetime) -> datetime:
    return moment(row.get("login_time")) or asked_at


def _request_token(query: Mapping[str, str]) -> Secret:
    """The token of a redirect that succeeded; what Kite sends on a cancel is not documented, so all else is one."""
    token = query.get("request_token", "")
    if not token or query.get("status") != "success":
        raise LoginCancelled("the page came back without a sign-in")
    return Secret(token)
