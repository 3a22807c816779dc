#!/bin/sh
# Kunji with invented broker accounts: sh packaging/demo.sh [folder for the pictures]
#
# With a display: opens `kunji demo`, a window on a profile of its own whose brokers are simulators on this machine.
# Without one: starts a private desktop session, walks through connect, status, positions, an expired token, its
# notification, the click on Reconnect, the sign-in in a real browser, green again, and the accounts of three more
# brokers; prints what was observed from outside at every step, keeps a screenshot of each, and exits 0 only if all of
# it was observed.
set -u
. "$(dirname -- "$0")/common.sh"

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    # shellcheck disable=SC2086 # words are meant to split
    need_packages $QT_PACKAGES
    make_venv run
    exec .venv/bin/kunji demo
fi
# shellcheck disable=SC2086 # words are meant to split
need_packages $QT_PACKAGES $SESSION_PACKAGES
make_venv run
pictures=${1:-$ROOT/demo-pictures}
exec .venv/bin/python -m tests.desktop.demo "$pictures" </dev/null
