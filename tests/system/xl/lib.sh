# lib.sh - what the scripts say that run in the small dom0, where Debian's tools
# manage guests: their kernel is /root/vmlinuz, their ramdisk /root/guest.gz
# (a shell on the console).

logs=/var/log/xen/console
scale=$(arg scale)
scale=${scale:-1}
rm -f /run/failed

# ok TEXT COMMAND... - says whether the command succeeds.
ok() {
    local text=$1
    shift
    if "$@" >/run/ok.out 2>&1; then
        echo "ok: $text"
    else
        cat /run/ok.out
        fail "$text"
        return 1
    fi
}

fail() {
    echo "FAILED: $1"
    : >/run/failed
}

# The last line of a script.
finish() {
    xl list
    [ -e /run/failed ] || echo 'all is well'
}

# says TEXT COMMAND... - the output has a line like the text.
says() {
    local text=$1
    shift
    timeout 20 "$@" >/run/says.out 2>&1
    if grep -q "$text" /run/says.out; then
        echo "ok: $*: $text"
    else
        head -n 20 /run/says.out
        fail "$*: $text"
    fi
}

# says_not TEXT COMMAND... - it succeeds, and no line is like the text.
says_not() {
    local text=$1
    shift
    if timeout 20 "$@" >/run/says.out 2>&1 && ! grep -q "$text" /run/says.out; then
        echo "ok: $*: no $text"
    else
        head -n 20 /run/says.out
        fail "$*: $text, or it failed"
    fi
}

# Prints the output of a command, if it fails as it should.
refused() {
    local text=$1
    shift
    if "$@" >/run/ok.out 2>&1; then
        fail "$text was not refused"
    else
        echo "ok: $text is refused: $(tail -n 1 /run/ok.out)"
    fi
}

# Waits $1 seconds, and what the tries take, until the command succeeds; a busy
# machine's test has asked for more (TIMEOUT_SCALE).
within() {
    local tenths=$(($1 * 10 * scale))
    shift
    until "$@" >/dev/null 2>&1; do
        tenths=$((tenths - 1))
        [ $tenths -gt 0 ] || return 1
        usleep 100000
    done
}

# config NAME [LINE]... - writes /run/NAME.cfg; "ramdisk=''" is none.
config() {
    local name=$1
    shift
    {
        printf '%s\n' "name='$name'" "kernel='/root/vmlinuz'" \
            "ramdisk='/root/guest.gz'" "extra='console=hvc0 quiet'" \
            "memory=128" "vcpus=${VCPUS:-1}" "on_poweroff='destroy'" \
            "on_crash='destroy'" "$@"
    } >"/run/$name.cfg"
}

# start NAME [LINE]... - creates it, and waits for its shell.
start() {
    local name=$1
    config "$@"
    rm -f "$logs/guest-$name.log"
    ok "create $name" xl create -q "/run/$name.cfg"
    ok "$name is up" within 60 hears "$name" 'guest:/#' ||
        { tail -n 20 "$logs/guest-$name.log"; exit 1; }
}

# Did the console of guest $1 show a line like $2?
hears() {
    grep -q "$2" "$logs/guest-$1.log"
}

# The terminal of guest $1's console.
terminal_of() {
    local id
    id=$(xl domid "$1") && xenstore-read "/local/domain/$id/console/tty"
}

# Types keys at guest $1, as printf has them.
keys() {
    # shellcheck disable=SC2059
    printf "$2" >"$(terminal_of "$1")"
}

# Types a line at guest $1.
tell() {
    printf '%s\n' "$2" >"$(terminal_of "$1")"
}

# asks NAME COMMAND ANSWER - the guest's shell prints the answer.
asks() {
    tell "$1" "$2"
    ok "$1: $3" within "${4:-30}" hears "$1" "^$3" || tail "$logs/guest-$1.log"
}

gone() {
    ! xl domid "$1" 2>/dev/null
}

# State letters of guest $1.
state() {
    xl list "$1" | awk 'NR == 2 { print $5 }'
}

state_is() {
    case $(state "$1") in $2) ;; *) return 1 ;; esac
}

free_memory() {
    xl info free_memory
}

# disk FILE MB - a file with an empty file system. (A plain `mke2fs` would be
# busybox's.)
disk() {
    truncate -s "${2}M" "$1"
    /usr/sbin/mke2fs -q -t ext4 "$1"
}

# is_clean FILE - its file system has no fault, and was unmounted.
is_clean() {
    /usr/sbin/e2fsck -fn "$1" >/run/e2fsck.out 2>&1 &&
        ! grep 'journal recovery' /run/e2fsck.out
}

# make_bridge NAME ADDRESS - what cards are plugged into.
make_bridge() {
    brctl addbr "$1"
    ip addr add "$2/24" dev "$1"
    ip link set "$1" up
}

# Back ends, a bridge and room for disks.
start_backends() {
    mod loop
    mod crc32c_generic
    mod ext4
    mod bridge
    mod xen-blkback
    mod xen-netback
    make_bridge xenbr0 10.9.0.1
    mkdir -p /disks
    mount -t tmpfs -o size=90% tmpfs /disks
}
