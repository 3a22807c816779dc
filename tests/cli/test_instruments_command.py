"""`kunji search` and `kunji instruments refresh` over the masters of four demo brokers."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from app.cli import render
from app.domain import IST
from tests.cli.street import NAMES, Street, started

LABELS = ["Zerodha", "Dhan", "Fyers", "Angel One"]


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with AsyncExitStack() as stack:
        yield await started(stack, tmp_path)


@pytest.fixture
async def loaded(street: Street) -> Street:
    for kind in NAMES:
        await street.services.masters.need(kind)
    return street


# ------------------------------------------------------------------ search


async def test_one_contract_is_one_line_that_names_its_brokers(loaded: Street) -> None:
    for typed in ("nifty 50", "usdinr fut", "bajaj-auto", "m&m", "crudeoil", "rcom"):
        found = (await loaded.ask("search", text=typed, limit=3))["instruments"]

        assert [one["broker"] for one in found[0]["brokers"]] == LABELS, typed
        keys = [(one["exchange"], one["symbol"]) for one in found]
        assert len(set(keys)) == len(keys)


async def test_a_share_comes_before_its_contracts_and_first_as_it_is_at_nse(loaded: Street) -> None:
    found = (await loaded.ask("search", text="reliance", limit=4))["instruments"]

    assert [(row["exchange"], row["segment"]) for row in found[:3]] == [
        ("NSE", "CASH"),
        ("BSE", "CASH"),
        ("NFO", "FUT"),
    ]


async def test_a_line_says_tick_lot_and_kind(loaded: Street) -> None:
    (future, *_) = (await loaded.ask("search", text=["nifty", "fut"]))["instruments"]

    assert (future["name"], future["kind"], future["exchange"], future["lot_size"]) == ("NIFTY", "FUT", "NFO", 75)
    assert (future["tick_size"], future["strike"]) == ("0.1", None)
    assert future["expiry"] is not None


async def test_the_search_of_one_broker_is_of_its_own_master(loaded: Street) -> None:
    by_broker = await loaded.ask("search", text="reliance", broker="Fyers")
    by_account = await loaded.ask("search", text="reliance", account="Spouse")

    assert by_broker == by_account
    assert {one["broker"] for row in by_broker["instruments"] for one in row["brokers"]} == {"Fyers"}
    assert [one["broker_type"] for one in by_broker["masters"]] == ["fyers"]


async def test_more_than_is_shown_is_said(loaded: Street) -> None:
    answer = await loaded.ask("search", text="nifty", limit=5)

    assert (len(answer["instruments"]), answer["more"]) == (5, True)
    assert "There are more: say more words, or --limit." in render.lines("search", answer, loaded.clock.now())


async def test_what_is_not_listed_is_not_found_and_that_is_a_yes(loaded: Street) -> None:
    answer = await loaded.ask("search", text="nosuchshare")

    assert (answer["code"], answer["instruments"], answer["more"]) == (0, [], False)
    assert render.lines("search", answer, loaded.clock.now()) == ["Nothing found."]


async def test_without_any_master_nobody_knows(street: Street) -> None:
    answer = await street.ask("search", text="reliance")

    assert (answer["code"], answer["error"]["kind"]) == (3, "no_answer")
    assert answer["error"]["next_step"] == "kunji instruments refresh fetches it."
    assert render.lines("search", answer, street.clock.now()) == []


async def test_a_broker_whose_master_is_not_there_is_named(street: Street) -> None:
    await street.services.masters.need("dhan")

    answer = await street.ask("search", text="reliance", limit=1)

    assert [(one["broker_type"], one["day"] is None) for one in answer["masters"]] == [
        ("zerodha", True),
        ("dhan", False),
        ("fyers", True),
        ("angel_one", True),
    ]
    assert [one["broker"] for one in answer["instruments"][0]["brokers"]] == ["Dhan"]


async def test_an_old_master_says_its_age(loaded: Street) -> None:
    store, day = loaded.services.store.instruments, loaded.clock.now().astimezone(IST).date()
    await store.replace("zerodha", await store.search("zerodha", "reliance"), day=day - timedelta(days=3))

    answer = await loaded.ask("search", text="reliance", broker="zerodha")

    assert [(one["age_days"], one["current"]) for one in answer["masters"]] == [(3, False)]
    last = render.lines("search", answer, loaded.clock.now())[-1]
    assert last.startswith(f"Zerodha: the list of instruments is of {day - timedelta(days=3)} (3 days old).")


async def test_a_search_that_is_none_names_what_is_wrong(street: Street) -> None:
    wishes: list[tuple[str, dict[str, object]]] = [
        ("text", {"text": ""}),
        ("text", {"text": [" "]}),
        ("text", {}),
        ("limit", {"text": "a", "limit": 101}),
        ("limit", {"text": "a", "limit": "many"}),
        ("limit", {"text": "a", "limit": True}),
        ("broker", {"text": "a", "broker": "nosuch"}),
    ]

    answers = [await street.ask("search", **wish) for _, wish in wishes]

    assert [(answer["code"], answer["error"]["field"]) for answer in answers] == [(2, field) for field, _ in wishes]


# ------------------------------------------------------------------ refresh


async def test_a_refresh_fetches_the_masters_of_all_accounts_and_tells_how_it_goes(street: Street) -> None:
    answer = await street.ask("instruments", action="refresh")

    assert answer["code"] == 0
    assert [one["broker"] for one in answer["masters"]] == LABELS
    assert [(one["age_days"], one["current"], one["rows"] > 100) for one in answer["masters"]] == [(0, True, True)] * 4
    said = [line for line in street.listener.said if line.endswith(" instruments")]
    assert said[0] == "Zerodha: fetching the list of instruments"
    assert [line.split(":")[0] for line in said] == [label for label in LABELS for _ in range(2)]
    assert json.loads(json.dumps(answer)) == answer


async def test_a_refresh_is_of_one_broker_where_it_is_named(street: Street) -> None:
    await street.ask("instruments", action="refresh", broker="dhan")

    days = [await street.services.store.instruments.loaded_on(kind) for kind in NAMES]
    assert [day is None for day in days] == [True, False, True, True]


async def test_a_refresh_needs_no_live_session_and_no_account(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        street = await started(stack, tmp_path, ())
        nobody = await street.ask("instruments", action="refresh")

    assert (nobody["code"], nobody["error"]["next_step"]) == (4, "Name a broker with --broker.")


async def test_a_failed_refresh_keeps_the_last_good_list_and_says_so(loaded: Street) -> None:
    loaded.dhan.controls.fault("instruments", "short-body")
    before = await loaded.services.store.instruments.loaded_on("dhan")

    answer = await loaded.ask("instruments", action="refresh")

    assert answer["code"] == 3
    assert [one["error"] is None for one in answer["masters"]] == [True, False, True, True]
    assert answer["masters"][1]["day"] == str(before)
    (told,) = [line for line in render.lines("instruments", answer, loaded.clock.now()) if line.startswith("Dhan:")]
    assert "was not fetched" in told
    assert f"The last good one is kept, of {before} (today)." in told
    assert render.complaint(answer) == []


async def test_a_broker_that_was_never_fetched_says_there_is_none(street: Street) -> None:
    street.fyers.controls.fault("instruments", "short-body")

    answer = await street.ask("instruments", action="refresh", broker="fyers")

    assert (answer["code"], answer["masters"][0]["day"], answer["masters"][0]["rows"]) == (3, None, None)
    assert render.lines("instruments", answer, street.clock.now())[-1].endswith("There is none yet.")


async def test_another_action_is_refused(street: Street) -> None:
    answers = [await street.ask("instruments", action=action) for action in (None, "", "drop")]

    assert [answer["code"] for answer in answers] == [2] * 3
