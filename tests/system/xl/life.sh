# What the commands of xl do to one guest.
. /root/lib.sh
start_tools
ok 'xl info' xl info
start u1 "maxvcpus=2" "maxmem=192"
asks u1 'echo on $(cat /sys/hypervisor/type)' 'on xen'
# Its clock is dom0's.
tell u1 'echo clock $(date +%s)'
ok 'clock' within 20 hears u1 '^clock [0-9]'
seconds=$(($(sed -n 's/^clock //p' "$logs/guest-u1.log" | tr -d '\r') - $(date +%s)))
ok "$seconds s from dom0's" [ ${seconds#-} -le $((20 * scale)) ]
xl list
xl vcpu-list
ok uptime xl uptime
ok pause xl pause u1
ok 'is paused' state_is u1 '??p*'
ok unpause xl unpause u1
ok 'runs on' state_is u1 '*[rb]*'
ok rename xl rename u1 u2
ok 'rename back' xl rename u2 u1
ok 'vcpu-set up' xl vcpu-set u1 2
asks u1 'sleep 1; echo 1 >/sys/devices/system/cpu/cpu1/online; grep -c ^processor /proc/cpuinfo' 2
ok 'vcpu-set down' xl vcpu-set u1 1
ok 'vcpu-pin' xl vcpu-pin u1 0 0
xl vcpu-list u1
kib() { sed -n "s/^$1: \([0-9]*\) KiB/\1/p" $logs/guest-u1.log | tail -n 1; }
tell u1 'echo before: $(awk "/MemTotal/ { print \$2 }" /proc/meminfo) KiB'
ok 'mem-set down' xl mem-set u1 100
ok 'has less' within 20 sh -c 'xl list u1 | grep -q " 100 "'
asks u1 'echo less: $(awk "/MemTotal/ { print \$2 }" /proc/meminfo) KiB' 'less: [0-9]* KiB'
ok 'mem-set up' xl mem-set u1 160
ok 'has more' within 20 sh -c 'xl list u1 | grep -q " 160 "'
asks u1 'echo more: $(awk "/MemTotal/ { print \$2 }" /proc/meminfo) KiB' 'more: [0-9]* KiB'
ok "the guest sees it: $(kib before), $(kib less), $(kib more) KiB" \
    [ $(($(kib before) - $(kib less) - 28672)) = 0 -a $(($(kib more) - $(kib less))) = 61440 ]
ok 'mem-max' xl mem-max u1 200
ok 'sysrq' xl sysrq u1 h
ok 'sysrq seen' within 10 hears u1 'sysrq: HELP'
ok 'trigger nmi' xl trigger u1 nmi
ok 'nmi seen' within 10 hears u1 'NMI received'
xl sched-credit2
ok 'sched-credit2 weight' xl sched-credit2 -d u1 -w 512
ok 'sched-credit2 cap' xl sched-credit2 -d u1 -c 50
xl sched-credit2
xl cpupool-list
xl cpupool-list -c
xl dmesg | tail -n 3
for k in h q 0 r m e g d A; do ok "debug-keys $k" xl debug-keys $k; done
xl dmesg -c | tail -n 40
xentop -b -i 1
xenstore-ls /local/domain/1 | head -n 12
xl domname 1
xl info -n | tail -n 20
ok 'dump-core' xl dump-core u1 /run/core
ls -l /run/core; rm -f /run/core
id=$(xl domid u1)
rm $logs/guest-u1.log
ok reboot xl reboot -w u1
ok 'another domain of that name' within 60 sh -c "[ \$(xl domid u1) -gt $id ]"
ok 'up again' within 60 hears u1 'guest:/#'
asks u1 'echo uptime $(cut -d . -f 1 /proc/uptime)' 'uptime [0-9]'
xl list
ok shutdown xl shutdown -w u1
ok 'is gone' within 10 gone u1
start u3
tell u3 'echo c >/proc/sysrq-trigger'
ok 'crashed and gone' within 20 gone u3
start u4 "on_crash='preserve'"
tell u4 'echo c >/proc/sysrq-trigger'
ok 'crashed and preserved' within 20 state_is u4 '????c*'
xl list
ok destroy xl destroy u4
config u5; xl create -q -p /run/u5.cfg
ok 'destroy of a paused one' xl destroy u5
start u6 "on_reboot='destroy'"
tell u6 'reboot -f'
ok 'its reboot is its end' within 20 gone u6
for type in hvm pvh; do
    config h "type='$type'"
    refused $type xl create -q /run/h.cfg
    cp /run/ok.out /run/why
    ok "$type: why" grep -q 'neither hap nor shadow paging available' /run/why
    ok 'nothing is left of it' gone h
done
finish
