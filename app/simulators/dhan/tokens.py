"""Consents, token ids and access tokens (section 2): one live token a client, 24 hours long."""

import base64
import hmac
import json
import secrets
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from app.domain import IST, Clock
from app.simulators import totp
from app.simulators.dhan.errors import Refusals
from app.simulators.dhan.people import DhanUser

LIFE: Final = timedelta(hours=24)
CONSENTS_A_DAY: Final = 25
_BETWEEN_MINTS: Final = timedelta(minutes=2)
Consumer = Literal["SELF", "APP"]
"""Made on the broker's own pages (renewable), or by an app (section 2.5)."""


class Dead(Exception):
    """A token that is not alive; `expired` when it died of age."""

    def __init__(self, *, expired: bool) -> None:
        super().__init__("dead token")
        self.expired = expired


@dataclass(slots=True)
class Login:
    """One client and the token that lives for him."""

    user: DhanUser
    redirect_url: str
    token: str = field(default="", repr=False)
    dies_at: datetime | None = None
    consumer: Consumer = "APP"
    minted_at: datetime | None = None
    used_codes: set[str] = field(default_factory=set, repr=False)


class Desk:
    """Issues and checks tokens."""

    def __init__(self, clock: Clock, users: Sequence[DhanUser]) -> None:
        self._clock = clock
        self._consents: dict[str, Login] = {}
        self._token_ids: dict[str, Login] = {}
        self._consent_counts: Counter[tuple[str, str]] = Counter()
        self.logins = {user.client_id: Login(user, user.redirect_url) for user in users}

    def generate_consent(self, client_id: str, app_id: str, app_secret: str) -> str:
        """Step 1 of flow B: the id that the login page is opened with."""
        login = self._app(app_id, app_secret)
        if login.user.client_id != client_id:
            raise Refusals.wrong_app()
        today = (client_id, f"{self._clock.now().astimezone(IST):%F}")
        if self._consent_counts[today] >= CONSENTS_A_DAY:
            raise Refusals.consent_limit()
        self._consent_counts[today] += 1
        consent = str(uuid.uuid4())
        self._consents[consent] = login
        return consent

    def asked(self, consent: str) -> Login | None:
        """Whose login a consent is for, while it is open."""
        return self._consents.get(consent)

    def grant(self, consent: str) -> str:
        """Step 2: the person signed in. A tokenId, once; the consent is used up. KeyError for a stranger."""
        return self.token_id(self._consents.pop(consent).user.client_id)

    def token_id(self, client_id: str) -> str:
        """A tokenId for one exchange."""
        token_id = str(uuid.uuid4())
        self._token_ids[token_id] = self.logins[client_id]
        return token_id

    def consume(self, token_id: str, app_id: str, app_secret: str) -> Login:
        """Step 3: the tokenId becomes an access token."""
        login = self._app(app_id, app_secret)
        if self._token_ids.get(token_id) is not login:
            raise Refusals.bad_token_id()
        del self._token_ids[token_id]
        self.issue(login)
        return login

    def with_code(self, client_id: str, pin: str, code: str) -> Login:
        """Flow C: PIN and authenticator code, each code once, one token in two minutes (section 2.3)."""
        login, now = self.logins.get(client_id), self._clock.now()
        if login is None or not hmac.compare_digest(login.user.pin.encode(), pin.encode()):
            raise Refusals.login("Invalid Pin")
        if login.minted_at is not None and now - login.minted_at < _BETWEEN_MINTS:
            raise Refusals.login("Token can be generated once every 2 minutes")
        if code in login.used_codes or code not in self._codes(login, now):
            raise Refusals.login("Invalid TOTP")
        login.used_codes = {code} | (login.used_codes & set(self._codes(login, now)))
        login.minted_at = now
        self.issue(login)
        return login

    def renew(self, token: str, client_id: str) -> Login:
        """A new token for a living one of the broker's own pages; the old one dies at once (section 2.4)."""
        login = self.check(token)
        if client_id != login.user.client_id:
            raise Refusals.bad_input()
        if login.consumer != "SELF":
            raise Refusals.bad_input("Token cannot be renewed")  # the real words are not known (section 15)
        self.issue(login, "SELF")
        return login

    def issue(self, login: Login, consumer: Consumer = "APP") -> str:
        """A new access token in place of any other of this client."""
        now = self._clock.now()
        login.dies_at, login.consumer = now + LIFE, consumer
        login.token = _jwt(login, now)
        return login.token

    def end(self, login: Login) -> None:
        """The token is dead from now on."""
        login.token, login.dies_at = "", None

    def check(self, token: str) -> Login:
        """Under whom `token` is alive; raises `Dead`."""
        for login in self.logins.values():
            if token and hmac.compare_digest(login.token.encode(), token.encode()):
                if login.dies_at is None or self._clock.now() >= login.dies_at:
                    raise Dead(expired=True)
                return login
        raise Dead(expired=False)

    def _app(self, app_id: str, app_secret: str) -> Login:
        for login in self.logins.values():
            same = hmac.compare_digest(login.user.api_secret.encode(), app_secret.encode())
            if login.user.api_key == app_id and same:
                return login
        raise Refusals.wrong_app()

    def _codes(self, login: Login, now: datetime) -> tuple[str, ...]:
        """What is taken now: this window's digits and those of the one before."""
        return tuple(totp.code(login.user.totp_seed, now - timedelta(seconds=ago)) for ago in (0, totp.STEP))


def _jwt(login: Login, now: datetime) -> str:
    """Header, claims, and noise for a signature (section 2.5)."""
    assert login.dies_at is not None  # noqa: S101 - the caller has just set it
    claims: dict[str, object] = {
        "iss": "dhan",
        "partnerId": "",
        "exp": int(login.dies_at.timestamp()),
        "iat": int(now.timestamp()),
        "tokenConsumerType": login.consumer,
        "dhanClientId": login.user.client_id,
        "userRegion": "IN",
    }
    if login.consumer == "SELF":
        claims["webhookUrl"] = ""
    parts = (json.dumps(part).encode() for part in ({"typ": "JWT", "alg": "HS512"}, claims))
    return ".".join([*(_base64(part) for part in parts), _base64(secrets.token_bytes(64))])


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
