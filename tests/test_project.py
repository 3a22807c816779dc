"""The project as a whole: its changelog, its locks, its documents, and what no committed file may say."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from app import __version__

ROOT: Final = Path(__file__).parent.parent
MADE_BY_TOOLS: Final = {".git", ".venv", "build", "dist", "demo-pictures", "__pycache__"}
TEXT: Final = {".py", ".md", ".toml", ".sh", ".lock", ".yaml", ".yml", ".json", ".spec", ".qss", ".svg", ".txt", ""}


def is_made_by_tools(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return any(part in MADE_BY_TOOLS or part.endswith(("_cache", ".egg-info")) for part in parts) or parts[0] in (
        ".hypothesis",
        ".coverage",
    )


def text_files() -> Iterator[Path]:
    for path in sorted(ROOT.rglob("*")):
        if not is_made_by_tools(path) and path.is_file() and path.suffix in TEXT:
            yield path


def project() -> dict[str, object]:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert isinstance(table, dict)
    return table


# ------------------------------------------------------------------ no word that means nothing to a user

MACHINE: Final = re.compile(r"/(?:work|farm|root|home/\w+)/|/tmp/bash_jobs" + r"|(?<!\w)shared/")
HOSTS: Final = re.compile("|".join((r"py" + r"pi\.org", r"python" + r"hosted\.org", r"npm" + r"js\.(?:org|com)")))


@pytest.mark.parametrize("pattern", [MACHINE, HOSTS], ids=["paths of a machine", "hosts of registries"])
def test_no_file_names(pattern: re.Pattern[str]) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in text_files()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]

    assert found == []


# ------------------------------------------------------------------ marks

PLACED: Final = re.compile(r"mark\.(?:alone|desktop)\b")


def test_where_a_test_has_to_run_is_said_in_its_own_file() -> None:
    """The runs of these marks load no other file (see `pytest_ignore_collect` in tests/conftest.py)."""
    tests = ROOT / "tests"
    placing = {path for path in tests.rglob("*.py") if PLACED.search(path.read_text("utf-8"))}

    assert tests / "end2end" / "test_life.py" in placing
    assert [str(path) for path in sorted(placing) if not path.name.startswith("test_")] == []


# ------------------------------------------------------------------ locks


def locked(name: str) -> dict[str, tuple[str, int]]:
    """Name -> (version, number of hashes)."""
    entries = re.split(r"\n(?=\S)", (ROOT / name).read_text().replace("\\\n", " "))
    rows = (re.match(r"([A-Za-z0-9._-]+)==(\S+)", entry) for entry in entries)
    return {row[1]: (row[2], entry.count("--hash=sha256:")) for row, entry in zip(rows, entries, strict=True) if row}


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_lock_has_a_hash_for_every_package_and_no_address(name: str) -> None:
    rows = locked(name)

    assert len(rows) > 20
    assert [package for package, (_, hashes) in rows.items() if not hashes] == []
    assert "://" not in (ROOT / name).read_text()


def test_both_locks_agree() -> None:
    run, dev = locked("requirements.lock"), locked("requirements-dev.lock")

    assert {name: dev.get(name) for name in run} == run


@pytest.mark.parametrize(
    ("lock", "wanted"), [("requirements.lock", "dependencies"), ("requirements-dev.lock", "optional-dependencies")]
)
def test_every_declared_dependency_is_locked(lock: str, wanted: str) -> None:
    declared = project()[wanted]
    entries = declared["dev"] if isinstance(declared, dict) else declared
    assert isinstance(entries, list)

    names = {re.split(r"[<>=;!~ \[]", entry)[0].lower().replace("_", "-") for entry in entries}

    assert names - {name.lower() for name in locked(lock)} == set()


def test_every_dependency_has_its_reason_in_the_documents() -> None:
    table = project()
    declared, optional = table["dependencies"], table["optional-dependencies"]
    assert isinstance(declared, list)
    assert isinstance(optional, dict)
    text = (ROOT / "docs/dependencies.md").read_text().lower()

    names = {re.split(r"[<>=;!~ \[]", entry)[0].lower() for entry in [*declared, *optional["dev"]]}

    assert sorted(name for name in names if f"`{name}`" not in text) == []


# ------------------------------------------------------------------ changelog and version


def test_version_stands_in_one_place() -> None:
    version = re.compile(rf"""["']{re.escape(__version__)}["']""")
    places = [
        path.relative_to(ROOT).as_posix()
        for path in text_files()
        if path.suffix in {".py", ".toml", ".sh", ".spec", ""} and "tests" not in path.relative_to(ROOT).parts
        if version.search(path.read_text("utf-8"))
    ]

    assert places == ["app/__init__.py"]
    assert project()["dynamic"] == ["version"]


def test_changelog_keeps_its_form() -> None:
    lines = (ROOT / "CHANGELOG.md").read_text().splitlines()
    releases = [line for line in lines if line.startswith("## ")]
    sections = [line for line in lines if line.startswith("### ")]

    assert lines[0] == "# Changelog"
    assert releases[0] == "## Unreleased"
    assert all(re.fullmatch(r"## \d+\.\d+\.\d+ - \d{4}-\d\d-\d\d", line) for line in releases[1:])
    assert {section[4:] for section in sections} <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


# ------------------------------------------------------------------ documents


def test_requirements_name_every_task_and_only_tests_that_exist() -> None:
    text = (ROOT / "docs/requirements.md").read_text()
    named = re.findall(r"`((?:tests|app|packaging|benchmarks|docs)/[\w./-]+)(?:::(\w+))?`", text)
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).exists() or (name and f"def {name}(" not in (ROOT / path).read_text())
    ]

    assert re.findall(r"^\| (TASK-\d+) ", text, re.MULTILINE) == [f"TASK-0{number}" for number in range(13, 28)]
    assert len(named) > 30
    assert missing == []


def test_links_between_documents_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    broken = [
        f"{page.relative_to(ROOT)} -> {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]

    assert broken == []


def test_every_picture_is_shown_by_a_document() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    shown = {
        (page.parent / target).resolve() for page in pages for target in re.findall(r"\]\(([^)#\s]+)", page.read_text())
    }

    assert [path.name for path in sorted((ROOT / "docs/pictures").iterdir()) if path not in shown] == []
