# The first time a guest that counts is saved to the disk, and the second time,
# under another hypervisor, restored from there.
. /root/lib.sh
start_tools
for m in virtio_pci virtio_blk crc32c_generic ext4; do
    mod $m
done
mount -t ext4 /dev/vda /mnt
if [ ! -e /mnt/u1.save ]; then
    start u1
    tell u1 'i=0; while :; do i=$((i+1)); [ $((i % 1000)) = 0 ] && echo at $i; done & echo $! >/pid'
    ok 'counts' within 30 hears u1 '^at 2000'
    ok save xl save u1 /mnt/u1.save
else
    ok restore xl restore /mnt/u1.save
    ok 'counts on' within 60 hears u1 '^at '
    ok 'from where it was' [ "$(sed -n 's/^at \([0-9]*\).*/\1/p' $logs/guest-u1.log | head -n 1)" -gt 2000 ]
    tell u1 'kill $(cat /pid); echo "clock $(date +%s)"'
    ok 'clock' within 30 hears u1 '^clock'
    t=$(sed -n 's/^clock \([0-9]*\).*/\1/p' $logs/guest-u1.log)
    ok "clock is right: $t, $(date +%s)" [ $(($(date +%s) - t)) -lt 10 ]
    ok destroy xl destroy u1
fi
umount /mnt
finish
