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
id=$(xl domid u1)
back=/local/domain/0/backend
for n in 51712 51728 51744; do
    says "^$n  *0  *$id  *4  *[1-9][0-9]*  *[1-9][0-9]*  *$back/vbd/$id/$n\$" xl block-list u1
done
for n in 0 1 2; do
    says "^$n  *0  *00:16:3e:00:00:0$((n + 1))  *$n  *4  .*[1-9]/[1-9].*  $back/vif/$id/$n\$" xl network-list u1
done
ok 'block-detach' xl block-detach u1 xvdc
ok 'network-detach' xl network-detach u1 2
says_not "$back/vbd/$id/51744" xl block-list u1
says_not "$back/vif/$id/2" xl network-list u1
asks u1 'echo $(ls /sys/class/net | grep -c eth) cards, $(ls /sys/block | grep -c xvd) disks' '2 cards, 2 disks'
ok shutdown xl shutdown -w u1
for n in 1 2 3; do ok "disk $n is clean" is_clean /disks/$n.img; done
finish
