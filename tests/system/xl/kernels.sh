# Guests with the kernels of Debian 11, 12 and 13, and one that GRUB boots from
# its own disk.
. /root/lib.sh
start_tools
start_backends
for version in 5.10 6.12; do
    start "g$version" "kernel='/root/vmlinuz-$version'"
    asks "g$version" 'echo on Linux $(uname -r)' "on Linux $version"
    xl list
    ok "shutdown" xl shutdown -w "g$version"
    ok "is gone" within 10 gone "g$version"
done
mkdir -p /run/tree/boot/grub
cp /root/vmlinuz /root/guest.gz /run/tree/boot/
cat >/run/tree/boot/grub/grub.cfg <<'END'
linux /boot/vmlinuz console=hvc0 quiet
initrd /boot/guest.gz
boot
END
truncate -s 100M /disks/boot.img
/usr/sbin/mke2fs -q -t ext4 -d /run/tree /disks/boot.img
start grub "kernel='/root/grub.bin'" "ramdisk=''" \
    "disk=['/disks/boot.img,raw,xvda,w']"
asks grub 'mount -t ext4 /dev/xvda /mnt && ls /mnt/boot' 'grub  *guest.gz'
ok reboot xl reboot -w grub
ok 'up again' within 60 sh -c 'tail -n 3 '$logs'/guest-grub.log | grep -q "guest:/#"'
ok destroy xl destroy grub
finish
