# libvirt's daemon does to a guest what virsh tells it.
. /root/lib.sh
start_tools
mkdir -p /var/log/libvirt/libxl /var/lib/libvirt /var/cache /run/libvirt
cat >/etc/libvirt/libvirtd.conf <<'EOF'
auth_unix_rw = "none"
auth_unix_ro = "none"
EOF
timeout 100 libvirtd -d || tail -n 20 /var/log/libvirt/*.log
virsh='virsh -q -c xen:///system'
v() { $virsh "$@"; }
ok 'libvirtd is up' within 5 v list
ok capabilities sh -c "virsh -c xen:///system capabilities | grep -q xenpv"
cat >/run/u1.xml <<'EOF'
<domain type='xen'>
  <name>u1</name>
  <memory unit='MiB'>128</memory>
  <vcpu>2</vcpu>
  <os>
    <type arch='x86_64' machine='xenpv'>linux</type>
    <kernel>/root/vmlinuz</kernel>
    <initrd>/root/guest.gz</initrd>
    <cmdline>console=hvc0 quiet</cmdline>
  </os>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <console type='pty'><target type='xen' port='0'/></console>
  </devices>
</domain>
EOF
says 'Xen 4\.17\.' $virsh version
says '^CPU(s):  *2$' $virsh nodeinfo
ok define v define /run/u1.xml
says '^ -  *u1  *shut off' $virsh list --all
ok start v start u1
ok 'u1 is up' within 60 hears u1 'guest:/#'
says "^ $(xl domid u1)  *u1  *running" $virsh list
says '^ 0  *Domain-0  *running' $virsh list
says '^CPU(s):  *2$' $virsh dominfo u1
says '^Used memory:  *131072 KiB' $virsh dominfo u1
says '^VCPU:  *1$' $virsh vcpuinfo u1
ok dumpxml v dumpxml u1
asks u1 'echo on $(cat /sys/hypervisor/type)' 'on xen'
(
    sleep $((3 * scale))
    echo 'echo typ""ed here'
    sleep $((3 * scale))
    printf '\035' # Ctrl-]
    sleep 2
) | timeout $((60 * scale)) socat - EXEC:'virsh -c xen\:///system console u1',pty,setsid,ctty \
    >/run/console
ok 'console, both ways' grep -q '^typed here' /run/console || cat /run/console
ok suspend v suspend u1
ok 'is paused' [ "$(v domstate u1)" = paused ]
says "^u1 .* --p---" xl list
ok resume v resume u1
ok 'is running' [ "$(v domstate u1)" = running ]
ok setvcpus v setvcpus u1 1 --live
ok 'one vcpu is left' within 20 sh -c 'xl list u1 | grep -q "^u1  *[0-9]*  *128  *1 "'
ok setmem v setmem u1 120M --live
ok 'and 120 MiB' within 20 sh -c 'xl list u1 | grep -q "^u1  *[0-9]*  *120  *1 "'
ok dump v dump u1 /run/core
rm -f /run/core
ok save v save u1 /run/u1.save
ok 'is gone' gone u1
says '^ -  *u1  *shut off' $virsh list --all
ok restore v restore /run/u1.save
asks u1 'echo still al""ive' 'still alive'
ok shutdown v shutdown u1
ok 'is shut down' within 30 gone u1
ok 'start again' v start u1
ok reboot v reboot u1
ok destroy v destroy u1
says '^ -  *u1  *shut off' $virsh list --all
ok 'is gone' gone u1
ok undefine v undefine u1
says_not u1 $virsh list --all
sed 's/<type.*type>/<type>hvm<\/type>/' /run/u1.xml >/run/h.xml
refused 'an hvm guest' v create /run/h.xml
finish
