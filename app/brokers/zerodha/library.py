"""kiteconnect without its ticker: streaming is not used here, and it brings Twisted, 140 ms and 17 MB of it."""

import sys
import threading
from types import ModuleType
from typing import Any, Final

_TICKER: Final = "kiteconnect.ticker"
_lock: Final = threading.Lock()


def kite_connect() -> Any:
    """The class `KiteConnect`; loaded at the first call, which takes 60 ms. Safe on any thread.

    Meanwhile an empty module stands for its ticker; whoever asks for that one later gets the real one.
    """
    with _lock:
        if "kiteconnect" not in sys.modules and _TICKER not in sys.modules:
            stand_in = ModuleType(_TICKER)
            vars(stand_in)["KiteTicker"] = None
            sys.modules[_TICKER] = stand_in
        try:
            from kiteconnect.connect import KiteConnect  # loaded on first use: start-up
        finally:
            if getattr(sys.modules.get(_TICKER), "KiteTicker", ...) is None:
                del sys.modules[_TICKER]
    return KiteConnect
