#!/bin/sh
# Every check of the project, once: sh packaging/test.sh [arguments of pytest]
#
# Makes .venv from the lock, installs missing Debian packages when root (else names the command), then: ruff, mypy,
# and all tests, those of the real window in a private desktop session of their own. Ends with pytest's closing line;
# anything that failed makes the exit status 1. Needs no display.
set -u
. "$(dirname -- "$0")/common.sh"

# shellcheck disable=SC2086 # words are meant to split
need_packages $QT_PACKAGES $SESSION_PACKAGES
make_venv dev

failed=""
check() {
    say "$*"
    "$@" || failed="$failed $(basename -- "$1")"
}
check .venv/bin/ruff check .
check .venv/bin/ruff format --check .
check .venv/bin/mypy
[ -z "$failed" ] || say "failed before the tests:$failed"

# The tests must not see the desktop of whoever runs them: the session of their own is the only one.
unset DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS
say "pytest"
.venv/bin/python -m pytest -q -m "not slow" "$@" </dev/null || failed="$failed pytest"
[ -z "$failed" ]
