"""What Kunji is made of: every package known by name, licence and hash, and nothing that runs text as a program."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parent.parent
LOCKS: Final = {"requirements.lock": "The program", "requirements-dev.lock": "The tools"}
ALLOWED: Final = {  # what may be shipped in one folder with a program under the MIT licence
    *("MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0", "ZPL-2.1", "MPL-2.0"),
    "LGPL-3.0-only",  # Qt, which stays in files of its own
}
FOR_TOOLS: Final = {"GPL-2.0-or-later WITH Bootloader-exception", "GPL-2.0-or-later"}
UNWANTED: Final = {"smartapi-python", "dhanhq", "fyers-apiv3", "logzero", "websocket-client"}
"""The brokers' own libraries: old pins, files of logs with tokens in them, an update of themselves."""
RUNS_TEXT: Final = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "jsonpickle", "yaml", "code", "codeop", "pty"}
CALLS: Final = re.compile(
    r"^(?:eval|exec|compile|__import__|os\.(?:system|popen|exec\w*|spawn\w*)|(?:\w+\.)?run_(?:path|module)"
    r"|subprocess\.(?:getoutput|getstatusoutput)|asyncio\.create_subprocess_shell|yaml\.\w+|builtins\.\w+)$"
)


def entries(lock: str) -> list[str]:
    """Each package of a lock with its hashes."""
    text = (ROOT / lock).read_text().replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def names(lock: str) -> set[str]:
    return {entry.split("==")[0] for entry in entries(lock)}


def listed(title: str) -> dict[str, str]:
    """Package -> licence, as docs/dependencies.md lists them below the heading "Every package: <title>"."""
    text = (ROOT / "docs/dependencies.md").read_text()
    part = text.partition(f"### Every package: {title.lower()}\n")[2].partition("\n#")[0]
    return dict(re.findall(r"^\| `([\w.-]+)` \| ([^|]+?) \|", part, re.MULTILINE))


# ------------------------------------------------------------------ the packages


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_to_one_version_and_to_hashes(lock: str) -> None:
    pin = re.compile(r"[a-z0-9-]+==\S+ (?:; [^#]*?)?\s*(?:--hash=sha256:[0-9a-f]{64}\s*)+")

    assert [entry[:60] for entry in entries(lock) if not pin.fullmatch(entry + " ")] == []


def test_list_of_packages_with_their_licences_is_the_lock() -> None:
    program, tools = listed("The program"), listed("The tools")

    assert set(program) == names("requirements.lock")
    assert set(tools) == names("requirements-dev.lock") - names("requirements.lock")


def test_every_licence_may_be_shipped_with_the_program() -> None:
    named = {
        package: part
        for package, licence in listed("The program").items()
        for part in re.split(r" (?:AND|OR) ", licence)
        if part not in ALLOWED
    }
    of_tools = {part for licence in listed("The tools").values() for part in re.split(r" (?:AND|OR) ", licence)}

    assert named == {}
    assert of_tools <= ALLOWED | FOR_TOOLS


@pytest.mark.parametrize("lock", LOCKS)
def test_no_library_of_a_broker_but_zerodhas_comes_along(lock: str) -> None:
    assert names(lock) & UNWANTED == set()


# ------------------------------------------------------------------ the source


def parsed() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / "app").rglob("*.py")):
        yield path.relative_to(ROOT), ast.parse(path.read_text("utf-8"))


def imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and not node.level:
        yield node.module or ""


def runs_text(node: ast.AST) -> bool:
    """Whether this imports or calls what makes a program of a text, or hands a line to a shell."""
    if any(name.split(".")[0] in RUNS_TEXT for name in imported(node)):
        return True
    if not isinstance(node, ast.Call):
        return False
    shell = any(word.arg == "shell" and ast.unparse(word.value) != "False" for word in node.keywords)
    return shell or bool(CALLS.match(ast.unparse(node.func)))


def test_nothing_in_the_program_runs_a_text() -> None:
    found = [
        f"{path}:{node.lineno}: {ast.unparse(node)[:60]}"
        for path, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.expr | ast.stmt) and runs_text(node)
    ]

    assert found == []


@pytest.mark.parametrize(
    "code",
    ["from pickle import loads", "import yaml", "eval(x)", "os.system(x)", "subprocess.run(x, shell=True)", "exec(x)"],
)
def test_the_look_for_it_finds_it(code: str) -> None:
    assert any(runs_text(node) for node in ast.walk(ast.parse(code)))


@pytest.mark.parametrize("code", ["re.compile(x)", "subprocess.run([x])", "model.exec_(x)", "import json"])
def test_the_look_for_it_finds_nothing_else(code: str) -> None:
    assert not any(runs_text(node) for node in ast.walk(ast.parse(code)))


def test_security_rules_of_the_linter_are_on_for_the_whole_program() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    off = re.findall(r'^"(app/[^"]*)" = \[([^\]]*)\]', text, re.MULTILINE)

    assert 'select = ["ALL"]' in text
    assert [place for place, rules in off if re.search(r'"S\d*"', rules)] == []


def test_every_exception_to_a_security_rule_says_why() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"# noqa: [A-Z0-9, ]*\bS\d{3}", line) and not re.search(r"# noqa: [A-Z0-9, ]+ - \w", line)
    ]

    assert bare == []
