"""What is stored of an account: the form filled and checked, and the token that the broker issued."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from app.brokers.base import BrokerSpec
from app.domain import Credentials, InvalidRequest, Profile, Secret, Token
from app.domain.tongue import tr
from app.services.second_factor import check_form

if TYPE_CHECKING:
    from app.vault import StoredAccount

_KEYS: Final = {"api_key": "The API key", "api_secret": "The API secret", "access_token": "The access token"}
_OWN: Final = frozenset({*_KEYS, "client_id"})


def prepared(spec: BrokerSpec, credentials: Credentials, *, but: str = "") -> Credentials:
    """`credentials` with the broker's defaults where a field was left empty.

    Raises `InvalidRequest` for a required field, other than `but`, that is empty, and for a key that cannot be one.
    """
    extras = dict(credentials.extras)
    for field in spec.fields:
        if field.name not in _OWN and not extras.get(field.name) and field.default:
            extras[field.name] = Secret(field.default)
    filled = replace(credentials, extras=extras)
    _check_keys(filled)
    for field in spec.fields:
        check_form(field, getattr(filled, field.name) if field.name in _OWN else filled.extras.get(field.name))
    for field in spec.fields:
        if field.required and field.name != but and not _value(filled, field.name):
            raise InvalidRequest(
                f"{field.name}: empty",
                title=tr("{label} is empty", label=field.label),
                next_step=tr("Fill it in."),
                field=field.name,
            )
    return filled


def with_token(credentials: Credentials, token: Token) -> Credentials:
    """`credentials` as they are to be stored after the broker issued `token`."""
    extras = {**credentials.extras, **token.extras}
    return replace(credentials, access_token=token.access_token, client_id=token.client_id, extras=extras)


def pasted(spec: BrokerSpec, access_token: Secret, profile: Profile, now: datetime) -> Token:
    """A token that the user brought: its own end where it says one, else the rule for one that were issued now."""
    says = profile.session_ends_at
    ends_at = says if says is not None and says > now else spec.token_dies(now)
    return Token(access_token, profile.client_id, issued_at=now, expires_at=ends_at)


def unconfirmed(account: "StoredAccount", token: Token) -> "StoredAccount":
    """`account` as it stands with a token that is not stored, and that nobody was asked about."""
    return replace(
        account, token_since=token.issued_at, token_expires_at=token.expires_at, is_valid=True, confirmed=False
    )


def _check_keys(credentials: Credentials) -> None:
    for name, label in _KEYS.items():
        if not getattr(credentials, name).is_one_word:
            raise InvalidRequest(
                f"{name}: blanks, or letters that no key has",
                title=tr("{label} holds a blank or a letter that no key has", label=tr(label)),
                next_step=tr("Copy it again from the broker's page."),
                field=name,
            )


def _value(credentials: Credentials, name: str) -> bool:
    if name in _OWN:
        return bool(getattr(credentials, name))
    return bool(credentials.extras.get(name))
