"""Where a broker's page comes back to, and what a person pastes who landed there; the brokers do not differ in this."""

from typing import Final
from urllib.parse import parse_qsl, urlsplit

from app.domain import Credentials, InvalidRequest

_LOOPBACK: Final = "127.0.0.1"  # the literal address: a name could be made to point elsewhere
_PORTS: Final = range(1, 65536)


def redirect_url(credentials: Credentials, field: str, default: str) -> str:
    """The registered address to listen on; raises `InvalidRequest` unless it is http on the loopback address."""
    given = credentials.extras.get(field)
    url = given.reveal() if given else default
    try:
        parts = urlsplit(url)
        good = parts.scheme == "http" and parts.hostname == _LOOPBACK and parts.port in _PORTS
    except ValueError:  # a port that is no number
        good = False
    if not good or parts.query or parts.fragment or parts.username is not None:
        raise InvalidRequest(f"the redirect URL must look like {default}, with a port", field=field)
    return url


def pasted_query(pasted: str) -> dict[str, str]:
    """The query of an address that was pasted, or of a bare query; nothing where there is none."""
    try:
        query = urlsplit(pasted).query
    except ValueError:  # no address at all
        query = ""
    return dict(parse_qsl(query or pasted.partition("?")[2] or pasted))
