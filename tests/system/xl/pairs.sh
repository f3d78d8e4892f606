# Two disks and two cards at boot, and one more of each while the guest runs.
. /root/lib.sh
start_tools
start_backends
make_bridge xenbr1 10.8.0.1
for n in 1 2 3; do disk /disks/$n.img 40; done
losetup /dev/loop0 /disks/2.img

# The guest's disk $1 and card $2, on network $3, work.
disk_works() {
    asks u1 "mkdir -p /m/$1; mount -t ext4 /dev/$1 /m/$1 && dd if=/dev/urandom of=/m/$1/f bs=1M count=8 2>/dev/null && cp /m/$1/f /tmp/$1 && umount /m/$1 && mount -t ext4 /dev/$1 /m/$1 && cmp /tmp/$1 /m/$1/f && umount /m/$1 && echo $1 wo\"\"rks" "$1 works"
}
card_works() {
    asks u1 "ip addr add 10.$2.0.2$2/24 dev $1; ip link set $1 up; ping -c 3 10.$2.0.1 >/dev/null && echo $1 wo\"\"rks" "$1 works"
}

start u1 \
    "disk=['/disks/1.img,raw,xvda,rw','phy:/dev/loop0,xvdb,w']" \
    "vif=['bridge=xenbr0,mac=00:16:3e:00:00:01','bridge=xenbr1,mac=00:16:3e:00:00:02']"
for d in xvda xvdb; do disk_works $d; done
card_works eth0 9
card_works eth1 8
ok 'block-attach' xl block-attach u1 /disks/3.img,raw,xvdc,rw
disk_works xvdc
ok 'network-attach' xl network-attach u1 bridge=xenbr1 mac=00:16:3e:00:00:03
asks u1 'sleep 1; ip link show eth2 >/dev/null && echo third ca""rd' 'third card'
for d in xvda xvdb; do disk_works $d; done
xl block-list u1
xl network-list u1
ok shutdown xl shutdown -w u1
for n in 1 2 3; do ok "disk $n is clean" e2fsck -fn /disks/$n.img; done
finish
