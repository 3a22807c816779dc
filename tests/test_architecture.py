"""The map of docs/architecture.md, guarded: who may import whom, and what appears nowhere or in one place only."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parent.parent
APP: Final = ROOT / "app"

MAY_IMPORT: Final[dict[str, set[str]]] = {
    "domain": set(),
    "brokers": {"domain"},
    "store": {"domain"},
    "vault": {"domain", "store"},
    "system": {"domain"},
    "services": {"domain", "brokers", "vault", "store", "system"},
    "qt": {"domain", "services", "system"},
    "cli": {"domain", "services", "system"},
    "simulators": {"domain"},
}
ONLY_IN_QT: Final = {"PySide6", "shiboken6", "qasync"}
HEAVY: Final = {"kiteconnect", "twisted", "requests", "sqlalchemy", "keyring", "cryptography", "aiohttp"}
# of services, at module level
WORDS_FOR_THE_WINDOW: Final = frozenset(
    ["views", "book_views", "order_views", "moving_views", "answers", "events", "words", "exit_words"]
)
PORT_AND_REGISTRY: Final = {"base", "registry"}  # of brokers, for the services


@dataclass(frozen=True)
class Import:
    """One import: the dotted name, where it stands, and whether it runs when the module is loaded."""

    name: str
    line: int
    at_load: bool


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def modules(*parts: str) -> list[Path]:
    return sorted(APP.joinpath(*parts).rglob("*.py"))


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def dotted(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


def names_of(node: ast.stmt, path: Path) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = path.relative_to(ROOT).parts[: -node.level] if node.level else ()
        start = ".".join((*base, *([node.module] if node.module else [])))
        yield from (f"{start}.{alias.name}" for alias in node.names)


def is_for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def imports(path: Path) -> list[Import]:
    """Every import of the file, those inside functions and for types included."""
    found: list[Import] = []

    def visit(node: ast.AST, *, at_load: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import | ast.ImportFrom):
                found.extend(Import(name, child.lineno, at_load) for name in names_of(child, path))
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or is_for_types_only(child)
            visit(child, at_load=at_load and not inside)

    visit(parsed(path), at_load=True)
    return found


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


# ------------------------------------------------------------------ the rooms


def test_table_of_the_document_is_the_table_of_this_test() -> None:
    rows = re.findall(r"^\| `(\w+)/` \|[^|]*\| ([^|]*) \|$", (ROOT / "docs/architecture.md").read_text(), re.MULTILINE)

    assert {room: set(re.findall(r"`(\w+)`", allowed)) for room, allowed in rows} == MAY_IMPORT


def test_every_folder_of_the_product_is_a_room() -> None:
    folders = {path.name for path in APP.iterdir() if path.is_dir() and path.name != "__pycache__"}

    assert folders == set(MAY_IMPORT)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_room_imports_only_what_the_table_allows(room: str) -> None:
    strangers = []
    for path in modules(room):
        for found in imports(path):
            parts = found.name.split(".")
            if parts[0] == "app" and len(parts) > 1 and parts[1] not in MAY_IMPORT[room] | {room, "__version__"}:
                strangers.append(f"{where(path, found.line)} imports {found.name}")

    assert strangers == []


def test_domain_needs_only_the_standard_library() -> None:
    foreign = [
        f"{where(path, found.line)} imports {found.name}"
        for path in modules("domain")
        for found in imports(path)
        if found.name.split(".")[0] not in {*sys.stdlib_module_names, "app"}
    ]

    assert foreign == []


def test_brokers_never_import_each_other() -> None:
    folders = {path.name for path in (APP / "brokers").iterdir() if path.is_dir() and path.name != "__pycache__"}
    crossings = [
        f"{where(path, found.line)} imports {found.name}"
        for folder in folders
        for path in modules("brokers", folder)
        for found in imports(path)
        if any(found.name.startswith(f"app.brokers.{other}") for other in folders - {folder})
    ]

    assert crossings == []


def test_services_see_the_port_and_the_registry_of_the_brokers_only() -> None:
    folders = {path.name for path in (APP / "brokers").iterdir() if path.is_dir()}
    inside = [
        f"{where(path, found.line)} imports {found.name}"
        for path in modules("services")
        for found in imports(path)
        if found.name.startswith("app.brokers.") and found.name.split(".")[2] in folders - PORT_AND_REGISTRY
    ]

    assert inside == []


def test_window_imports_from_the_services_only_their_words_when_it_is_loaded() -> None:
    heavy = [
        f"{where(path, found.line)} imports {found.name}"
        for path in modules("qt")
        for found in imports(path)
        if found.at_load
        and found.name.startswith("app.services.")
        and found.name.split(".")[2] not in WORDS_FOR_THE_WINDOW
    ]

    assert heavy == []


def test_qt_appears_in_the_room_qt_only() -> None:
    outside = [
        f"{where(path, found.line)} imports {found.name}"
        for path in modules()
        if "qt" not in path.relative_to(APP).parts[:1]
        for found in imports(path)
        if found.name.split(".")[0] in ONLY_IN_QT
    ]

    assert outside == []


# ------------------------------------------------------------------ everything but the window works without Qt

BLOCK_QT: Final = """
import importlib, sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"PySide6", "shiboken6", "qasync"}:
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Blocker())
for name in sys.argv[1:]:
    importlib.import_module(name)
print(len(sys.argv) - 1)
"""


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error::ImportWarning", "-c", code, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=90,
        check=False,
    )


def test_everything_but_the_window_is_importable_without_qt() -> None:
    names = [dotted(path) for path in modules() if path.relative_to(APP).parts[0] not in ("qt", "__main__.py")]

    done = run_python(BLOCK_QT, *names)

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == len(names)


@pytest.mark.parametrize("entry", ["app.main", "app.main, app.qt.run"])
def test_heavy_libraries_wait_until_after_the_first_paint(entry: str) -> None:
    loaded = run_python(f"import sys, {entry}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))")

    assert loaded.returncode == 0, loaded.stderr
    assert HEAVY.isdisjoint(loaded.stdout.split())


# ------------------------------------------------------------------ what appears nowhere, or in one place only


FIRST_PAINT: Final = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
import app.main
from app.qt import painted

def stop(window):
    print(*sys.modules, flush=True)
    os._exit(0)

painted.paint_first = stop
app.main.main(["--profile-dir", sys.argv[1]])
"""
VIEWS: Final = {"app.services.views", "app.services.book_views"}
AFTER_THE_PAINT: Final = {"asyncio", "qasync", "ssl", "sqlite3", "msgspec", "app.domain.market"} | VIEWS


def test_first_paint_waits_for_nothing_that_only_the_services_need(tmp_path: Path) -> None:
    """Each of these costs ten milliseconds and more of the start (docs/performance.md)."""
    done = run_python(FIRST_PAINT, str(tmp_path))

    assert done.returncode == 0, done.stderr
    assert (AFTER_THE_PAINT | HEAVY) & set(done.stdout.split()) == set()


def test_the_machine_is_asked_for_the_time_in_one_module_only() -> None:
    asks = re.compile(r"(?:^|\.)(?:(?:datetime|date)\.(?:now|utcnow|today)|time\.(?:time|time_ns))$")
    found = [
        f"{where(path, call.lineno)} calls {name}"
        for path in modules()
        if path != APP / "domain" / "clock.py"
        for name, call in calls(path)
        if asks.search(name)
    ]

    assert found == []


def test_nothing_is_evaluated_unpickled_or_given_to_a_shell() -> None:
    forbidden = re.compile(r"^(?:eval|exec|compile|__import__|os\.(?:system|popen)|(?:pickle|marshal|shelve)\..*)$")
    found = [
        f"{where(path, call.lineno)} calls {name}"
        for path in modules()
        for name, call in calls(path)
        if forbidden.match(name) or any(keyword.arg == "shell" for keyword in call.keywords)
    ]

    assert found == []


def weakens_tls(node: ast.AST) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg in ("verify", "ssl") and isinstance(node.value, ast.Constant) and node.value.value is False
    if isinstance(node, ast.Attribute):
        return node.attr in ("CERT_NONE", "CERT_OPTIONAL", "_create_unverified_context")
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and node.value.value is False:
        return any(ast.unparse(target).endswith((".check_hostname", ".verify")) for target in node.targets)
    return False


def test_certificates_are_always_checked() -> None:
    found = [
        where(path, getattr(node, "lineno", 0))
        for path in modules()
        for node in ast.walk(parsed(path))
        if weakens_tls(node)
    ]

    assert found == []


def test_no_handler_catches_everything_without_a_name() -> None:
    bare = [
        where(path, node.lineno)
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]

    assert bare == []


@pytest.mark.parametrize(
    ("code", "weak"),
    [
        ("requests.get(url, verify=False)", True),
        ("context.check_hostname = False", True),
        ("context.verify_mode = ssl.CERT_NONE", True),
        ("requests.get(url, verify=path)", False),
    ],
)
def test_the_look_for_weak_tls_finds_it(code: str, weak: bool) -> None:  # noqa: FBT001 - a table
    assert any(weakens_tls(node) for node in ast.walk(ast.parse(code))) is weak
