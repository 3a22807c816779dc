"""What goes into the packaged program, and what does not: read by kunji.spec.

An entry is PyInstaller's (name in the folder, source, kind).
"""

import re
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions, packages_distributions
from pathlib import Path
from typing import Final

from PyInstaller.depend.bindepend import get_imports

Entry = tuple[str, str, str]

ROOT: Final = Path(__file__).resolve().parent.parent
LEFT_OUT: Final = [
    *("tkinter", "test", "distutils", "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtTest"),
    *("kiteconnect.ticker", "autobahn", "twisted", "OpenSSL"),  # streaming: app/brokers/zerodha/library.py goes without
]
"""Modules that libraries would import if they were there."""
NEVER_LOADED: Final = re.compile(  # each was seen in a full build
    r"platformthemes/libqgtk3"  # brings the whole of GTK
    r"|platforms/libq(?:eglfs|linuxfb|vnc|minimal|minimalegl|vkkhrdisplay|directfb)"
    r"|egldeviceintegrations/|wayland-graphics-integration-server/|plugins/generic/|plugins/networkinformation/"
    r"|imageformats/(?:lib)?q(?!gif|ico|jpeg|svg)"
    r"|Qt6?(?:Quick|Qml|Pdf|Designer|Help|Sql|Test|VirtualKeyboard|EglF[Ss])"
    r"|PySide6/Qt/translations/|PySide6/(?:Qt/)?qml/"
)
LIBRARY: Final = re.compile(r"^(?:PySide6/Qt/lib/)?lib(?!python)[^/]+\.so[.\d]*$")
"""Loaded because another file needs it; Python's own is loaded by name."""
HEARTBEAT: Final[list[Entry]] = [
    *((name, "-", "PYMODULE") for name in ("tests", "tests.desktop")),  # folders without a module of their own
    ("tests.desktop.heartbeat", str(ROOT / "tests/desktop/heartbeat.py"), "PYMODULE"),
]
"""For the programs of the tests alone."""
LICENCE: Final = re.compile(r"LICEN[CS]E|COPYING|NOTICE|AUTHORS", re.IGNORECASE)


def modules() -> list[str]:
    """All of ours: some are imported by name, one after another, so that the window's loop turns between them."""
    paths = (path.relative_to(ROOT).with_suffix("") for path in (ROOT / "app").rglob("*.py"))
    return sorted(".".join(path.parts).removesuffix(".__init__") for path in paths if path.name != "__main__")


def left_out() -> list[str]:
    """What must not come along, with all that lies in this environment and is not locked for the program."""
    locked = _locked()
    given = packages_distributions()
    return [*LEFT_OUT, *sorted(top for top, names in given.items() if locked.isdisjoint(map(plain, names)))]


def plain(name: str) -> str:
    """A distribution's name as locks write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _locked() -> set[str]:
    return {plain(name) for name in re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)}


def kept(entries: list[Entry]) -> list[Entry]:
    """The entries that the program may load."""
    left = [entry for entry in entries if not NEVER_LOADED.search(entry[0].replace("\\", "/"))]
    return _needed(left) if sys.platform == "linux" else left


def _needed(entries: list[Entry]) -> list[Entry]:
    """Without the libraries that only what was left out needs."""
    libraries = {Path(name).name: source for name, source, _ in entries if LIBRARY.search(name)}
    asked = [source for name, source, _ in entries if not LIBRARY.search(name)]
    found: set[str] = set()
    while asked:
        new = {name for name, _ in get_imports(asked.pop()) if name in libraries} - found
        found |= new
        asked += [libraries[name] for name in new]
    return [entry for entry in entries if Path(entry[0]).name in found or not LIBRARY.search(entry[0])]


def licences(binaries: list[Entry]) -> list[Entry]:
    """The licences of all that comes along: Python, the packages of the lock, the libraries of this Debian."""
    found = {f"licenses/python/{path.name}": path for path in [Path(sysconfig.get_path("stdlib"), "LICENSE.txt")]}
    locked = _locked()
    for each in distributions():
        if plain(each.name) in locked:
            found |= {f"licenses/{plain(each.name)}/{path.name}": path for path in _licences_of(each)}
    for package in sorted(_debian_packages([source for _, source, kind in binaries if kind == "BINARY"])):
        found[f"licenses/debian/{package}/copyright"] = Path("/usr/share/doc", package, "copyright")
    return [(name, str(path), "DATA") for name, path in sorted(found.items()) if path.is_file()]


def _licences_of(package: Distribution) -> Iterator[Path]:
    for path in package.files or ():
        if ".dist-info" in path.parts[0] and LICENCE.search(path.name):
            yield Path(str(package.locate_file(path)))


def _debian_packages(sources: list[str]) -> set[str]:
    """Whose files these are; nothing where there is no dpkg."""
    system = {path for source in sources if source.startswith(("/lib/", "/usr/lib/")) for path in _both(source)}
    if not system:
        return set()
    try:
        said = subprocess.run(["dpkg", "-S", *sorted(system)], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return set()
    return {line.partition(":")[0] for line in said.stdout.splitlines()}


def _both(source: str) -> set[str]:
    """A file's names: dpkg knows it by the one or by the other since /lib became a link to /usr/lib."""
    names = {source, str(Path(source).resolve())}
    return names | {name.removeprefix("/usr") for name in names} | {f"/usr{name}" for name in names if name[1] == "l"}


# ------------------------------------------------------------------ when the folder is there


def settle(folder: Path) -> None:
    """Take out of the built `folder` what differs from build to build, and what leads out of it."""
    library = folder / "_internal" / "base_library.zip"
    if library.exists():
        _sort(library)
    if sys.platform == "linux":
        for path in folder.rglob("*.so*"):
            if not path.is_symlink():
                _stay_inside(path)


def _sort(archive: Path) -> None:
    """The same archive with its files in the order of their names; PyInstaller writes them as they come."""
    with zipfile.ZipFile(archive) as read:
        entries = [(info, read.read(info)) for info in sorted(read.infolist(), key=lambda info: info.filename)]
    with zipfile.ZipFile(archive, "w") as written:
        for info, content in entries:
            written.writestr(info, content)


def _stay_inside(path: Path) -> None:
    """Where a library looks for others: in this folder, and no more where the Python of this machine lay.

    Whoever could make that folder on another machine could have a library of his own loaded from it.
    """
    foreign = str(sysconfig.get_config_var("LIBDIR")).encode()
    own = b"$ORIGIN/../.."
    content = path.read_bytes()
    if len(own) <= len(foreign) and b"\0" + foreign + b"\0" in content:
        path.write_bytes(content.replace(b"\0" + foreign + b"\0", b"\0" + own.ljust(len(foreign) + 1, b"\0")))
