# A guest whose front ends lie, beside one that has a disk and a card too.
. /root/lib.sh
start_tools
start_backends
disk /disks/0.img 32
disk /disks/1.img 16
start u0 "disk=['/disks/0.img,raw,xvda,rw']" "vif=['bridge=xenbr0,mac=00:16:3e:00:00:01']"
asks u0 'mount -t ext4 /dev/xvda /mnt && echo mounted' mounted
asks u0 'ip addr add 10.9.0.2/24 dev eth0; ip link set eth0 up; ping -c 1 10.9.0.1 >/dev/null && echo pong' pong
asks u0 'dd if=/dev/urandom of=/mnt/a bs=1M count=8; cp /mnt/a /mnt/b; sync; echo copied' copied
for seed in $(seq "$(arg seeds)"); do
    config liar "kernel='/root/liar'" "ramdisk=''" memory=32 \
        "disk=['/disks/1.img,raw,xvda,rw']" "vif=['bridge=xenbr0,mac=00:16:3e:00:00:02']" \
        "extra='front-ends-lie seed=$seed rounds=$(arg rounds)'"
    ok "create liar $seed" xl create -q /run/liar.cfg
    ok 'it has lied' within 120 hears liar '^END'
    tail -n 3 $logs/guest-liar.log
    ok 'it goes' within 30 gone liar || xl destroy liar
    rm -f $logs/guest-liar.log
done
dmesg | grep -E 'vbd|vif' | tail -n 12
asks u0 'echo 3 >/proc/sys/vm/drop_caches; cmp /mnt/a /mnt/b && echo eq""ual' equal
asks u0 'umount /mnt && echo un""mounted' unmounted
ok 'u0 answers' within 10 ping -c 1 10.9.0.2
ok 'destroy u0' xl destroy u0
ok 'disk 0' is_clean /disks/0.img
xl debug-keys q
ok 'dom0 alone' [ "$(xl list | grep -c .)" = 2 ]
finish
