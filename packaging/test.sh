#!/bin/sh
# Every check of the project, once: sh packaging/test.sh [arguments of pytest]
#
# Makes .venv from the lock, installs missing Debian packages when root (else names the command), then: ruff, mypy,
# and all tests. pytest runs four times: the real window (the marker "desktop"), in private desktop sessions, one for
# every core; what must have the machine for itself (the marker "alone"); windows without a desktop (the marker
# "windows"), and then the rest, on all cores. Each run ends with its closing line; anything that failed makes the exit
# status 1. Needs no display.
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
none_selected=0
run_tests() { # run_tests WHICH [arguments of pytest]
    say "pytest, $1"
    shift
    .venv/bin/python -m pytest -q "$@" </dev/null
    case $? in
    0) ;;
    5) none_selected=$((none_selected + 1)) ;; # the arguments named tests of the other kind only
    *) failed="$failed pytest" ;;
    esac
}
cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
run_tests "desktops" -m "desktop and not slow" --numprocesses "$cores" --dist loadfile "$@"
run_tests "alone" -m "alone and not desktop and not slow" "$@"
run_tests "windows" -m "windows and not alone and not slow" --numprocesses "$cores" --dist loadfile "$@"
rest="not alone and not windows and not desktop and not slow"
run_tests "on $cores cores" -m "$rest" --numprocesses "$cores" --dist worksteal "$@"
if [ "$none_selected" = 4 ]; then
    say "no test was selected"
    failed="$failed pytest"
fi
[ -z "$failed" ]
