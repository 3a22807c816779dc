"""A row by itself, without the list that would also notice: its four fields belong together, and to their row."""

import itertools

import pytest

from app.domain import Credentials, Secret
from app.store.vault_db import BrokerCredential
from app.vault import record
from app.vault.cipher import EpochKey
from tests.vault.fakes import credentials


@pytest.fixture
def key() -> EpochKey:
    return EpochKey("a1b2c3d4e5f60718", bytes(range(32)))


def a_row() -> BrokerCredential:
    return BrokerCredential(id="brk_1", user_id="usr_1", broker_type="zerodha", rev=0)


def sealed(row: BrokerCredential) -> tuple[str, ...]:
    return tuple(getattr(row, name) for name in record.FIELDS)


def test_every_write_is_one_revision_higher(key: EpochKey) -> None:
    row = a_row()
    for revision in (1, 2, 3):
        record.write(row, key, credentials(f"t{revision}"))
        assert row.rev == revision
        assert record.read(row, key) == credentials(f"t{revision}")


def test_fields_of_two_generations_never_pass_together(key: EpochKey) -> None:
    """V2: all mixtures of an earlier and the present generation of one row."""
    row = a_row()
    record.write(row, key, credentials("t1"))
    earlier = sealed(row)
    record.write(row, key, credentials("t2"))
    present = sealed(row)
    passing = []
    for mixture in itertools.product(*zip(earlier, present, strict=True)):
        for name, text in zip(record.FIELDS, mixture, strict=True):
            setattr(row, name, text)
        if record.opens(row, key):
            passing.append(mixture)
    assert passing == [present]


def test_empty_secrets_and_any_text_come_back(key: EpochKey) -> None:
    row = a_row()
    odd = Credentials(Secret(""), Secret("पासवर्ड"), Secret("t" * 3000), "", {"ключ": Secret('"quoted"\n')})
    record.write(row, key, odd)
    assert record.read(row, key) == odd


def test_the_four_ciphertexts_do_not_tell_how_long_the_secrets_are(key: EpochKey) -> None:
    short, long = a_row(), a_row()
    record.write(short, key, Credentials(Secret(""), Secret(""), Secret("")))
    record.write(
        long, key, Credentials(Secret("k" * 400), Secret("s" * 400), Secret("t" * 400), "", {"a": Secret("b")})
    )
    assert [len(text) for text in sealed(short)] == [len(text) for text in sealed(long)]
