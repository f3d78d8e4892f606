# A guest whose pages are known is dumped, and the dump goes to the disk.
. /root/lib.sh
start_tools
mod virtio_pci
mod virtio_blk
config u1 "kernel='/root/pages-keep'" "ramdisk=''" memory=32 "extra='pages-keep stay'"
ok create xl create -q /run/u1.cfg
ok 'it waits' within 30 hears u1 '^stays'
grep -a '^stays' $logs/guest-u1.log
ok 'dump-core' xl dump-core u1 /run/core
ok 'to the disk' dd if=/run/core of=/dev/vda bs=1M
sync
ok destroy xl destroy u1
finish
