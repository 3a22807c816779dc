#!/usr/bin/env bash
# session.sh [options] -- COMMAND [ARGS...]: run COMMAND inside a real, private desktop session without a display.
#
# Xvfb, a D-Bus session bus, an unlocked gnome-keyring, openbox, a panel with a tray (StatusNotifierItem), a
# notification daemon with buttons, accessibility switched on. HOME and every XDG folder are fresh, so nothing of the
# caller's own desktop is seen or touched. Ends only what it started; its exit status is COMMAND's.
#
#   --size WxH                         screen size (1280x800)
#   --scale N                          a scaled desktop (QT_SCALE_FACTOR)
#   --tray xfce|xembed|none            a panel with a tray, one that knows the older protocol alone (XEmbed), or none
#   --notify xfce|none                 a notification daemon with action buttons, or none
#   --keyring unlocked|locked|absent   the Secret Service
#   --home DIR                         keep HOME in DIR: the next session sees this one's keyring and profile
#   --logs DIR                         keep what the helpers print
#
# Two facts behind choices below. gnome-keyring does not tell of a wrong password (it exits 0 and stays locked), so its
# Locked property is read. The bus activates only the services this session is about, so that "absent" is absent.
set -u -o pipefail

SIZE=1280x800 SCALE='' TRAY=xfce NOTIFY=xfce KEYRING=unlocked HOMEDIR='' KEEP=''
die() {
    echo "session: $*" >&2
    exit 70
}
while [ $# -gt 0 ]; do
    case $1 in
    --size) SIZE=$2 && shift 2 ;;
    --scale) SCALE=$2 && shift 2 ;;
    --tray) TRAY=$2 && shift 2 ;;
    --notify) NOTIFY=$2 && shift 2 ;;
    --keyring) KEYRING=$2 && shift 2 ;;
    --home) HOMEDIR=$2 && shift 2 ;;
    --logs) KEEP=$2 && shift 2 ;;
    --) shift && break ;;
    *) break ;;
    esac
done
one_of() { # one_of VALUE ALLOWED...
    local value=$1
    shift
    for allowed in "$@"; do [ "$value" = "$allowed" ] && return 0; done
    die "$value is none of: $*"
}
one_of "$TRAY" xfce xembed none
one_of "$NOTIFY" xfce none
one_of "$KEYRING" unlocked locked absent
[ $# -gt 0 ] || die "no command"
for tool in Xvfb dbus-daemon dbus-send openbox xprop; do
    command -v $tool >/dev/null || die "$tool is missing: sh packaging/test.sh installs it as root, or names the command"
done

# ---------------------------------------------------------------- private places
TOP=$(mktemp -d "${TMPDIR:-/tmp}/kunji-session.XXXXXX") || die "no temporary folder"
LOGS=${KEEP:-$TOP/logs}
HOMEDIR=${HOMEDIR:-$TOP/home}
mkdir -p "$LOGS" "$TOP/run" "$TOP/services" "$HOMEDIR"
HOMEDIR=$(cd "$HOMEDIR" && pwd)
chmod 700 "$TOP" "$TOP/run"
PIDS=() CHILD=''
start() { # start NAME COMMAND...: a helper in a process group of its own, remembered so that it can be ended
    local name=$1
    shift
    setsid "$@" >"$LOGS/$name.log" 2>&1 </dev/null &
    PIDS+=($!)
}
cleanup() {
    trap '' INT TERM HUP
    if [ -n "$CHILD" ] && kill -TERM "$CHILD" 2>/dev/null; then sleep .3; fi
    local index pid left
    for ((index = ${#PIDS[@]} - 1; index >= 0; index--)); do
        kill -TERM -- "-${PIDS[index]}" 2>/dev/null || kill -TERM "${PIDS[index]}" 2>/dev/null
    done
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        left=0
        for pid in "${PIDS[@]}"; do kill -0 "$pid" 2>/dev/null && left=1; done
        [ $left = 0 ] && break
        sleep .1
    done
    for pid in "${PIDS[@]}"; do kill -KILL -- "-$pid" 2>/dev/null; done
    wait 2>/dev/null
    rm -rf "$TOP"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

unset DISPLAY WAYLAND_DISPLAY XAUTHORITY DBUS_SESSION_BUS_ADDRESS SESSION_MANAGER GNOME_KEYRING_CONTROL SSH_AUTH_SOCK
unset AT_SPI_BUS_ADDRESS NO_AT_BRIDGE PYTHON_KEYRING_BACKEND
export HOME=$HOMEDIR XDG_RUNTIME_DIR=$TOP/run XDG_CONFIG_HOME=$HOMEDIR/.config XDG_DATA_HOME=$HOMEDIR/.local/share
export XDG_CACHE_HOME=$HOMEDIR/.cache XDG_STATE_HOME=$HOMEDIR/.local/state GTK_USE_PORTAL=0 GSETTINGS_BACKEND=memory
export DESKTOP_SESSION_PASSWORD=${DESKTOP_SESSION_PASSWORD:-open sesame}
mkdir -p "$XDG_CONFIG_HOME/openbox" "$XDG_DATA_HOME" "$XDG_CACHE_HOME" "$XDG_STATE_HOME"

wait_for() { # wait_for NAME SECONDS CONDITION...
    local name=$1 turns=$(($2 * 20))
    shift 2
    for ((; turns > 0; turns--)); do
        "$@" >/dev/null 2>&1 && return 0
        sleep .05
    done
    die "$name did not come up: $(tail -n 2 "$LOGS/$name.log" 2>/dev/null | tr '\n' ' ')"
}

# ---------------------------------------------------------------- X server (it picks a free display number itself)
mkfifo "$TOP/display"
exec {DFD}<>"$TOP/display"
start xvfb Xvfb -displayfd "$DFD" -screen 0 "${SIZE}x24" -nolisten tcp -noreset -ac
read -r -t 20 -u "$DFD" NUMBER || die "Xvfb did not start: $(tail -n 3 "$LOGS/xvfb.log")"
exec {DFD}>&-
export DISPLAY=:$NUMBER

# ---------------------------------------------------------------- session bus
allow() {
    if [ -e "/usr/share/dbus-1/services/$1" ]; then ln -s "/usr/share/dbus-1/services/$1" "$TOP/services/$1"; fi
}
allow org.a11y.Bus.service
allow org.xfce.Xfconf.service
if [ "$KEYRING" != absent ]; then
    allow org.gnome.keyring.SystemPrompter.service
    allow org.gnome.keyring.PrivatePrompter.service
fi
cat >"$TOP/session.conf" <<C
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><keep_umask/><listen>unix:path=$TOP/run/bus</listen><auth>EXTERNAL</auth>
<servicedir>$TOP/services</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>
C
start dbus dbus-daemon --nofork --nopidfile --nosyslog --config-file="$TOP/session.conf"
export DBUS_SESSION_BUS_ADDRESS=unix:path=$TOP/run/bus
owned() {
    dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
        string:"$1" | grep -q 'boolean true'
}
wait_for dbus 10 owned org.freedesktop.DBus
# Accessibility first: what starts after it registers there, the notification bubbles too.
export QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1
dbus-send --session --print-reply --dest=org.a11y.Bus /org/a11y/bus org.a11y.Bus.GetAddress >/dev/null ||
    die "no accessibility bus"

# ---------------------------------------------------------------- Secret Service
locked() {
    dbus-send --session --print-reply=literal --dest=org.freedesktop.secrets \
        /org/freedesktop/secrets/collection/login org.freedesktop.DBus.Properties.Get \
        string:org.freedesktop.Secret.Collection string:Locked | grep -q "boolean $1"
}
if [ "$KEYRING" != absent ]; then
    printf '%s' "$DESKTOP_SESSION_PASSWORD" >"$TOP/password"
    start keyring sh -c 'exec gnome-keyring-daemon --foreground --unlock --components=secrets \
        --control-directory="$1/keyring" <"$2"' sh "$TOP/run" "$TOP/password"
    wait_for keyring 10 owned org.freedesktop.secrets
    wait_for keyring 5 locked false
    rm -f "$TOP/password"
    if [ "$KEYRING" = locked ]; then
        dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
            org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login >/dev/null
        wait_for keyring 5 locked true
    fi
fi

# ---------------------------------------------------------------- window manager, notifications, tray
[ -e "$XDG_CONFIG_HOME/openbox/menu.xml" ] || echo '<openbox_menu/>' >"$XDG_CONFIG_HOME/openbox/menu.xml"
start openbox openbox
wait_for openbox 10 sh -c 'xprop -root _NET_SUPPORTING_WM_CHECK | grep -q "window id"'
if [ "$NOTIFY" = xfce ]; then
    daemon=$(ls -d /usr/lib/*/xfce4/notifyd/xfce4-notifyd 2>/dev/null | head -n 1)
    start notify "${daemon:-xfce4-notifyd}"
    wait_for notify 10 owned org.freedesktop.Notifications
fi
if [ "$TRAY" = xfce ]; then
    channel=$XDG_CONFIG_HOME/xfce4/xfconf/xfce-perchannel-xml
    mkdir -p "$channel"
    [ -e "$channel/xfce4-panel.xml" ] || cat >"$channel/xfce4-panel.xml" <<'X'
<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array"><value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/><property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/><property name="icon-size" type="uint" value="16"/>
      <property name="size" type="uint" value="26"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/><value type="int" value="2"/><value type="int" value="3"/></property>
    </property></property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="tasklist"/>
    <property name="plugin-2" type="string" value="separator">
      <property name="expand" type="bool" value="true"/><property name="style" type="uint" value="0"/></property>
    <property name="plugin-3" type="string" value="systray"><property name="square-icons" type="bool" value="true"/>
    </property>
  </property>
</channel>
X
    start panel xfce4-panel --disable-wm-check
    wait_for panel 20 owned org.kde.StatusNotifierWatcher
fi
if [ "$TRAY" = xembed ]; then
    start panel trayer --edge bottom --widthtype request --height 26
    wait_for panel 10 sh -c 'xwininfo -root -tree | grep -q "\"panel\""'
fi

# ---------------------------------------------------------------- the command
export QT_QPA_PLATFORM=xcb QT_API=pyside6
[ -z "$SCALE" ] || export QT_SCALE_FACTOR=$SCALE
"$@" <&0 &
CHILD=$!
wait "$CHILD"
status=$?
CHILD=''
exit $status
