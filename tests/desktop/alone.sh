#!/bin/sh
# alone.sh PROGRAM [words]: a packaged program in another folder, with what a desktop hands on and nothing else.
#
# QT_SCALE_FACTOR is how the private session says that the desktop is scaled; it is not set otherwise.
PATH=/usr/local/bin:/usr/bin:/bin
cd / || exit 70
for name in DISPLAY DBUS_SESSION_BUS_ADDRESS HOME PATH XDG_RUNTIME_DIR BROWSER QT_LINUX_ACCESSIBILITY_ALWAYS_ON \
    QT_SCALE_FACTOR; do
    eval "value=\${$name-}"
    [ -z "$value" ] || set -- "$name=$value" "$@"
done
exec env -i "$@"
