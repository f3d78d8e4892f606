# Disks and network cards through dom0's own back ends; the guests' roots are on
# them.
. /root/lib.sh
start_tools
start_backends
# The guests' ramdisk unpacked, as the root of a disk.
mkdir -p /run/tree
zcat /root/guest.gz | (cd /run/tree && cpio -i 2>/dev/null)
ln -f /run/tree/init /run/tree/sbin/init
for n in 1 2; do
    truncate -s 300M /disks/$n.img
    /usr/sbin/mke2fs -q -t ext4 -d /run/tree /disks/$n.img
done
losetup /dev/loop0 /disks/2.img
root="extra='console=hvc0 quiet root=/dev/xvda'"

# starts_on_disk NAME DISK N - its root is on the disk, its card is the nth; 200 MB
# go there and back.
starts_on_disk() {
    start "$1" "$root" "disk=['$2']" \
        "vif=['bridge=xenbr0,mac=00:16:3e:00:00:0$3']"
    asks "$1" 'mount | grep " / "' '/dev/xvda on / type ext4 (rw'
    tell "$1" 'dd if=/dev/urandom of=/seed bs=1M count=8; for i in $(seq 25); do cat /seed; done >/big; sync; echo 3 >/proc/sys/vm/drop_caches'
    asks "$1" 'for i in $(seq 25); do cat /seed; done | cmp - /big && echo equal $(stat -c %s /big)' 'equal 209715200' 120
}

starts_on_disk u1 /disks/1.img,raw,xvda,rw 1
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
starts_on_disk u2 phy:/dev/loop0,xvda,w 3
asks u2 'ip addr add 10.9.0.3/24 dev eth0; ip link set eth0 up; ping -c 3 10.9.0.2 >/dev/null && echo pong' pong
ok shutdown xl shutdown -w u1
ok 'u1 gone' within 10 gone u1
ok shutdown xl shutdown -w u2
ok 'u2 gone' within 10 gone u2
for n in 1 2; do ok "disk $n is clean" is_clean /disks/$n.img; done
finish
