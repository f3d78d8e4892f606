# A stock Debian 12 with systemd as a guest: its own kernel and ramdisk, its root
# on a disk of the machine's, a card.
. /root/lib.sh
start_tools
start_backends
mod virtio_pci
mod virtio_blk
within 10 [ -b /dev/vda ]
config debian "kernel='/root/debian-vmlinuz'" "ramdisk='/root/debian-initrd'" \
    "extra='console=hvc0 root=/dev/xvda ro'" "memory=320" "vcpus=2" \
    "disk=['phy:/dev/vda,xvda,w']" "vif=['bridge=xenbr0']"
ok create xl create -q /run/debian.cfg
ok 'it asks who comes' within 240 hears debian 'login: '
tell debian root
ok 'it lets root in' within 60 hears debian '~#'
tell debian 'exec sh'
asks debian 'systemctl is-system-running --wait' running 120
asks debian 'systemd-detect-virt' xen
asks debian 'echo $(nproc) vc""pus' '2 vcpus'
tell debian 'ip addr add 10.9.0.7/24 dev enX0; ip link set enX0 up'
ok 'it answers' within 20 ping -c 1 10.9.0.7
tell debian 'dd if=/dev/urandom of=seed bs=1M count=8 status=none; sync'
tell debian 'many() { for i in $(seq 5); do cat seed; done; }'
tell debian 'many >big; sync; echo 3 >/proc/sys/vm/drop_caches'
asks debian 'many | cmp - big && echo eq""ual $(stat -c %s big)' 'equal 41943040' 120
ok 'shutdown' xl shutdown debian
ok 'it ends' within 90 gone debian
finish
