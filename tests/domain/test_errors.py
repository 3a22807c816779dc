import pytest

from app.domain import (
    ERRORS,
    AccountError,
    Busy,
    LoginError,
    NoAnswer,
    NotReachable,
    OrderError,
    RateLimited,
    Recovery,
    RequestError,
    SessionExpired,
    TradingError,
    VaultError,
)

FAMILIES: dict[type[TradingError], str] = {
    AccountError: "session_expired bad_credentials wrong_account two_factor_due login_throttled ip_not_registered "
    "not_subscribed permission_denied user_blocked",
    NoAnswer: "rate_limited daily_cap not_reachable broker_down maintenance wire_surprise",
    OrderError: "order_rejected insufficient_funds insufficient_holdings authorisation_needed market_closed "
    "already_final not_sent outcome_unknown",
    RequestError: "invalid_request not_found unsupported",
    VaultError: "keychain_locked keychain_missing keychain_denied keychain_timeout key_missing tampered vault_foreign "
    "vault_damaged vault_newer disk_full read_only busy",
    LoginError: "login_cancelled login_timed_out login_forged port_taken browser_missing",
}
KINDS = [(family, kind) for family, kinds in FAMILIES.items() for kind in kinds.split()]


@pytest.mark.parametrize(("family", "kind"), KINDS, ids=[kind for _, kind in KINDS])
def test_every_kind_exists_in_its_family_with_words_of_its_own(family: type[TradingError], kind: str) -> None:
    error = ERRORS[kind]()

    assert isinstance(error, family)
    assert error.title not in ("", TradingError.title)
    assert error.next_step not in ("", TradingError.next_step)


def test_kinds_are_unique_words() -> None:
    kinds = [cls.kind for cls in ERRORS.values()]

    assert len(kinds) == len(set(kinds)) >= len(KINDS)
    assert all(kind.replace("_", "").isalpha() and kind.islower() for kind in kinds)


def test_words_are_sentences_for_a_person() -> None:
    for cls in ERRORS.values():
        error = cls()
        assert error.title[0].isupper()
        assert not error.title.endswith(".")
        assert error.next_step.endswith(".")


def test_nothing_that_nobody_knows_asks_to_sign_in_again() -> None:
    family = [cls for cls in ERRORS.values() if issubclass(cls, NoAnswer)]

    assert [cls for cls in family if cls.recovery is Recovery.RECONNECT] == []


def test_a_dead_session_asks_to_reconnect_and_a_silent_network_to_wait() -> None:
    assert SessionExpired().recovery is Recovery.RECONNECT
    assert NotReachable().recovery is Recovery.RETRY
    assert Busy().recovery is Recovery.TELL


def test_a_rate_limit_tells_its_wait() -> None:
    assert RateLimited(retry_after=7.0).retry_after == 7.0


def test_the_brokers_own_text_is_cut() -> None:
    assert len(TradingError("x" * 10_000).detail) == 500


def test_better_words_replace_the_usual_ones_for_that_error_only() -> None:
    assert SessionExpired(title="Ended by another sign-in").title == "Ended by another sign-in"
    assert SessionExpired().title == "The session has ended"


def test_an_error_prints_title_kind_and_detail() -> None:
    assert str(NotReachable("timeout")) == "The broker cannot be reached (not_reachable): timeout"
