#!/bin/sh
# The folder that runs without Python: sh packaging/build.sh, then dist/kunji/kunji.
#
# Its test builds it anew and opens its window in a desktop session (about a minute, so not part of test.sh):
#   .venv/bin/python -m pytest -m slow tests/end2end/test_built.py
set -u
. "$(dirname -- "$0")/common.sh"
make_venv dev
.venv/bin/python -m PyInstaller --noconfirm --log-level WARN --distpath dist --workpath build packaging/kunji.spec ||
    die "PyInstaller failed"
say "$(du -sm dist/kunji | cut -f1) MB in dist/kunji; start it with dist/kunji/kunji"
