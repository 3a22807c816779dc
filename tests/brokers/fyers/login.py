"""Driving a sign-in from the page to the redirect, as a browser would."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from app.brokers.base import BaseBroker, OpenPage, SignIn
from app.domain import Credentials
from tests.brokers.fyers import wire


@dataclass(frozen=True, slots=True)
class Login:
    """A sign-in whose page is open."""

    sign_in: SignIn
    page: OpenPage

    @property
    def query(self) -> dict[str, list[str]]:
        """The query of the login page's address."""
        return parse_qs(urlsplit(self.page.url).query, keep_blank_values=True, strict_parsing=True)

    @property
    def state(self) -> str:
        """What the broker hands back with the redirect."""
        [state] = self.query["state"]
        return state


async def opened(broker: BaseBroker, credentials: Credentials) -> Login:
    """A sign-in at its first step."""
    sign_in = broker.sign_in(credentials)
    page = await sign_in.advance(None)
    assert isinstance(page, OpenPage)
    return Login(sign_in, page)


def redirect(login: Login, **changes: str) -> dict[str, str]:
    """Section 2, step 3: the query of a redirect that belongs to `login`; `code` is a result number."""
    answer = {"s": "ok", "code": "200", "auth_code": wire.AUTH_CODE, "state": login.state}
    return answer | changes


def address(login: Login, query: dict[str, str]) -> str:
    """The whole address that the browser lands on."""
    return f"{login.page.redirect_url}?{urlencode(query)}"
