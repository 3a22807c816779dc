"""What identifies and opens an account: credentials in, profile and funds out."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from app.domain.records import dataclass
from app.domain.secret import Secret

_NOTHING: Mapping[str, Secret] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Credentials:
    """What opens one account at one broker; plain text is accepted and wrapped.

    `client_id` is the broker's own id of the account, not secret; empty means "not known yet". `extras` holds what
    only some brokers need (redirect URL, refresh and feed token, opt-in PIN and TOTP secret), each as a `Secret`.
    """

    api_key: Secret
    api_secret: Secret
    access_token: Secret
    client_id: str = ""
    extras: Mapping[str, Secret] = field(default_factory=lambda: _NOTHING)

    def __post_init__(self) -> None:
        """Wrap plain text and strip blanks and line ends of pasted values."""
        for name in ("api_key", "api_secret", "access_token"):
            object.__setattr__(self, name, Secret(getattr(self, name)))
        object.__setattr__(self, "client_id", self.client_id.strip())
        wrapped = {str(key): Secret(value) for key, value in self.extras.items()}
        object.__setattr__(self, "extras", MappingProxyType(wrapped))

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("credentials are not pickled")


@dataclass(frozen=True, slots=True)
class Token:
    """What a broker issued at the end of a sign-in. Times are aware; `expires_at` is our forecast of its death."""

    access_token: Secret
    client_id: str
    issued_at: datetime
    expires_at: datetime | None
    extras: Mapping[str, Secret] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class Profile:
    """Who the broker says this session belongs to."""

    client_id: str
    name: str
    email: str = ""
    exchanges: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    session_ends_at: datetime | None = None  # where the token says it; None: the broker's rule is all there is


@dataclass(frozen=True, slots=True)
class Funds:
    """Money at one broker, rupees. `raw` keeps the broker's own figures by name, for a tooltip."""

    available: Decimal
    used: Decimal
    collateral: Decimal | None = None
    opening: Decimal | None = None
    raw: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
