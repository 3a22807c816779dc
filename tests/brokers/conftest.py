"""The libraries are loaded before the first test: tests of deadlines measure the network, not an import."""

import kiteconnect  # noqa: F401 - loaded for its effect

from app.brokers.zerodha import session  # noqa: F401 - loaded for its effect
