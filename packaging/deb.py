"""The Debian package of the built folder, byte for byte the same from the same folder.

    SOURCE_DATE_EPOCH=... python packaging/deb.py dist/kunji dist

Writes dist/kunji_VERSION_ARCHITECTURE.deb with dpkg-deb and prints its path. What the package needs of Debian is found:
the libraries that the folder's files load and that are not in it.
"""

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
DEBIAN: Final = ROOT / "packaging" / "debian"
SIZES: Final = (16, 22, 24, 32, 48, 64, 128, 256)
SMALL: Final = 16  # pixels up to which the icon has a drawing of its own
CONFFILE: Final = "etc/xdg/autostart/kunji.desktop"


def main() -> None:
    """Build the package."""
    folder, target = (Path(word).resolve() for word in sys.argv[1:3])
    moment = int(os.environ["SOURCE_DATE_EPOCH"])
    with tempfile.TemporaryDirectory(prefix="kunji-deb-") as top:
        tree = Path(top, "kunji")
        lay_out(folder, tree)
        describe(folder, tree)
        settle(tree, moment)
        print(pack(tree, target))


# ------------------------------------------------------------------ the files


def lay_out(folder: Path, tree: Path) -> None:
    """Everything where Debian wants it."""
    shutil.copytree(folder, tree / "usr/lib/kunji", symlinks=True)
    (tree / "usr/bin").mkdir()
    (tree / "usr/bin/kunji").symlink_to("../lib/kunji/kunji")
    put(DEBIAN / "kunji.desktop", tree / "usr/share/applications/kunji.desktop")
    put(DEBIAN / "autostart.desktop", tree / CONFFILE)
    put(DEBIAN / "copyright", tree / "usr/share/doc/kunji/copyright")
    news = tree / "usr/share/doc/kunji/NEWS.gz"
    news.write_bytes(gzip.compress((ROOT / "CHANGELOG.md").read_bytes(), 9, mtime=0))
    draw_icons(tree / "usr/share/icons/hicolor")


def put(source: Path, target: Path) -> None:
    """Copy one file, its folder made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def draw_icons(theme: Path) -> None:
    """The program's icon in every size that desktops ask for, from the drawings in resources/icons."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    icons = ROOT / "resources" / "icons"
    put(icons / "app.svg", theme / "scalable/apps/kunji.svg")
    for size in SIZES:
        name = "app-16.svg" if size <= SMALL else "app.svg"
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        QSvgRenderer(str(icons / name)).render(painter)
        painter.end()
        target = theme / f"{size}x{size}/apps/kunji.png"
        target.parent.mkdir(parents=True)
        if not image.save(str(target)):
            raise OSError(f"{target} could not be written")


# ------------------------------------------------------------------ what Debian is told


def describe(folder: Path, tree: Path) -> None:
    """The folder DEBIAN: control, conffiles, md5sums."""
    size = sum(path.stat().st_size for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    about = tree / "DEBIAN"
    about.mkdir()
    values = {
        "VERSION": version(),
        "ARCHITECTURE": architecture(),
        "SIZE": str(size // 1024),
        "DEPENDS": ", ".join(depends(folder)),
    }
    text = (DEBIAN / "control").read_text()
    (about / "control").write_text(re.sub(r"@(\w+)@", lambda found: values[found[1]], text))
    (about / "conffiles").write_text(f"/{CONFFILE}\n")
    (about / "md5sums").write_text("".join(sums(tree)))


def version() -> str:
    """As app/__init__.py says it, the only place where it stands."""
    found = re.search(r'^__version__ = "(.+)"$', (ROOT / "app/__init__.py").read_text(), re.MULTILINE)
    if found is None:
        raise ValueError("app/__init__.py names no version")
    return found[1]


def architecture() -> str:
    """This Debian's."""
    return said("dpkg", "--print-architecture").strip()


def sums(tree: Path) -> list[str]:
    """A line of each file that is no conffile."""
    files = sorted(path for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    names = {path.relative_to(tree).as_posix(): path for path in files}
    wanted = {name: path for name, path in names.items() if not name.startswith("DEBIAN/") and name != CONFFILE}
    return [
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {name}\n"
        for name, path in wanted.items()
    ]


def depends(folder: Path) -> list[str]:
    """The packages whose libraries are loaded from the system; of the C library also the version that is needed."""
    programs = [path for path in sorted(folder.rglob("*")) if path.is_file() and is_elf(path)]
    env = {**os.environ, "LD_LIBRARY_PATH": str(folder / "_internal")}
    loaded = subprocess.run(["ldd", *map(str, programs)], capture_output=True, text=True, env=env, check=False).stdout
    if lacking := sorted(set(re.findall(r"^\s*(\S+) => not found", loaded, re.MULTILINE))):
        raise FileNotFoundError(f"not in the folder and not on this system: {', '.join(lacking)}")
    outside = {path for path in re.findall(r"=> (/.+) \(0x", loaded) if not path.startswith(str(folder))}
    packages = {package_of(path) for path in outside}
    return sorted(f"{name} (>= {glibc(programs)})" if name == "libc6" else name for name in packages)


def is_elf(path: Path) -> bool:
    """Whether this is a program or a library."""
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def package_of(path: str) -> str:
    """Which package a library belongs to; dpkg knows it by one of two names since /lib is a link to /usr/lib."""
    resolved = str(Path(path).resolve())
    names = [path, resolved, f"/usr{path}", resolved.removeprefix("/usr")]
    found = subprocess.run(["dpkg", "-S", *names], capture_output=True, text=True, check=False).stdout
    if not found:
        raise FileNotFoundError(f"no Debian package has {path}")
    return found.partition(":")[0]


def glibc(programs: list[Path]) -> str:
    """The newest version of the C library that a symbol of these asks for."""
    asked = {found for path in programs for found in re.findall(rb"\0GLIBC_(\d+)\.(\d+)(?=[.\0])", path.read_bytes())}
    return ".".join(map(str, max((int(major), int(minor)) for major, minor in asked)))


# ------------------------------------------------------------------ the archive


def settle(tree: Path, moment: int) -> None:
    """Rights that depend on nobody's umask, and one time for all."""
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            runs = path.is_dir() or path == tree / "usr/lib/kunji/kunji"
            path.chmod(0o755 if runs else 0o644)
        os.utime(path, (moment, moment), follow_symlinks=False)


def pack(tree: Path, target: Path) -> Path:
    """The .deb in `target`."""
    made = target / f"kunji_{version()}_{architecture()}.deb"
    said("dpkg-deb", "-Zxz", "--root-owner-group", "--build", str(tree), str(made))
    return made


def said(*command: str) -> str:
    """What a command says; an error of it ends this."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
