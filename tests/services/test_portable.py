"""Settings in a file: no secret in it, nothing taken that cannot be right, and nothing changed by a look."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from app.domain import Credentials, InvalidRequest, Secret
from app.services.answers import Yes
from app.services.moving_views import Change
from app.services.parcel import VERSION, text_of
from app.services.views import AccountView, Rearranged
from tests.services.fakes import REDIRECT
from tests.services.house import House

CANARIES = {
    name: f"canary-{name}-Zx9Q7w"
    for name in ("api_key", "api_secret", "access_token", "pin", "totp_secret", "refresh_token", "feed_token")
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kunji-settings.json"


def put(file: Path, text: str) -> None:
    file.write_text(text)


def content(file: Path) -> bytes:
    return file.read_bytes()


def mode(file: Path) -> int:
    return file.stat().st_mode & 0o777


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


async def with_canaries(house: House) -> AccountView:
    """An account whose every secret field is a canary, and the token it lives with."""
    token = house.world.issue("AB1234")
    extras = {name: Secret(CANARIES[name]) for name in ("pin", "totp_secret", "refresh_token", "feed_token")}
    extras["redirect_url"] = Secret(REDIRECT.format(port=house.world.port))
    keys = Credentials(Secret("key"), Secret("secret"), Secret(token), client_id="AB1234", extras=extras)
    answer = await house.services.brokers.connect_broker("HUF", "zerodha", keys)
    assert isinstance(answer, Yes), answer
    stored = replace(keys, api_key=Secret(CANARIES["api_key"]), api_secret=Secret(CANARIES["api_secret"]))
    await house.services.vault.update(
        answer.value.user_id, stored, token_since=house.clock.now(), token_expires_at=None, confirmed=True
    )
    return answer.value


def forms(secret: str) -> Iterator[bytes]:
    """How bytes may hold a text."""
    raw = secret.encode()
    yield raw
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    yield quote(secret, safe="").encode()
    yield secret.encode("utf-16-le")
    yield secret.encode("utf-16-be")
    yield json.dumps(secret)[1:-1].encode()
    for shift in range(3):  # wherever it stands within the encoded text
        yield base64.b64encode(b"\0" * shift + raw)[4 * (shift > 0) : -4].rstrip(b"=")


# ------------------------------------------------------------------ export


async def test_no_secret_of_any_field_is_in_the_exported_bytes(house: House, file: Path) -> None:
    view = await with_canaries(house)
    token = (await house.services.vault.credentials(view.user_id)).access_token.reveal()
    planted = {**CANARIES, "token": token}
    named = CANARIES["api_secret"]  # somebody took a secret for a name
    await house.services.brokers.rename(view.user_id, f"HUF {named}")
    house.services.ui_state.put("table.positions", {"filter": planted["pin"], planted["totp_secret"]: [token]})

    await house.services.portable.export_to(file)

    written = content(file)
    found = [name for name, secret in planted.items() for form in forms(secret) if form in written]
    assert found == []
    assert b"HUF" in written


def test_the_search_for_secrets_finds_each_form() -> None:
    secret = CANARIES["pin"]

    assert all(any(form in form_of for form in forms(secret)) for form_of in forms(secret))
    assert any(form in base64.b64encode(b"{'pin': '" + secret.encode() + b"'}") for form in forms(secret))


async def test_the_file_holds_settings_columns_and_how_accounts_look(house: House, file: Path) -> None:
    await house.connected("HUF", "AB1234")
    await house.services.preferences.put_text("theme", "dark")
    house.services.ui_state.put("table.positions", {"order": ["pnl"]})
    house.services.ui_state.put("palette.recent", ["INFY"])

    await house.services.portable.export_to(file)

    whole = json.loads(content(file))
    assert (whole["kunji"], whole["version"], whole["settings"]["theme"]) == ("settings", VERSION, "dark")
    assert whole["arranged"] == {"table.positions": {"order": ["pnl"]}}
    assert whole["accounts"] == [{"broker": "zerodha", "client_id": "AB1234", "name": "HUF", "colour": "blue"}]
    assert mode(file) == 0o600


async def test_an_earlier_export_is_replaced_and_anything_else_is_not(house: House, file: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("mine")
    await house.services.portable.export_to(file)

    await house.services.portable.export_to(file)
    with pytest.raises(InvalidRequest) as refused:
        await house.services.portable.export_to(notes)

    assert refused.value.field == "file"
    assert notes.read_text() == "mine"
    assert files(tmp_path) == [file.name, notes.name]


# ------------------------------------------------------------------ import


async def test_what_was_exported_is_taken_over_elsewhere(house: House, file: Path) -> None:
    account = await house.connected("HUF", "AB1234")
    await house.services.preferences.put_texts({"theme": "dark", "snooze": "25"})
    house.services.ui_state.put("table.positions", {"order": ["pnl"]})
    await house.services.portable.export_to(file)
    await house.services.preferences.put_texts({"theme": "light", "snooze": "10"})
    house.services.ui_state.put("table.positions", {"order": ["ltp"]})
    await house.services.brokers.rename(account.user_id, "Other", "rose")

    looked = await house.services.portable.look(file)
    still = (house.services.preferences.view.theme, house.view(account).name)
    taken = await house.services.portable.take(file)

    assert looked == taken
    assert [one.what for one in looked.changes] == [
        "Light or dark",
        "Snooze",
        "Columns of the tables",
        "Name and colour of Other · Zerodha",
    ]
    assert looked.changes[0] == Change("Light or dark", "light", "dark")
    assert still == ("light", "Other")
    assert (house.services.preferences.view.theme, house.services.preferences.view.snooze) == ("dark", 25)
    assert house.services.ui_state.get("table.positions") == {"order": ["pnl"]}
    assert (house.view(account).name, house.view(account).colour) == ("HUF", "blue")


async def test_columns_are_told_when_they_are_others_and_can_be_put_back(house: House) -> None:
    house.services.ui_state.put("table.positions", {"order": ["pnl"]})
    house.services.ui_state.put("window.view", "positions")

    house.services.portable.put_columns_back()

    assert house.services.ui_state.get("table.positions") is None
    assert house.services.ui_state.get("window.view") == "positions"
    assert [event for event in house.events if isinstance(event, Rearranged)] == [Rearranged()]
    assert house.services.portable.parcel().arranged == {}


async def test_a_file_that_holds_what_is_here_changes_nothing(house: House, file: Path) -> None:
    await house.connected("HUF", "AB1234")
    await house.services.portable.export_to(file)

    assert (await house.services.portable.look(file)).changes == ()


async def test_what_has_no_place_here_is_said_and_the_rest_is_taken(house: House, file: Path) -> None:
    put(file, written(settings={"theme": "dark", "volume": "11"}, accounts=[named("XY9999", "Meera")]))

    taken = await house.services.portable.take(file)

    assert taken.left_out == (
        "This Kunji has no setting named volume.",
        "Meera (XY9999) is not connected here. Connect it, then import once more.",
    )
    assert house.services.preferences.view.theme == "dark"


def named(client: str, name: str, **changes: str) -> dict[str, str]:
    return {"broker": "zerodha", "client_id": client, "name": name, "colour": "blue", **changes}


def written(**changes: Any) -> str:
    whole = {"kunji": "settings", "version": 1, "settings": {}, "arranged": {}, "accounts": []}
    return json.dumps({**whole, **changes})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no settings file"),
        ("{}", "no settings file"),
        ("[1]", "no settings file"),
        ("\0\1\2", "no settings file"),
        ('{"kunji": "vault"}', "no settings file"),
        ("[" * 100_000, "no settings file"),
        (written(version=2), "newer Kunji"),
        (written()[:-5], "damaged"),
        (written(version="1"), "damaged"),
        (written(version=True), "damaged"),
        (written(settings=[]), "damaged"),
        (written(settings={"snooze": 5}), "damaged"),
        (written(settings={"snooze": "0"}), "damaged"),
        (written(settings={"theme": "pink"}), "damaged"),
        (written(settings={"quiet": "22:00"}), "damaged"),
        (written(arranged=None), "damaged"),
        (written(accounts={}), "damaged"),
        (written(accounts=[{"broker": "zerodha"}]), "damaged"),
        (written(accounts=[named("AB1234", "HUF", colour="pink")]), "damaged"),
    ],
)
async def test_a_foreign_newer_or_damaged_file_is_refused_and_nothing_changes(
    house: House, file: Path, text: str, said: str
) -> None:
    await house.connected("HUF", "AB1234")
    put(file, text)
    before = text_of(house.services.portable.parcel())

    for deed in (house.services.portable.look, house.services.portable.take):
        with pytest.raises(InvalidRequest) as refused:
            await deed(file)
        assert (said in refused.value.title, refused.value.field) == (True, "file")

    assert text_of(house.services.portable.parcel()) == before


async def test_a_file_that_is_not_there_or_far_too_large_is_refused(house: House, file: Path) -> None:
    with pytest.raises(InvalidRequest, match="No such file"):
        await house.services.portable.look(file)
    put(file, written(arranged={"table.x": "x" * 2_000_000}))

    with pytest.raises(InvalidRequest) as refused:
        await house.services.portable.look(file)

    assert "no settings file" in refused.value.title


async def test_a_name_that_is_taken_is_said_and_the_account_keeps_its_own(house: House, file: Path) -> None:
    account = await house.connected("HUF", "AB1234")
    await house.connected("Meera", "CD5678", key="key2")
    put(file, written(accounts=[named("AB1234", "Meera")]))

    taken = await house.services.portable.take(file)

    assert taken.left_out == ("HUF · Zerodha kept its name: There is already an account named Meera.",)
    assert house.view(account).name == "HUF"
