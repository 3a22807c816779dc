"""Credentials into the four ciphertexts of a row and back."""

import json
from typing import TYPE_CHECKING, Final

from app.domain import Credentials, Secret, Tampered
from app.vault.account import FieldAddress
from app.vault.cipher import EpochKey, FieldCipher

if TYPE_CHECKING:
    from app.store.vault_db import BrokerCredential

FIELDS: Final = ("encrypted_api_key", "encrypted_secret", "encrypted_token", "encrypted_extras")
WRITES_PER_ROW: Final = len(FIELDS)


def write(row: "BrokerCredential", key: EpochKey, credentials: Credentials) -> None:
    """Encrypt all four fields anew, one revision higher: fields of different generations never pass together."""
    row.client_id = credentials.client_id
    row.key_id = key.key_id
    row.rev += 1
    extras = {name: secret.reveal() for name, secret in credentials.extras.items()}
    row.encrypted_api_key = _cipher(row, key, FIELDS[0]).encrypt(credentials.api_key.reveal())
    row.encrypted_secret = _cipher(row, key, FIELDS[1]).encrypt(credentials.api_secret.reveal())
    row.encrypted_token = _cipher(row, key, FIELDS[2]).encrypt(credentials.access_token.reveal())
    row.encrypted_extras = _cipher(row, key, FIELDS[3]).encrypt(json.dumps(extras, ensure_ascii=False))


def read(row: "BrokerCredential", key: EpochKey) -> Credentials:
    """What `write` was given. Raises `Tampered`."""
    if row.key_id != key.key_id:
        raise Tampered("a record names another key")
    api_key, api_secret, token, extras = (
        _cipher(row, key, name).decrypt(text)
        for name, text in zip(FIELDS, (row.encrypted_api_key, row.encrypted_secret, row.encrypted_token,
                                       row.encrypted_extras), strict=True)
    )  # fmt: skip
    return Credentials(
        api_key=Secret(api_key),
        api_secret=Secret(api_secret),
        access_token=Secret(token),
        client_id=row.client_id,
        extras={name: Secret(text) for name, text in json.loads(extras).items()},
    )


def opens(row: "BrokerCredential", key: EpochKey) -> bool:
    """Whether `row` can be read."""
    try:
        read(row, key)
    except Tampered:
        return False
    return True


def _cipher(row: "BrokerCredential", key: EpochKey, column: str) -> FieldCipher:
    return key.field(FieldAddress(row.id, row.user_id, row.broker_type, row.client_id, column, row.rev))
