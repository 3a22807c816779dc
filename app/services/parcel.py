"""The file in which settings travel: versioned JSON, written without a secret and read strictly.

    {"kunji": "settings", "version": 1, "settings": {"theme": "dark", ...}, "arranged": {"table.positions": ...},
     "accounts": [{"broker": "zerodha", "client_id": "AB1234", "name": "HUF", "colour": "brown"}, ...]}

`accounts` stand in the user's order and hold what is seen of them alone. Whatever text of the file should turn out to
be a known secret (somebody named an account so) is masked before it is written.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, field
from pathlib import Path
from typing import Any, Final

from app.domain import DiskFull, InvalidRequest, ReadOnly, redact
from app.domain.records import dataclass
from app.domain.tongue import tr

VERSION: Final = 1
_KIND: Final = "settings"
_LARGEST: Final = 1_000_000  # bytes; forty columns in five tables are 10,000
_FULL: Final = (28, 122)  # errno of no room: ENOSPC, EDQUOT


@dataclass(frozen=True, slots=True)
class Named:
    """What is seen of an account."""

    broker: str
    client_id: str
    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """What travels."""

    settings: Mapping[str, str] = field(default_factory=dict)
    arranged: Mapping[str, Any] = field(default_factory=dict)
    accounts: tuple[Named, ...] = ()


def text_of(parcel: Parcel) -> str:
    """As the file holds it."""
    whole = {
        "kunji": _KIND,
        "version": VERSION,
        "settings": dict(parcel.settings),
        "arranged": dict(parcel.arranged),
        "accounts": [asdict(one) for one in parcel.accounts],
    }
    return json.dumps(_masked(whole), indent=2, ensure_ascii=False) + "\n"


def parcel_of(text: str) -> Parcel:
    """What stands in a file. Raises `InvalidRequest` (field `file`) for a foreign, newer or damaged one."""
    found = _whole(text)
    version = found.get("version")
    if type(version) is not int or version < 1:
        raise damaged("version")
    if version > VERSION:
        raise _refusal(tr("This file was written by a newer Kunji"), tr("Update Kunji here, then import it."))
    settings = _texts(found.get("settings"), "settings")
    accounts = found.get("accounts")
    if not isinstance(accounts, list):
        raise damaged("accounts")
    arranged = found.get("arranged")
    if not isinstance(arranged, dict):
        raise damaged("arranged")
    return Parcel(settings, arranged, tuple(_named(one, f"accounts[{at}]") for at, one in enumerate(accounts)))


def read(path: Path) -> Parcel:
    """The file at `path`; raises as `parcel_of`."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        title = tr("{file} cannot be read", file=path.name)
        raise _refusal(title, tr("Choose the file that Kunji exported."), str(error.strerror)) from error
    if len(data) > _LARGEST:
        raise _foreign()
    try:
        return parcel_of(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _foreign() from error


def write(path: Path, parcel: Parcel) -> None:
    """Write the file, only for this user to read; in place of an earlier one, never of anything else.

    Raises `InvalidRequest` (field `file`), `DiskFull` or `ReadOnly`; what was there before is then still there.
    """
    if path.exists() and not _is_ours(path):
        title = tr("{file} is something else", file=path.name)
        raise _refusal(title, tr("Choose another name. Nothing was written."))
    beside = path.with_name(f".{path.name}.new")
    try:
        with open(beside, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(text_of(parcel))
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        if error.errno in _FULL:
            raise DiskFull from error
        title = tr("{file} cannot be written", file=path.name)
        raise ReadOnly(str(error.strerror), title=title, next_step=tr("Choose another folder.")) from error


def _is_ours(path: Path) -> bool:
    try:
        read(path)
    except InvalidRequest as error:
        return error.title == tr("This file was written by a newer Kunji")
    return True


def _whole(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        if '"kunji"' in text:
            raise damaged(tr("its end")) from None
        raise _foreign() from None
    if not isinstance(found, dict) or found.get("kunji") != _KIND:
        raise _foreign()
    return found


def _texts(found: object, place: str) -> dict[str, str]:
    if not isinstance(found, dict):
        raise damaged(place)
    for name, text in found.items():
        if not isinstance(text, str):
            raise damaged(f"{place}.{name}")
    return found


def _named(found: object, place: str) -> Named:
    texts = _texts(found, place)
    names = ("broker", "client_id", "name", "colour")
    for name in names:
        if name not in texts:
            raise damaged(f"{place}.{name}")
    return Named(*(texts[name] for name in names))


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {redact(name): _masked(one) for name, one in value.items()}
    return [_masked(one) for one in value] if isinstance(value, list) else value


def damaged(place: str) -> InvalidRequest:
    """A file of ours with something wrong at `place`."""
    next_step = tr("Export it once more. In the file: {place}.", place=place)
    return _refusal(tr("This settings file is damaged"), next_step)


def _foreign() -> InvalidRequest:
    return _refusal(tr("This is no settings file of Kunji"), tr("Choose the file that Kunji exported."))


def _refusal(title: str, next_step: str, detail: str = "") -> InvalidRequest:
    return InvalidRequest(detail or title, title=title, next_step=next_step, field="file")
