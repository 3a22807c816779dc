"""Signing in at Fyers as steps: open the page, take the redirect or what was pasted, exchange it (section 2).

In the redirect `code` is a mere result number; the grant is in `auth_code`, good for 300 seconds and one try.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from app.brokers import landing
from app.brokers.base import Issued, OpenPage, Pasted, Redirected, SignIn, Step, StepAnswer, wrong_account
from app.brokers.frameless import frameless
from app.brokers.fyers import jwt, mapping
from app.brokers.fyers.client import ROOTS, FyersClient, Keys
from app.brokers.fyers.rows import success
from app.brokers.fyers.spec import DEFAULT_REDIRECT, REDIRECT_FIELD, SPEC, token_dies
from app.brokers.http import rooted
from app.brokers.rows import text
from app.brokers.session import demand
from app.domain import (
    BadCredentials,
    Clock,
    Credentials,
    InvalidRequest,
    LoginCancelled,
    LoginForged,
    NoAnswer,
    Secret,
    SessionExpired,
    Token,
)

_STATE_BYTES: Final = 32
_BARE_CODE: Final = re.compile(r"[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]+")  # a JWT
_LONGEST_CODE: Final = 4096


class FyersSignIn(SignIn):
    """One sign-in in flight."""

    def __init__(self, credentials: Credentials, client: FyersClient, clock: Clock, base_url: str | None) -> None:
        self._credentials = credentials
        self._client = client
        self._clock = clock
        self._page = rooted(base_url, ROOTS["api"]) + "/generate-authcode"
        self._state = ""
        self._used = True  # until the page is opened there is nothing to come back from
        self._admitted: Secret | None = None  # the auth_code of the redirect that was let through

    @frameless
    async def advance(self, answer: StepAnswer) -> Step:
        """See `SignIn.advance`."""
        if answer is None:
            return self._open()
        if isinstance(answer, Redirected):
            return Issued(await self._issue(self._redirected(answer.query)))
        if isinstance(answer, Pasted):
            return Issued(await self._issue(self._pasted(answer.text.strip())))
        raise InvalidRequest("nothing was asked that could be typed")

    def check(self, query: Mapping[str, str]) -> None:
        """Let one redirect of this sign-in through, once; see `OpenPage.check`."""
        if self._used or not self._is_ours(query):
            raise LoginForged("a redirect that this sign-in did not start")
        self._used = True
        self._admitted = _auth_code(query)

    def _open(self) -> OpenPage:
        demand(self._credentials, "api_key", "api_secret")
        redirect_url = landing.redirect_url(self._credentials, REDIRECT_FIELD, DEFAULT_REDIRECT)
        self._state, self._used, self._admitted = secrets.token_urlsafe(_STATE_BYTES), False, None
        query = {
            "client_id": self._credentials.api_key.reveal(),
            "redirect_uri": redirect_url,
            "response_type": "code",
            "state": self._state,
        }
        return OpenPage(f"{self._page}?{urlencode(query)}", redirect_url, self.check)

    def _is_ours(self, query: Mapping[str, str]) -> bool:
        return bool(self._state) and hmac.compare_digest(query.get("state", "").encode(), self._state.encode())

    def _redirected(self, query: Mapping[str, str]) -> Secret:
        """The auth_code of a redirect; one that `check` let through passes here once more, and then never."""
        if self._admitted is None:
            self.check(query)
        elif not self._is_ours(query) or Secret(query.get("auth_code", "")) != self._admitted:
            raise LoginForged("not the redirect that was let through")
        return self._take()

    def _pasted(self, pasted: str) -> Secret:
        """The auth_code in what the user pasted: the address that was landed on, or bare, which is his own deed."""
        if len(pasted) <= _LONGEST_CODE and _BARE_CODE.fullmatch(pasted):
            return Secret(pasted)
        query = landing.pasted_query(pasted)
        if "auth_code" not in query and "s" not in query:
            raise InvalidRequest("no auth_code in what was pasted", field="pasted")
        if not self._is_ours(query):
            raise LoginForged("the address belongs to another sign-in")
        return _auth_code(query)

    def _take(self) -> Secret:
        if self._admitted is None:
            raise LoginForged("used before")
        code, self._admitted = self._admitted, None
        return code

    async def _issue(self, auth_code: Secret) -> Token:
        """Exchange; whatever comes of it, the auth_code is never tried again."""
        keys, asked_at = self._credentials, self._clock.now()
        answer = success(await self._client.validate_authcode(auth_code, _app_id_hash(keys)))
        token = Secret(text(answer, "access_token"))
        client_id = jwt.client_id(token) or await self._owner(Keys(keys.api_key, token))
        if keys.client_id and keys.client_id.casefold() != client_id.casefold():
            raise wrong_account(SPEC, client_id, keys.client_id)
        return Token(token, client_id, asked_at, jwt.expires_at(token) or token_dies(asked_at))

    async def _owner(self, keys: Keys) -> str:
        """Whose token it is when it does not say so itself.

        An issued token is not lost to a network fault: it counts as ours until the profile says otherwise.
        """
        try:
            return mapping.profile(await self._client.profile(keys)).client_id
        except SessionExpired as error:
            raise BadCredentials(f"the new token was not taken: {error.detail}") from None
        except NoAnswer:
            if not self._credentials.client_id:
                raise
            return self._credentials.client_id


def _app_id_hash(keys: Credentials) -> str:
    """`appIdHash`: lower-case hex SHA-256 of "APPID:SECRET", the App ID with its suffix."""
    return hashlib.sha256(f"{keys.api_key.reveal()}:{keys.api_secret.reveal()}".encode()).hexdigest()


def _auth_code(query: Mapping[str, str]) -> Secret:
    """The grant of a redirect that succeeded; a failed one says why in `message`."""
    code = query.get("auth_code", "")
    if not code or query.get("s") != "ok":
        reason = f"{query.get('code', '')} {query.get('message', '')}".strip()
        raise LoginCancelled(reason or "the page came back without a sign-in")
    return Secret(code)
