"""Logins, the three tokens of each, and how they die (section 2)."""

import base64
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final

from app.domain import IST, Clock
from app.simulators import totp
from app.simulators.angel_one.errors import Refusals, standard
from app.simulators.angel_one.people import AngelOneUser

_PIN_LENGTH: Final = 4
_LONG: Final = timedelta(days=3 * 365)


@dataclass(slots=True)
class Tokens:
    """What one login gave."""

    jwt: str = field(repr=False)
    refresh: str = field(repr=False)
    feed: str = field(repr=False)
    dies_at: datetime


@dataclass(slots=True)
class Login:
    """One client and the sessions that live for him, newest last."""

    user: AngelOneUser
    sessions: list[Tokens] = field(default_factory=list, repr=False)
    at: datetime | None = None
    death: str = "AG8001"  # the code of a token that was ended from outside


class Desk:
    """Issues and checks tokens."""

    def __init__(self, clock: Clock, users: Sequence[AngelOneUser]) -> None:
        self._clock = clock
        self.logins = {user.client_id: Login(user) for user in users}
        self.several = False  # whether a login leaves the older ones alive: the sources contradict each other
        self.lingers = False  # whether tokens survive a logout, as users report (section 2.1)

    def log_in(self, body: Mapping[str, object]) -> Tokens:
        """PIN and authenticator code; raises the refusal."""
        client, pin, code = (str(body.get(name) or "") for name in ("clientcode", "password", "totp"))
        login = self.logins.get(client)
        if login is None:
            raise standard("AB1032", "User Not Found")
        self._check_pin(login.user, pin)
        if code not in self._codes(login.user):
            raise standard("AB1050", "Invalid totp" if code else "Please enter a valid totp")
        return self.issue(login)

    def renew(self, login: Login, tokens: Tokens, refresh: str) -> Tokens:
        """Three new tokens for a refresh token of today; whether old ones die is not known: here they do."""
        if not hmac.compare_digest(tokens.refresh.encode(), refresh.encode()):
            raise Refusals.dead_refresh(expired=False)
        login.sessions.remove(tokens)
        return self.issue(login)

    def issue(self, login: Login) -> Tokens:
        """Three new tokens, in place of all others unless several may live."""
        now = self._clock.now()
        login.at, login.death = now, "AG8001"
        kept = [one for one in login.sessions if self.several and self._alive(one)]
        tokens = Tokens(_jwt(login.user, now), _jwt(login.user, now), secrets.token_hex(16), next_midnight(now))
        login.sessions = [*kept, tokens]
        return tokens

    def check(self, token: str) -> tuple[Login, Tokens]:
        """Under whom `token` is alive; raises AG8001 or AG8003."""
        if not token:
            raise Refusals.token_missing()
        for login in self.logins.values():
            for tokens in login.sessions:
                if hmac.compare_digest(tokens.jwt.encode(), token.encode()) and self._alive(tokens):
                    return login, tokens
        raise Refusals.dead_token(self._death(token))

    def whose(self, token: str) -> tuple[Login | None, bool]:
        """Whose token it is or was, and whether it lives."""
        for login in self.logins.values():
            for tokens in login.sessions:
                if token and hmac.compare_digest(tokens.jwt.encode(), token.encode()):
                    return login, self._alive(tokens)
        return None, False

    def known_key(self, api_key: str) -> bool:
        """Whether an app has that key."""
        return any(login.user.api_key == api_key for login in self.logins.values())

    def is_live(self, login: Login) -> bool:
        """Whether some token of the client is alive."""
        return any(self._alive(tokens) for tokens in login.sessions)

    def _alive(self, tokens: Tokens) -> bool:
        return self._clock.now() < tokens.dies_at

    def _death(self, token: str) -> str:
        """The code for a dead token: midnight gives AG8001 (section 2.2), unless a test wants the other one."""
        ours = (login for login in self.logins.values() for tokens in login.sessions if tokens.jwt == token)
        return next((login.death for login in ours), "AG8001")

    def _check_pin(self, user: AngelOneUser, pin: str) -> None:
        if pin and not pin.isdigit():
            # the web password is told to change to the MPIN (section 2.1); its code is not known
            raise standard("AB1007", "LoginbyPassword is not allowed. Please switch to Login by MPIN now")
        if len(pin) != _PIN_LENGTH:
            raise standard("AB1002", "Invalid Password Length")
        if not hmac.compare_digest(user.pin.encode(), pin.encode()):
            raise standard("AB1007", "Invalid username or password")

    def _codes(self, user: AngelOneUser) -> tuple[str, ...]:
        """What is taken now: this window's digits and those of the one before."""
        now = self._clock.now()
        return tuple(totp.code(user.totp_seed, now - timedelta(seconds=ago)) for ago in (0, totp.STEP))


def next_midnight(now: datetime) -> datetime:
    """When every token dies: 00:00 IST (section 2.2)."""
    return datetime.combine(now.astimezone(IST).date() + timedelta(days=1), time(0), IST)


def _jwt(user: AngelOneUser, now: datetime) -> str:
    """HS512, with an `exp` three years ahead that is of no use (section 2.2)."""
    claims = {
        "username": user.client_id,
        "roles": 0,
        "usertype": "USER",
        "iat": int(now.timestamp()),
        "exp": int((now + _LONG).timestamp()),
        "jti": secrets.token_hex(8),
    }
    parts = (json.dumps(part).encode() for part in ({"alg": "HS512"}, claims))
    return ".".join([*(_base64(part) for part in parts), _base64(secrets.token_bytes(64))])


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
