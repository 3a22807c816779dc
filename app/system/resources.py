"""The one way to a file of `resources/`: in the checkout, in the installed wheel, in the packaged build."""

import sys
from pathlib import Path

_APP = Path(__file__).resolve().parent.parent


def resource(name: str) -> Path:
    """The file or folder `name` ("icons/key.svg"). Raises `FileNotFoundError` when there is none."""
    for root in _roots():
        path = root / name
        if path.exists():
            return path
    raise FileNotFoundError(f"resource {name!r} is not in {', '.join(map(str, _roots()))}")


def _roots() -> tuple[Path, ...]:
    bundle = getattr(sys, "_MEIPASS", None)  # set by PyInstaller
    if bundle is not None:
        return (Path(bundle) / "resources", Path(bundle) / "app" / "_resources")
    return (_APP / "_resources", _APP.parent / "resources")  # the wheel carries them inside the package
