"""What a few letters find: word starts in any order, the likeliest first, nine at most."""

import time

import pytest

from app.qt.palette_match import MOST, Entry, Kind, found

HUF = Entry("repair huf", Kind.ACCOUNT, "Reconnect HUF \u00b7 Zerodha", also="HS2096")
PAGE = Entry("account huf", Kind.ACCOUNT, "HUF \u00b7 Zerodha", also="HS2096")
FUNDS = Entry("funds", Kind.VIEW, "Funds", also="margin money cash")
REFRESH = Entry("refresh", Kind.ACTION, "Refresh", also="reload update")
EXPORT = Entry("export", Kind.ACTION, "Export the table", reason="Only on a page with a table")
CALL = Entry("positions NFO", Kind.HELD, "NIFTY 30DEC26 26000 CE")
MM = Entry("held NSE M&M", Kind.HELD, "M&M")
RELIANCE = Entry("instrument NSE RELIANCE", Kind.INSTRUMENT, "RELIANCE", also="Reliance Industries")
ALL = (HUF, PAGE, FUNDS, REFRESH, EXPORT, CALL, MM, RELIANCE)


def keys(text: str, recent: tuple[str, ...] = ()) -> list[str]:
    return [entry.key for entry in found(ALL, text, recent)]


@pytest.mark.parametrize("text", ["rec huf", "huf rec", "  HUF  Rec", "reconnect zer huf", "zer h rec"])
def test_word_starts_are_found_in_any_order(text: str) -> None:
    assert keys(text) == ["repair huf"]


@pytest.mark.parametrize("text", ["nifty dec 26000", "26000 ce", "30dec26", "ce nif", "dec 30"])
def test_a_contract_is_found_by_any_of_its_parts(text: str) -> None:
    assert keys(text) == ["positions NFO"]


@pytest.mark.parametrize("text", ["m&m", "m m", "M&"])
def test_signs_within_a_name_may_be_typed_or_left_out(text: str) -> None:
    assert "held NSE M&M" in keys(text)


def test_the_middle_of_a_word_finds_nothing() -> None:
    assert keys("onnect") == []


def test_each_typed_word_needs_a_word_of_its_own() -> None:
    assert keys("huf huf") == []


def test_words_of_the_name_come_before_other_words() -> None:
    assert keys("re") == ["repair huf", "refresh", "instrument NSE RELIANCE"]
    assert keys("rel") == ["instrument NSE RELIANCE", "refresh"]  # "reload" is only another word for it


def test_what_cannot_run_is_listed_after_what_can() -> None:
    able = Entry("expire", Kind.ACTION, "Expire the session now")

    assert [entry.key for entry in found((EXPORT, able), "ex")] == ["expire", "export"]


def test_kinds_come_in_their_order_and_recent_ones_first_among_equals() -> None:
    other = Entry("account hua", Kind.ACCOUNT, "Hua \u00b7 Dhan")
    held = Entry("held NSE HUDCO", Kind.HELD, "HUDCO")

    assert [entry.key for entry in found((held, PAGE, other), "hu", ("account hua",))] == [
        "account hua",
        "account huf",
        "held NSE HUDCO",
    ]


def test_with_nothing_typed_the_recent_ones_come_first_and_unknown_ones_are_left_out() -> None:
    assert keys("", ("refresh", "gone", "funds"))[:3] == ["refresh", "funds", "repair huf"]


def test_accents_and_case_do_not_matter() -> None:
    assert found((Entry("a", Kind.ACCOUNT, "R\u00e9sum\u00e9"),), "RESUME")


def test_nine_of_two_thousand_are_found_between_two_letters() -> None:
    many = [Entry(str(at), Kind.HELD, f"NIFTY 30DEC26 {20000 + 50 * at} CE") for at in range(2000)]
    found(many, "warm")

    began = time.perf_counter()
    results = found(many, "nif dec")
    took = time.perf_counter() - began

    assert len(results) == MOST
    assert took < 0.1  # some 6 ms; the limit only tells a slip of kind
