# Many guests at once, and one after the other: nothing is left of them.
. /root/lib.sh
start_tools
start_backends
cycle() {
    xl create -q -p /run/cycle.cfg && xl destroy cycle
}
config cycle
ok 'a first cycle' cycle
before=$(free_memory)
for n in $(seq 20); do
    cycle || fail "cycle $n"
done
ok "$before MiB are free as before" [ "$(free_memory)" = "$before" ]
xl debug-keys m
for n in 1 2 3 4 5 6 7 8; do
    disk /disks/$n.img 16
    start g$n "disk=['/disks/$n.img,raw,xvda,w']" \
        "vif=['bridge=xenbr0,mac=00:16:3e:00:00:0$n']"
    tell g$n "ip addr add 10.9.0.1$n/24 dev eth0; ip link set eth0 up; mount -t ext4 /dev/xvda /mnt; dd if=/dev/urandom of=/mnt/x bs=1M count=4; sync"
done
xl list
for n in 1 2 3 4 5 6 7 8; do
    ok "g$n answers" within 20 ping -c 1 10.9.0.1$n
    asks g$n 'sync; echo $(stat -c %s /mnt/x)' 4194304
    asks g$n 'umount /mnt && echo un""mounted' unmounted
done
for n in 1 2 3 4 5 6 7 8; do
    ok "destroy g$n" xl destroy g$n
    ok "disk $n" is_clean /disks/$n.img
done
ok "$before MiB are free as before" within 20 sh -c "[ \$(xl info free_memory) = $before ]"
finish
