"""docs/brokers: each page's table of operations says what the broker's spec declares, and names tests that exist."""

import re
from pathlib import Path
from typing import Final

import pytest

from app.brokers import specs
from app.brokers.base import Ability, BrokerSpec

ROOT: Final = Path(__file__).parent.parent
PAGES: Final = ROOT / "docs" / "brokers"
EVERYWHERE: Final = {"sign in", "profile", "order book, one order"}
BY_ABILITY: Final = {
    "funds": Ability.FUNDS,
    "positions": Ability.POSITIONS,
    "holdings": Ability.HOLDINGS,
    "history of an order": Ability.ORDER_HISTORY,
    "trades": Ability.TRADES,
    "prices": Ability.QUOTES,
    "instruments": Ability.INSTRUMENTS,
    "place an order": Ability.ORDERS,
    "end the session": Ability.REVOKE,
    "renew the session": Ability.RENEW,
}


def operations(page: str) -> dict[str, list[str]]:
    """The rows of the table: an operation, and the cells behind it."""
    table = page.partition("| Operation |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return {row[0]: row[1:] for row in rows}


@pytest.fixture(params=specs(), ids=lambda spec: spec.key)
def spec(request: pytest.FixtureRequest) -> BrokerSpec:
    found = request.param
    assert isinstance(found, BrokerSpec)
    return found


@pytest.fixture
def page(spec: BrokerSpec) -> str:
    return (PAGES / f"{spec.key}.md").read_text()


def test_every_broker_has_its_page_and_every_page_its_broker() -> None:
    assert {path.stem for path in PAGES.iterdir()} == {spec.key for spec in specs()}


def test_every_ability_has_a_row() -> None:
    assert set(BY_ABILITY.values()) == set(Ability)


def test_the_table_says_what_the_broker_declares(spec: BrokerSpec, page: str) -> None:
    said = {name: cells[0] for name, cells in operations(page).items()}
    declared = {name: "yes" if ability in spec.abilities else "no" for name, ability in BY_ABILITY.items()}
    assert said == dict.fromkeys(EVERYWHERE, "yes") | declared


def test_what_is_offered_names_its_proofs_and_what_is_not_claims_none(page: str) -> None:
    for name, (offered, sheet, demo, recorded) in operations(page).items():
        claims = (bool(sheet), bool(demo), recorded)
        assert claims == ((True, True, "none yet") if offered == "yes" else (False, False, "")), name


def test_the_proofs_exist(page: str) -> None:
    named = re.findall(r"`((?:tests|app)/[\w./-]+)`", page)
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_page_is_dated_and_claims_no_real_server(spec: BrokerSpec, page: str) -> None:
    assert re.search(r"as of \d{4}-\d\d-\d\d\. \*\*Nothing on this page has been tried against", page)
    assert page.startswith(f"# {spec.label}\n")


def test_every_field_of_the_form_is_explained(spec: BrokerSpec, page: str) -> None:
    table = page.partition("| Field |")[2].partition("\n\n")[0].casefold()
    labels = {field.label.partition(",")[0].removesuffix(" (API key)") for field in spec.fields}
    assert {label for label in labels if label.casefold() not in table} == set()


def test_the_command_line_is_documented_with_as_many_fields_as_it_asks_for(spec: BrokerSpec) -> None:
    (row,) = re.findall(rf"^\| `{spec.key}` \| ([^|]*) \|", (ROOT / "docs/cli.md").read_text(), re.MULTILINE)
    assert len(row.split(",")) == len([field for field in spec.fields if field.name != "access_token"])
