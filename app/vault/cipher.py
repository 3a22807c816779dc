"""AES-256-GCM of one text, bound to where it lies (security promises, section 2). Imports cryptography.

A stored text is base64 of: mark, format, algorithm, 12 random bytes, ciphertext and 16-byte tag. The plaintext inside
is its length, the text, and zeros up to a multiple of 512 bytes, so that the length of a token does not show.
"""

import base64
import os
import struct
import threading
from binascii import Error as Base64Error
from collections.abc import Iterable
from typing import Any, Final, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.domain import Tampered, VaultError
from app.domain.secret import remember
from app.vault.account import FieldAddress

KEY_SIZE: Final = 32
WRITE_LIMIT: Final = 2**20  # encryptions under one key, then it is rotated: far below where random nonces may meet
MAGIC: Final = b"kunji-vault"
FORMAT: Final = b"1"
ALGORITHM: Final = b"AES-256-GCM"
_MARK: Final = b"KV\x01\x01"  # "kunji vault", format 1, algorithm 1
_NONCE_SIZE: Final = 12
_TAG_SIZE: Final = 16
_STEP: Final = 512
_USED_UP: Final = "the key is used up and must be rotated first"
_LENGTH: Final = struct.Struct(">I")


class EpochKey:
    """One root key and what is derived from it. Not printable, not picklable."""

    __slots__ = ("__root", "_gcm", "_limit", "_lock", "_used", "key_id", "manifest_key", "vault_id")

    def __init__(self, vault_id: str, root: bytes, *, used: int = 0, limit: int = WRITE_LIMIT) -> None:
        """Derive from 32 bytes of `root`; `used` encryptions were made under it before."""
        if len(root) != KEY_SIZE:
            raise ValueError("a root key has 32 bytes")
        remember(base64.b64encode(root).decode())
        remember(root.hex())
        self.__root = root
        self.vault_id = vault_id
        self.key_id = _derive(root, b"vault-key-id-v1", vault_id).hex()[:16]
        self.manifest_key = _derive(root, b"vault-manifest-v1", vault_id, self.key_id)
        self._gcm = AESGCM(_derive(root, b"vault-enc-v1", vault_id, self.key_id))
        self._used = used
        self._limit = limit
        self._lock = threading.Lock()

    @classmethod
    def fresh(cls, vault_id: str, *, limit: int = WRITE_LIMIT) -> "EpochKey":
        """A new random key."""
        return cls(vault_id, os.urandom(KEY_SIZE), limit=limit)

    @property
    def used(self) -> int:
        """Encryptions made under it so far."""
        return self._used

    @property
    def left(self) -> int:
        """Encryptions that may still be made under it."""
        return max(0, self._limit - self._used)

    def root(self) -> bytes:
        """The 32 bytes, for the keychain."""
        return self.__root

    def field(self, address: FieldAddress) -> "FieldCipher":
        """The cipher of one field."""
        return FieldCipher(self, address)

    def seal(self, plaintext: bytes, associated: bytes) -> bytes:
        """Nonce, ciphertext and tag. Raises `VaultError` when the key has been used up."""
        with self._lock:
            if self._used >= self._limit:
                raise VaultError(_USED_UP)
            self._used += 1
        return seal(self._gcm, os.urandom(_NONCE_SIZE), plaintext, associated)

    def unseal(self, sealed: bytes, associated: bytes) -> bytes:
        """What `seal` was given. Raises `Tampered`."""
        return unseal(self._gcm, sealed, associated)

    def __repr__(self) -> str:
        return f"EpochKey({self.key_id})"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a key is not pickled")


class FieldCipher:
    """`encrypt` and `decrypt` of one field of one row."""

    __slots__ = ("_associated", "_key")

    def __init__(self, key: EpochKey, address: FieldAddress) -> None:
        """See `Vault.field`."""
        self._key = key
        self._associated = associated_data(key, address)

    def encrypt(self, plaintext: str) -> str:
        """The text to store; another one at every call."""
        if not self._key.left:  # asked here, where the text can be dropped: a traceback may show what a frame holds
            del plaintext
            raise VaultError(_USED_UP)
        return base64.b64encode(_MARK + self._key.seal(_pad(plaintext.encode()), self._associated)).decode()

    def decrypt(self, text: str) -> str:
        """The plaintext. Raises `Tampered` when `text` was changed or comes from another place."""
        framed = strict_base64(text)
        if not framed.startswith(_MARK):
            raise Tampered("not a record of this format")
        return _unpad(self._key.unseal(framed[len(_MARK) :], self._associated))


def associated_data(key: EpochKey, address: FieldAddress) -> bytes:
    """Everything a ciphertext is bound to, as a length-prefixed list: no separators, no optional parts."""
    return length_prefixed(
        (
            MAGIC,
            FORMAT,
            ALGORITHM,
            key.vault_id.encode(),
            key.key_id.encode(),
            address.row_id.encode(),
            address.user_id.encode(),
            address.broker_type.encode(),
            address.client_id.encode(),
            address.column.encode(),
            str(address.rev).encode(),
        )
    )


def length_prefixed(parts: Iterable[bytes]) -> bytes:
    """Each part behind its length in four bytes: no two lists give the same bytes."""
    return b"".join(_LENGTH.pack(len(part)) + part for part in parts)


def seal(gcm: AESGCM, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
    """The primitive: nonce, ciphertext, tag."""
    return nonce + gcm.encrypt(nonce, plaintext, associated)


def unseal(gcm: AESGCM, sealed: bytes, associated: bytes, *, nonce_size: int = _NONCE_SIZE) -> bytes:
    """The primitive's way back. Raises `Tampered`."""
    if len(sealed) < nonce_size + _TAG_SIZE:
        raise Tampered("a record was cut")
    try:
        return gcm.decrypt(sealed[:nonce_size], sealed[nonce_size:], associated)
    except (InvalidTag, ValueError) as error:  # ValueError: a nonce that AES-GCM does not take
        raise Tampered("a record was changed") from error


def strict_base64(text: str) -> bytes:
    """The decoded bytes. Raises `Tampered` for any text but the one that encoding them gives."""
    try:
        decoded = base64.b64decode(text.encode("ascii"), validate=True)
    except (Base64Error, ValueError) as error:
        raise Tampered("a record is not base64") from error
    if base64.b64encode(decoded).decode() != text:  # b64decode takes both QQ== and QR== for one byte
        raise Tampered("a record is not canonical base64")
    return decoded


def _derive(root: bytes, label: bytes, *context: str) -> bytes:
    info = length_prefixed((label, *(part.encode() for part in context)))
    return HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=None, info=info).derive(root)


def _pad(plaintext: bytes) -> bytes:
    framed = _LENGTH.pack(len(plaintext)) + plaintext
    return framed + bytes(-len(framed) % _STEP)


def _unpad(padded: bytes) -> str:
    length = _LENGTH.unpack_from(padded)[0] if len(padded) >= _LENGTH.size else len(padded)
    body = padded[_LENGTH.size : _LENGTH.size + length]
    if len(padded) % _STEP or padded != _pad(body):
        raise Tampered("a record's padding is wrong")
    return body.decode()
