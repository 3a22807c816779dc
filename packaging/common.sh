# Read by test.sh, demo.sh and build.sh: the Debian packages and the virtual environment that they need. POSIX sh.
#
# Everything is made inside the checkout (.venv); Debian packages are installed only when this runs as root, else the
# exact command is named and nothing is changed.

ROOT=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$ROOT" || exit 1
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV PYTHONDONTWRITEBYTECODE # a cached import starts a process in half the time
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

PYTHON_PACKAGES="python3 python3-venv"
# What PySide6-Essentials and the X11 plugin of Qt load, and one font with a rupee sign.
QT_PACKAGES="libegl1 libgl1 libx11-6 libx11-xcb1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1
 libfreetype6 libglib2.0-0 libgssapi-krb5-2 libbrotli1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1
 libxcb-randr0 libxcb-render0 libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-util1 libxcb-xfixes0
 libxcb-xkb1 fonts-dejavu-core"
# The private desktop session of tests/desktop/ and the browser that signs in there.
SESSION_PACKAGES="bash xvfb xauth dbus dbus-bin openbox xdotool x11-utils imagemagick xfce4-panel xfce4-notifyd trayer
 gnome-keyring at-spi2-core gir1.2-atspi-2.0 python3-gi chromium"

say() { printf '%s: %s\n' "$(basename -- "$0")" "$*"; }
die() {
    say "$*" >&2
    exit 1
}

# Of the packages named, those that are not installed, nor provided by another that is.
missing_packages() {
    have=$(dpkg-query -W -f='${db:Status-Status} ${Package} ${Provides}\n' 2>/dev/null | sed -n 's/^installed //p' |
        sed 's/([^)]*)//g' | tr -s ' ,' '\n\n')
    for name in "$@"; do
        printf '%s\n' "$have" | grep -qxF -- "$name" || printf '%s ' "$name"
    done
}

# Install what is missing of the packages named (root), or name the command and stop.
need_packages() {
    if ! command -v dpkg-query >/dev/null 2>&1; then
        say "this is no Debian: install what these are here, if anything is missing: $*"
        return 0
    fi
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    install="apt-get install -y --no-install-recommends $missing"
    [ "$(id -u)" = 0 ] || die "Debian packages are missing. Run this, then start again:
  sudo $install"
    say "installing Debian packages: $missing"
    export DEBIAN_FRONTEND=noninteractive
    quiet="-qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0"
    # The lists of a fresh machine are empty, those of an old one name files that are gone: update once, then again.
    # shellcheck disable=SC2086 # words are meant to split
    apt-get $quiet install -y --no-install-recommends $missing </dev/null >/dev/null 2>&1 ||
        { apt-get $quiet update </dev/null &&
            apt-get $quiet install -y --no-install-recommends $missing </dev/null >/dev/null; } ||
        die "apt-get failed: $install"
}

usable_python() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# Set PYTHON to a Python of 3.11 or newer that can make virtual environments.
find_python() {
    for PYTHON in python3 python3.11 python3.12 python3.13 /usr/bin/python3; do
        usable_python "$PYTHON" && return 0
    done
    # shellcheck disable=SC2086 # words are meant to split
    need_packages $PYTHON_PACKAGES
    PYTHON=/usr/bin/python3
    usable_python "$PYTHON" || die "Python 3.11 or newer with its venv module is needed"
}

# make_venv run|dev: .venv from the lock with hashes; made anew only when a lock or the Python changed.
make_venv() {
    find_python
    locks=$(cat requirements.lock requirements-dev.lock | cksum)
    stamp="$1 $locks $("$PYTHON" -VV | tr '\n' ' ')"
    made=$(cat .venv/made-from 2>/dev/null)
    if [ "$made" != "$stamp" ] && [ "$made" != "dev ${stamp#* }" ]; then # the dev lock holds the other one
        lock=requirements.lock
        [ "$1" = run ] || lock=requirements-dev.lock
        say "making .venv from $lock"
        rm -rf .venv
        "$PYTHON" -m venv .venv || die "could not make .venv"
        .venv/bin/python -m pip install --quiet --require-hashes -r "$lock" || die "could not install $lock"
        printf '%s\n' "$stamp" >.venv/made-from
    fi
    # The checkout itself, without a build: its folder on the path and its command beside the others.
    site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf '%s\n' "$ROOT" >"$site/kunji.pth"
    printf '#!%s\nfrom app.main import main\n\nraise SystemExit(main())\n' "$ROOT/.venv/bin/python" >.venv/bin/kunji
    chmod 755 .venv/bin/kunji
}
