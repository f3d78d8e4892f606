# Others' tools look at a guest and at the machine: what is served is right,
# what is not is a clean error. The store is the one in C.
. /root/lib.sh

# As says, but one text here and another on Xen.
differs() {
    local ours=$1 xens=$2
    shift 2
    case $(xl info xen_extra) in
    *paravane) says "$ours" "$@" ;;
    *) says "$xens" "$@" ;;
    esac
}

start_tools xenstored
ok 'the store in C runs' pidof xenstored
start u1 vcpus=2
id=$(xl domid u1)
tell u1 'while :; do :; done &'
sleep 1

# One vcpu is to idle in a hypercall of the kernel, another is in user mode.
look() {
    xl unpause u1
    usleep 300000
    xl pause u1
    xenctx -a "$id" 0 >/run/0
    xenctx -a "$id" 1 >/run/1
    grep -q ' 0f 05 <' /run/0 /run/1
}
xl pause u1
ok 'a vcpu idles' within 20 look
cat /run/0 /run/1 | grep -E 'rip|cs:|cr[0-9]:'
ok 'a vcpu is in the kernel' grep -q '^rip: ffffffff8' /run/0 /run/1
ok 'its stack is shown' grep -q '^Stack:' /run/0 /run/1
ok 'there is a table' grep -q '^cr3: 0000000[0-9a-f]*000$' /run/0
ok 'paging is on' grep -q '^cr0: 00000000800500[0-9a-f]*$' /run/0
xl unpause u1
says '^vcpu1:' xenctx -C "$id"
says 'Invalid argument' xenctx "$id" 7
says 'No such process' xenctx 77

xen-mfndump dump-p2m "$id" >/run/p2m
ok 'a p2m of 32768 pages' [ "$(grep -c 'pfn=.* ==> mfn=0x' /run/p2m)" = 32768 ]
mfn=$(sed -n 's/.*pfn=0x1000 ==> mfn=\(0x[0-9a-f]*\).*/\1/p' /run/p2m)
says "pfn=.*mfn=$mfn\|$mfn" xen-mfndump lookup-pte "$id" "$mfn"
says "= 0$" xen-mfndump memcmp-mfns "$id" "$mfn" "$id" "$mfn"
says 'out of range' xen-mfndump dump-ptes "$id" 0x10
says 'nr_frames=1, max_nr_frames=64' xen-diag gnttab_query_size "$id"
says "Could not query dom 99's" xen-diag gnttab_query_size 99

says '^CPU1[[:space:]]* 1[[:space:]]* 0[[:space:]]* 0' xenpm get-cpu-topology
differs 'is disabled' 'total C-states' xenpm get-cpuidle-states
says 'failed to get cpufreq' xenpm get-cpufreq-para
says 'Invalid argument' xenpm set-scaling-governor 0 performance
differs 'not implemented' 'max C-state set' xenpm set-max-cstate 1
differs 'not implemented' 'Permission denied' xenpm enable-turbo-mode

says '^4$' xenhypfs cat /buildinfo/version/major
says '^17$' xenhypfs cat /buildinfo/version/minor
says 'buildinfo' xenhypfs ls /
says 'No such file' xenhypfs cat /params/nonesuch
says 'could not write' xenhypfs write /params/nonesuch 1

differs 'not implemented' 'change evtmask' xentrace -D -e all -T 1 /run/trace
says 'not implemented' xenlockprof
says 'not implemented' xenperf
says 'not supported' xencov read
differs 'not implemented' 'Nothing to list' xen-livepatch list
differs 'failed, error' 'offlined successfully' xen-hptool mem-offline 0x5000
differs 'failed, error' 'onlined successfully' xen-hptool mem-online 0x5000
says 'CPU 1 offlined successfully' xen-hptool cpu-offline 1
says 'CPU 1 onlined successfully' xen-hptool cpu-online 1
says 'online failed' xen-hptool cpu-online 9
says "can't get record length" xen-hvmctx "$id"
says 'not permitted\|not implemented\|not supported' flask-getenforce
says '^Host  *[0-9a-f]*:' xen-cpuid -i
says 'Host policy' xen-cpuid -p
says 'Interdomain (Connected) - Remote Domain 0' lsevtchn "$id"
says "Interdomain (Connected) - Remote Domain $id" lsevtchn 0
says 'Test grant table' test-resource
says '  u1 .* 131072 ' xentop -b -i 2 -d 1 -x -n -v
says '1: *0 *1\|1: *1 *0' xl info -n
ok 'the features are told of' sh -c "xl info hw_caps | grep -q '^178b[0-9a-f]*:8'"
says 'not free' xl cpupool-create 'name="x"' 'cpus="1"'
says "^$(xl list -v u1 | awk 'NR == 2 { print $7 }')\|u1" xl vm-list
ok 'debug key that is none' xl debug-keys Z
asks u1 'echo still al""ive' 'still alive'
ok destroy xl destroy u1
finish
