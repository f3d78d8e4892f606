# Guests one after the other: nothing is left of them, to the frame.
. /root/lib.sh
start_tools
config cycle memory=32 "ramdisk=''" "kernel='/root/pages-keep'" "extra='pages-keep stay'"

cycle() {
    xl create -q -e -p /run/cycle.cfg && xl unpause cycle &&
        xl destroy cycle && gone cycle
}

# Frames that are free, by the hypervisor's own words; Xen has caches.
free_frames() {
    xl debug-keys m
    xl dmesg | sed -n "$1" | tail -n 1
}

case $(xl info xen_extra) in
*paravane) words='s/.*RAM: .*free: \([0-9]* KiB\).*/\1/p' ;;
*) words=d ;;
esac
for n in 1 2; do ok 'a first cycle' cycle; done
sleep 1
before=$(free_memory) frames=$(free_frames "$words")
echo "$before MiB, $frames frames"
told() { [ "$words" = d ] || [ "$frames" ]; }
ok 'the hypervisor tells it' told
for n in $(seq "$(arg cycles)"); do
    cycle || fail "cycle $n"
done
ok "$before MiB are free as before" within 20 \
    sh -c "[ \$(xl info free_memory) = $before ]"
sleep 1
after=$(free_frames "$words")
echo "$after frames"
ok "$frames frames as before" [ "$after" = "$frames" ]
ok 'dom0 alone' [ "$(xl list | grep -c .)" = 2 ]
finish
