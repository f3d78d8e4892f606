# Each way in which a guest ends, and what xl then does: nothing is left.
. /root/lib.sh
start_tools
mkdir -p /var/lib/xen/dump

# tiny NAME GUEST [LINE]... - creates a guest of tests/guest; xl stays to act.
tiny() {
    local name=$1 guest=$2
    shift 2
    config "$name" memory=32 "ramdisk=''" "kernel='/root/$guest'" "extra='$guest'" "$@"
    ok "create $name" xl create -q "/run/$name.cfg"
}

# Nobody is left but dom0, dying ones neither.
dom0_alone() {
    [ "$(xl list | grep -c .)" = 2 ]
}

# Was it made again, by the xl that stayed?
made_again() {
    [ "$(grep -c "^Waiting for domain $1 " "/var/log/xen/xl-$1.log")" -gt 1 ]
}

# What is made again for ever ends with the xl that does it.
stop_all() {
    kill $(pidof xl)
    sleep 1
    for id in $(xl list | awk 'NR > 2 { print $2 }'); do
        ok "destroy $id" xl destroy "$id"
    done
    ok 'dom0 alone' within 20 dom0_alone
}

tiny first vcpu-areas
ok 'a first one is gone' within 20 gone first
ok 'dom0 alone' within 20 dom0_alone
before=$(free_memory)
echo "$before MiB"

# Each end is told to the store, by VIRQ_DOM_EXC.
xenstore-watch @releaseDomain >/run/told &
told() { grep -c releaseDomain /run/told; }
told_more() { [ "$(told)" -gt "$1" ]; }
sleep 1

tiny c1 stack-switch "on_crash='destroy'"
ok 'crashed and destroyed' within 20 gone c1
sleep 1
n=$(told)
tiny c2 stack-switch "on_crash='preserve'"
ok 'crashed and preserved' within 20 state_is c2 '????c*'
ok 'the crash is told' within 5 told_more "$n"
sleep 1
n=$(told)
xl list
refused 'unpause of a crashed one' sh -c 'xl unpause c2 && sleep 1 && xl list c2 | grep " r----- \| -b---- "'
ok 'destroy of a crashed one' xl destroy c2
ok 'is gone' gone c2
ok 'that, too' within 5 told_more "$n"
start c3 "on_crash='coredump-destroy'" memory=96
tell c3 'echo c >/proc/sysrq-trigger'
ok 'crashed, dumped and destroyed' within 40 gone c3
ls -l /var/lib/xen/dump
ok 'the dump is an ELF file' sh -c 'head -c 4 /var/lib/xen/dump/c3* | grep -q ELF'
ok 'of its 96 MiB' sh -c '[ $(stat -c %s /var/lib/xen/dump/c3*) -gt 100000000 ]'
rm -f /var/lib/xen/dump/*
tiny c4 stack-switch "on_crash='restart'"
ok 'crashed and restarted' within 20 made_again c4
stop_all
tiny c5 stack-switch "on_crash='rename-restart'"
ok 'crashed, restarted' within 20 made_again c5
says '^c5-2[0-9]*T[0-9]*.*c-  *[0-9]' xl list
stop_all
start c6 "on_crash='coredump-restart'" memory=96
tell c6 'echo c >/proc/sysrq-trigger'
ok 'crashed, dumped and restarted' within 60 made_again c6
stop_all
ok 'the dump is an ELF file' sh -c 'head -c 4 /var/lib/xen/dump/c6* | grep -q ELF'
rm -f /var/lib/xen/dump/*

tiny p1 vcpu-areas "on_poweroff='destroy'"
ok 'ended and destroyed' within 20 gone p1
sleep 1
n=$(told)
tiny p2 vcpu-areas "on_poweroff='preserve'"
ok 'ended and preserved' within 20 state_is p2 '???s*'
ok 'the end is told' within 5 told_more "$n"
ok 'destroy of an ended one' xl destroy p2
ok 'is gone' gone p2
tiny p3 vcpu-areas "on_poweroff='restart'"
ok 'ended and restarted' within 20 made_again p3
stop_all

# The store tells of an end: it begins with one that is not.
tiny w pages-keep "extra='pages-keep stay'"
timeout 60 xenstore-watch -n 2 @releaseDomain >/run/watch &
watcher=$!
sleep 1
ok 'nothing told before' kill -0 $watcher
ok 'pause' xl pause w
ok 'destroy of a paused one' xl destroy w
ok 'the end is told' within 10 sh -c '[ $(grep -c releaseDomain /run/watch) = 2 ]'

# half_built MIB MS - kills xl while it builds a guest: after so many ms, when it
# has that memory. If xl was too quick, nothing is noted.
half_built() {
    xl create -q -p /run/h.cfg 2>/dev/null &
    maker=$!
    usleep $(($2 * 1000 * scale))
    while [ "$(memory_of_guest)" -lt "$1" ] && kill -0 $maker; do :; done
    if kill -9 $maker; then
        xl list | awk 'NR > 2 { print "half-built:", $1, $2, $3 }' | tee -a /run/half-built
    fi
    wait $maker
    for id in $(xl list | awk 'NR > 2 { print $2 }'); do
        ok "destroy a half-built $id" xl destroy "$id"
    done
    ok 'dom0 alone' within 20 dom0_alone
}
memory_of_guest() {
    xl list | awk 'NR > 2 { mib = $3 } END { print mib + 0 }'
}
config h memory=512
: >/run/half-built
for ms in 100 200 400 800 1600; do
    half_built 0 $ms
done
for n in 1 2 3; do
    half_built 1 1000
done
ok 'some were half-built' grep -q ' 0$' /run/half-built
ok 'some had memory' grep -q ' [1-9][0-9]*$' /run/half-built

# While dom0 still maps a grant of it, it is dying; then it is gone.
tiny m pages-keep "extra='pages-keep stay'"
sleep 2
kill -STOP $(pidof xenconsoled)
ok 'destroy of one whose grants are mapped' xl destroy m
xl list
ok 'it is dying' sh -c 'xl list | grep -q "^(null) .* --p--d "'
kill -CONT $(pidof xenconsoled)
ok 'dom0 alone' within 20 dom0_alone

ok "$before MiB are free as before" within 20 \
    sh -c "[ \$(xl info free_memory) = $before ]"
finish
