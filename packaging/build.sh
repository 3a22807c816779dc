#!/bin/sh
# What is given to people, in dist/: sh packaging/build.sh [--tested]
#
#   kunji/                          the folder that runs without Python: dist/kunji/kunji
#   kunji-VERSION-linux-ARCH.tar.xz the same, packed
#   kunji_VERSION_ARCH.deb          the Debian package of it, where dpkg is
#   kunji-VERSION-py3-none-any.whl  the wheel
#   SHA256SUMS                      their checksums (sha256sum -c SHA256SUMS)
#
# The time in all of them is that of the commit, so that the same commit, built again on the same system, gives the same
# bytes. --tested adds the folder kunji-tested, which is for the tests alone (packaging/kunji.spec).
set -u
. "$(dirname -- "$0")/common.sh"
make_venv dev

# Without the history (a tar of the source) it is the date of the newest release notes.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date -r CHANGELOG.md +%s)}
PYTHONHASHSEED=0 # PyInstaller writes sets in their order
export SOURCE_DATE_EPOCH PYTHONHASHSEED
umask 022

pack_folder() { # pack_folder FILE: sorted, everything root's, one time
    tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=go-w \
        --format=gnu -C dist -cf - kunji | xz -T0 >"$1" || die "could not write $1"
}

rm -rf dist
.venv/bin/python -m PyInstaller --noconfirm --log-level ERROR --distpath dist --workpath build \
    packaging/kunji.spec -- "$@" || die "PyInstaller failed"
.venv/bin/python -m hatchling build -t wheel -d dist >/dev/null 2>&1 || die "the wheel was not built"
version=$(dist/kunji/kunji --version | cut -d' ' -f2)
if [ "$(uname -s)" = Linux ]; then
    pack_folder "dist/kunji-$version-linux-$(uname -m).tar.xz"
fi
if command -v dpkg-deb >/dev/null 2>&1; then
    .venv/bin/python packaging/deb.py dist/kunji dist >/dev/null || die "the Debian package was not built"
fi
(cd dist && find . -maxdepth 1 -type f ! -name SHA256SUMS | sed 's|^\./||' | LC_ALL=C sort | xargs sha256sum >SHA256SUMS)
say "$(du -sm dist/kunji | cut -f1) MB in dist/kunji; start it with dist/kunji/kunji. Beside it:"
(cd dist && ls -sh1 | grep -v '^total\| kunji\(-tested\)\{0,1\}$')
