"""The real program with its broker at another address, which only code can do.

    python -m tests.desktop.launch URL [arguments of kunji]

Everything else is as the user has it: the profile's files, the keychain of the session, the browser, the bus. Quiet
hours are off, so that a notification comes whenever the tests run.
"""

import sys

from app.brokers import create_broker
from app.brokers.base import BaseBroker
from app.main import Parts, main


def make_broker(broker_type: str) -> BaseBroker:
    """A broker whose every endpoint is at the address on the command line."""
    return create_broker(broker_type, base_url=sys.argv[1])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[2:], Parts({"make_broker": make_broker, "quiet_hours": None})))
