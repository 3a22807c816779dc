#!/bin/sh
# The packaged program against the tests of the source tree: sh packaging/test_built.sh [arguments of pytest]
#
# Clones the commit that is checked out into two folders of different names, builds in each, and compares what came of it
# byte for byte. Then the clones are renamed, the built folder is moved away from where it was made, and the whole
# end-to-end suite runs against it, every program in / and with an environment emptied by tests/desktop/alone.sh. About
# a quarter of an hour, so not part of test.sh. Needs no display.
set -u
. "$(dirname -- "$0")/common.sh"

# shellcheck disable=SC2086 # words are meant to split
need_packages $QT_PACKAGES $SESSION_PACKAGES
make_venv dev
unset DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS
top=$(mktemp -d "${TMPDIR:-/tmp}/kunji-built.XXXXXX") || die "no temporary folder"
trap 'rm -rf "$top"' EXIT
trap 'exit 130' INT TERM HUP

build_in() { # build_in FOLDER: a clone with everything of build.sh in dist/
    git clone -q "$ROOT" "$1" || die "could not clone"
    cp -a .venv "$1/.venv"
    sh "$1/packaging/build.sh" --tested || die "could not build in $1"
}
build_in "$top/first"
build_in "$top/in another/place" # with a space in it

cmp "$top/first/dist/SHA256SUMS" "$top/in another/place/dist/SHA256SUMS" || die "two builds of one commit differ"
say "two builds of one commit in two folders are the same, byte for byte"
rm -rf "$top/in another"

mv "$top/first/dist" "$top/program"
rm -rf "$top/first/build"
mv "$top/first" "$top/renamed"
cd "$top/renamed" || die "the clone is gone"
KUNJI_PACKAGED=$top/program/kunji-tested .venv/bin/python -m pytest -q -m "desktop and not slow" tests/end2end "$@" </dev/null
