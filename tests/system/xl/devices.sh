# Disks and network cards through dom0's own back ends.
. /root/lib.sh
start_tools
start_backends
for n in 1 2; do disk /disks/$n.img 300; done
losetup /dev/loop0 /disks/2.img
start u1 "disk=['/disks/1.img,raw,xvda,rw','phy:/dev/loop0,xvdb,w']" \
    "vif=['bridge=xenbr0,mac=00:16:3e:00:00:01']"
asks u1 'mount -t ext4 /dev/xvda /mnt && echo mounted' mounted
tell u1 'dd if=/dev/urandom of=/mnt/seed bs=1M count=8; for i in $(seq 25); do cat /mnt/seed; done >/mnt/big; sync; echo 3 >/proc/sys/vm/drop_caches'
asks u1 'for i in $(seq 25); do cat /mnt/seed; done | cmp - /mnt/big && echo equal $(stat -c %s /mnt/big)' 'equal 209715200' 120
asks u1 'ip addr add 10.9.0.2/24 dev eth0; ip link set eth0 up; ping -c 3 10.9.0.1 >/dev/null && echo pong' pong
ok 'ping' ping -c 3 10.9.0.2
ok 'network-attach' xl network-attach u1 bridge=xenbr0 mac=00:16:3e:00:00:02
asks u1 'sleep 1; ip link show eth1 >/dev/null && echo second card' 'second card'
xl network-list u1
ok 'network-detach' xl network-detach u1 1
disk /disks/3.img 20
ok 'block-attach' xl block-attach u1 /disks/3.img,raw,xvdc,rw
asks u1 'sleep 1; mkdir /m3; mount -t ext4 /dev/xvdc /m3 && echo third disk; umount /m3' 'third disk'
xl block-list u1
ok 'block-detach' xl block-detach u1 xvdc
asks u1 'umount /mnt && echo unmounted' unmounted
start u2 "vif=['bridge=xenbr0,mac=00:16:3e:00:00:03']"
asks u2 'ip addr add 10.9.0.3/24 dev eth0; ip link set eth0 up; ping -c 3 10.9.0.2 >/dev/null && echo pong' pong
ok shutdown xl shutdown -w u1
ok 'u1 gone' within 10 gone u1
ok 'destroy u2' xl destroy u2
ok 'disk 1 is clean' e2fsck -fn /disks/1.img
finish
