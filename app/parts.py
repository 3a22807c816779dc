"""What the program can be built with otherwise than for the user: only the demo and the tests hand it in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.domain import Clock
    from app.qt.demo import DemoControls


@dataclass(frozen=True, slots=True)
class Parts:
    """What is built differently than for the user.

    `build` goes to `build_services` by name, `demo` is the window's band, `clock` replaces the machine's everywhere.
    """

    build: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    demo: "DemoControls | None" = None
    clock: "Clock | None" = None
