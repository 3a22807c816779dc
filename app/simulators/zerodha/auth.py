"""Apps, request tokens and access tokens (sheet section 2): one live token an app, dead at 06:00 IST."""

import hashlib
import hmac
import secrets
import string
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from app.domain import Clock
from app.simulators.addresses import loopback
from app.simulators.demo import DemoUser, Plan
from app.simulators.hours import next_flush
from app.simulators.zerodha.errors import Refusals

_ALPHABET: Final = string.ascii_letters + string.digits
_TOKEN_LENGTH: Final = 32
_REQUEST_TOKEN_LIFE: Final = timedelta(minutes=5)


def new_token() -> str:
    """32 letters and digits (sheet section 2)."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_TOKEN_LENGTH))


@dataclass(slots=True)
class App:
    """One registered app and the session that lives under it."""

    user: DemoUser
    plan: Plan
    redirect_url: str
    token: str = field(default="", repr=False)
    dies_at: datetime | None = None


class Desk:
    """Issues and checks tokens."""

    def __init__(self, clock: Clock, users: tuple[DemoUser, ...]) -> None:
        self._clock = clock
        self._requests: dict[str, tuple[str, datetime]] = {}  # request token -> (api_key, dies at)
        self.apps: dict[str, App] = {}
        for user in users:
            self.apps[user.api_key] = App(user, user.plan, loopback(user.redirect_url))

    def of(self, client_id: str) -> App:
        """The app of a client; KeyError for a stranger."""
        for app in self.apps.values():
            if app.user.client_id == client_id:
                return app
        raise KeyError(client_id)

    def grant(self, app: App) -> str:
        """The login succeeded: a request token, for one exchange within a few minutes."""
        token, now = new_token(), self._clock.now()
        self._requests = {one: entry for one, entry in self._requests.items() if now < entry[1]}
        self._requests[token] = (app.user.api_key, now + _REQUEST_TOKEN_LIFE)
        return token

    def exchange(self, api_key: str, request_token: str, checksum: str) -> App:
        """POST /session/token: a new access token, the one before is dead. Raises the refusal."""
        app = self.apps.get(api_key)
        if app is None or not request_token or not checksum:
            raise Refusals.no_credentials()
        if app.plan == "publisher":
            raise Refusals.publisher_key()
        owner, dies_at = self._requests.pop(request_token, ("", self._clock.now()))
        if owner != api_key or self._clock.now() >= dies_at:
            raise Refusals.used_request_token()
        plain = f"{api_key}{request_token}{app.user.api_secret}"
        if not hmac.compare_digest(hashlib.sha256(plain.encode()).hexdigest().encode(), checksum.encode()):
            raise Refusals.wrong_checksum()
        self.issue(app)
        return app

    def issue(self, app: App) -> str:
        """A new access token in place of any other of this app."""
        app.token = new_token()
        app.dies_at = next_flush(self._clock.now())
        return app.token

    def end(self, app: App) -> None:
        """The token is dead from now on."""
        app.token, app.dies_at = "", None

    def check(self, authorization: str | None) -> App:
        """Who a request comes from; raises the refusal of a missing or dead token."""
        scheme, _, pair = (authorization or "").partition(" ")
        api_key, _, token = pair.partition(":")
        if scheme.lower() != "token" or not api_key or not token:
            raise Refusals.no_credentials()
        return self.check_pair(api_key, token)

    def check_pair(self, api_key: str, token: str) -> App:
        """The app under which `token` is alive; raises the refusal."""
        app = self.apps.get(api_key)
        alive = app is not None and app.dies_at is not None and self._clock.now() < app.dies_at
        if app is None or not alive or not hmac.compare_digest(app.token.encode(), token.encode()):
            raise Refusals.dead_token()
        return app

    def claimed(self, authorization: str | None) -> App | None:
        """The app whose key a request names, alive or not."""
        return self.apps.get((authorization or "").partition(" ")[2].partition(":")[0])


def redirect_to(app: App, pairs: dict[str, str], redirect_params: str) -> str:
    """The registered address with `pairs` and every pair of the login address's redirect_params."""
    parts = urlsplit(app.redirect_url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *pairs.items()]
    query += parse_qsl(redirect_params, keep_blank_values=True)
    return urlunsplit(parts._replace(query=urlencode(query)))
