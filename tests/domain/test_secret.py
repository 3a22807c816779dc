"""L2, L3 and L4: what holds a secret is safe to print, an error shows none, and the mask finds each by its value."""

import copy
import dataclasses
import json
import pickle
import random
import secrets
import traceback
from collections.abc import Callable

import pytest

from app.domain import ERRORS, Credentials, Secret, Token, TradingError, redact
from app.domain.secret import MASK
from tests.fakes.clock import ManualClock


def canary() -> str:
    return "canary" + secrets.token_urlsafe(24)


def credentials(text: str) -> Credentials:
    return Credentials(text + "key", text + "secret", text + "token", "AB1234", {"totp": text + "totp"})  # type: ignore[arg-type, dict-item]  # plain text is accepted and wrapped


WAYS_TO_PRINT: list[Callable[[object], object]] = [
    repr,
    str,
    lambda holder: f"{holder}",
    lambda holder: f"{holder!r:>80}",
    lambda holder: "%s %r" % (holder, holder),  # noqa: UP031 - one of the ways
    lambda holder: [holder],
    lambda holder: {"a": holder},
    lambda holder: repr(getattr(holder, "__dict__", {})),
    dataclasses.asdict,  # type: ignore[list-item]  # what is no dataclass raises TypeError
    dir,
    copy.copy,
    lambda holder: json.dumps(str(holder)),
]


@pytest.mark.parametrize("way", range(len(WAYS_TO_PRINT)))
def test_no_way_of_printing_shows_a_secret(way: int) -> None:
    text = canary()
    token = Token(Secret(text), "AB1234", ManualClock().now(), None, {"feed": Secret(text)})

    for holder in (Secret(text), credentials(text), token, [Secret(text)]):
        try:
            shown = str(WAYS_TO_PRINT[way](holder))
        except TypeError:  # refused altogether
            continue
        assert text not in shown


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_secret_holders_are_not_pickled(protocol: int) -> None:
    text = canary()

    for holder in (Secret(text), credentials(text), [Secret(text)]):
        with pytest.raises(TypeError):
            pickle.dumps(holder, protocol)


def test_a_secret_is_no_json() -> None:
    with pytest.raises(TypeError):
        json.dumps({"token": Secret(canary())})


def test_a_deep_copy_is_the_same_secret() -> None:
    secret = Secret(canary())

    assert copy.deepcopy([secret])[0] is secret


def test_only_reveal_gives_the_text() -> None:
    text = canary()

    assert Secret(text).reveal() == text


def test_blanks_and_line_ends_around_a_pasted_value_are_not_part_of_it() -> None:
    assert Secret(" \t abc def \r\n").reveal() == "abc def"


def test_a_secret_of_a_secret_is_that_secret() -> None:
    assert Secret(Secret("some text")).reveal() == "some text"


def test_what_is_no_text_is_no_secret() -> None:
    with pytest.raises(TypeError):
        Secret(1234)  # type: ignore[arg-type]  # what is refused


def test_an_empty_secret_is_false_and_another_is_true() -> None:
    assert not Secret(" ")
    assert Secret("x")


def test_equal_secrets_are_equal_and_no_text_is() -> None:
    assert Secret("same text") == Secret("same text")
    assert Secret("same text") != Secret("other text")
    assert Secret("same text") != "same text"
    assert len({Secret("same text"), Secret("same text")}) == 1


def test_credentials_wrap_plain_text_and_strip_the_client_id() -> None:
    given = Credentials(" key ", "secret", "token", " AB1234\n", {"totp": "JBSW"})  # type: ignore[arg-type, dict-item]  # plain text is accepted

    assert (given.api_key, given.extras["totp"], given.client_id) == (Secret("key"), Secret("JBSW"), "AB1234")


def test_extras_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        credentials(canary()).extras["more"] = Secret("x")  # type: ignore[index]  # what is refused


def test_redact_hides_every_known_text_and_the_longer_one_first() -> None:
    short = canary()
    Secret(short)
    Secret(short + "-and-more")

    assert redact(f"a {short}-and-more b {short} c") == f"a {MASK} b {MASK} c"


def test_redact_finds_1000_secrets_wherever_they_stand() -> None:
    chance = random.Random(20261122)
    texts = [canary() for _ in range(1000)]
    for text in texts:
        Secret(text)

    for text in texts:
        noise = "".join(chance.choices("abc{}%\n\"'", k=40))
        assert text not in redact(noise + text + noise + text)


@pytest.mark.parametrize("sign", ['"', "\\", "&", "+", "/", "=", "é", "\t"])
def test_redact_finds_a_secret_as_an_address_json_or_repr_writes_it(sign: str) -> None:
    from urllib.parse import quote, quote_plus

    text = f"{canary()}{sign}{canary()}"
    Secret(text)

    for written in (quote(text, safe=""), quote_plus(text), json.dumps(text), repr(text)):
        assert redact(f"a {written} b").count("canary") == 0


def test_a_text_as_short_as_a_word_is_not_masked() -> None:
    Secret("abc")

    assert redact("abc") == "abc"


@pytest.mark.parametrize("kind", sorted(ERRORS))
def test_no_error_shows_a_secret_in_text_chain_or_traceback(kind: str) -> None:
    text = canary()
    Secret(text)
    error = ERRORS[kind](f"detail {text}", title=f"title {text}", next_step=text, broker_code=text)

    shown = "".join(traceback.format_exception(error)) + repr(error) + error.title + error.next_step + error.detail

    assert text not in shown + error.broker_code


def test_no_error_shows_a_secret_of_its_cause_in_its_own_words() -> None:
    text = canary()
    Secret(text)

    with pytest.raises(TradingError) as caught:
        raise TradingError("outer") from ValueError(text)

    assert text not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "one_word"), [("", True), ("a-B_9=", True), ("two words", False), ("t\xf6ken", False), ("a\x00b", False)]
)
def test_only_one_word_of_ascii_can_travel_in_a_head(text: str, *, one_word: bool) -> None:
    assert Secret(text).is_one_word is one_word
