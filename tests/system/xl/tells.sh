# What the tools print of a machine and of a guest is so.
. /root/lib.sh

# key LETTER OURS XENS - what the debug key writes to the log.
key() {
    local text=$2
    case $(xl info xen_extra) in
    *paravane) ;;
    *) text=$3 ;;
    esac
    xl dmesg -c >/dev/null
    ok "debug-keys $1" xl debug-keys "$1"
    ok "it says: $text" within 10 sh -c "xl dmesg | grep -q '$text'"
}

# Number $1 of the columns that xentop has for u1.
top_column() {
    xentop -b -i 1 | awk -v n="$1" '$1 == "u1" { print $n }'
}

between() {
    [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]
}

start_tools
start u1 vcpus=2 maxvcpus=4 maxmem=192
id=$(xl domid u1)

says '^nr_cpus  *: 2' xl info
says '^nr_nodes  *: 1' xl info
says '^xen_version  *: 4\.17\.' xl info
says '^xen_scheduler  *: credit2' xl info
says '^xen_caps  *: xen-3.0-x86_64' xl info
says '^virt_caps  *: pv' xl info
says '^cc_compiler  *: ' xl info
ok 'some memory' between "$(xl info total_memory)" 2000 2048
ok 'some is free' between "$(xl info free_memory)" 200 1200
says '^Domain-0  *0  *768  *2 ' xl list
says "^u1  *$id  *128  *2 " xl list
says "\"max_memkb\": 196608" xl list -l u1
says "^u1  *$id  *0  *[01-] " xl vcpu-list
says "^u1  *$id  *1  *[01-] " xl vcpu-list u1
says "^u1  *$id  *0:0[0-9]:[0-9][0-9]" xl uptime
says '^Domain-0  *0  *0:0[0-9]:' xl uptime
seconds_up() {
    xl uptime "$1" | awk 'NR == 2 { split($3, t, ":"); print t[1] * 3600 + t[2] * 60 + t[3] }'
}
up=$(seconds_up u1)
sleep 3
ok 'it goes up as time does' between $(($(seconds_up u1) - up)) 3 20
ok "dom0's is the kernel's" between $(($(cut -d . -f 1 /proc/uptime) - $(seconds_up 0))) -1 5
says 'System RAM: ' xl dmesg
xl dmesg -c >/dev/null
ok 'a log that was cleared is short' sh -c '[ $(xl dmesg | wc -l) -lt 5 ]'
says "^u1$" xl domname "$id"

ok rename xl rename u1 u2
says "^u2  *$id " xl list
says '^u2$' xenstore-read "/local/domain/$id/name"
refused 'a name that is taken' xl rename u2 Domain-0
ok 'rename back' xl rename u2 u1

ok vcpu-pin xl vcpu-pin u1 0 1
says "^u1  *$id  *0 .* 1 / all" xl vcpu-list u1
refused 'a CPU that is not there' xl vcpu-pin u1 0 9
# It works where it is pinned, also when that changes while it does.
tell u1 'taskset 1 sh -c "while :; do :; done" &'
for cpu in 1 0 1; do
    ok "pin to $cpu" xl vcpu-pin u1 0 $cpu
    ok 'it works there' within 10 sh -c "xl vcpu-list u1 | grep -q '^u1  *$id  *0  *$cpu  *r'"
done
tell u1 'kill $!'
ok 'pin to all' xl vcpu-pin u1 0 all
says "^u1  *$id  *0 .* all / all" xl vcpu-list u1

ok weight xl sched-credit2 -d u1 -w 512
ok cap xl sched-credit2 -d u1 -c 50
says "^u1  *$id  *512  *50" xl sched-credit2
ok 'no cap' xl sched-credit2 -d u1 -c 0
says "^u1  *$id  *512  *0" xl sched-credit2 -d u1
refused 'a weight of 0' xl sched-credit2 -d u1 -w 0
# Two of four vcpus run: a third one comes, then all but one go.
vcpus_run() {
    [ "$(xl vcpu-list u1 | grep -vc -- ' --p ')" = $(($1 + 1)) ] &&
        xl list u1 | grep -q "^u1  *$id  *128  *$1 "
}
availability() {
    xenstore-read "/local/domain/$id/cpu/$1/availability"
}
ok 'two vcpus run' within 10 vcpus_run 2
ok 'vcpu-set 3' xl vcpu-set --ignore-host u1 3
ok 'the store says so' [ "$(availability 1)$(availability 2)$(availability 3)" = onlineonlineoffline ]
asks u1 'until echo 1 >/sys/devices/system/cpu/cpu2/online; do sleep 1; done 2>/dev/null; echo $(nproc) by now' '3 by now'
ok 'three run' within 10 vcpus_run 3
says "^u1  *$id  *2  *[01-]  *[r-]" xl vcpu-list u1
says "^u1  *$id  *3  *-  *--p" xl vcpu-list u1
ok 'vcpu-set 1' xl vcpu-set u1 1
ok 'one runs' within 20 vcpus_run 1
says "^u1  *$id  *2  *-  *--p" xl vcpu-list u1
asks u1 'echo $(nproc) is left' '1 is left'
refused 'more than there are' xl vcpu-set --ignore-host u1 5
ok 'vcpu-set 2' xl vcpu-set u1 2
asks u1 'until echo 1 >/sys/devices/system/cpu/cpu1/online; do sleep 1; done 2>/dev/null; echo $(nproc) again' '2 again'

ok 'trigger nmi' xl trigger u1 nmi
ok 'CPU 0 sees it' within 10 hears u1 'NMI received.* on CPU 0'
ok 'trigger nmi 1' xl trigger u1 nmi 1
ok 'CPU 1 sees it' within 10 hears u1 'NMI received.* on CPU 1'
says "rigger 'nmi' failed" xl trigger u1 nmi 7
says "rigger 'power' failed" xl trigger u1 power
says '^Pool-0  *2  *credit2  *y  *2' xl cpupool-list
says '^Pool-0  *0,1' xl cpupool-list -c

ok mem-max xl mem-max u1 200
ok 'at most 200 MiB' between "$(top_column 7)" 204800 208896
refused 'more than that' sh -c 'xl mem-set u1 1000 && xl list u1 | grep " 1000 "'
ok 'of 128 MiB' [ "$(top_column 5)" = 131072 ]
ok 'two vcpus, four at most' between "$(top_column 9)" 2 4
ok mem-set xl mem-set u1 100
ok 'has less' within 30 sh -c 'xl list u1 | grep -q " 100 "'
says '^102400$' xenstore-read "/local/domain/$id/memory/target"

says '^ *name = "u1"' xenstore-ls "/local/domain/$id"
says "^ *domid = \"$id\"" xenstore-ls "/local/domain/$id"
says "^   $id = \"\"" xenstore-ls /local/domain
says '/pts/' xenstore-read "/local/domain/$id/console/tty"

key h 'key .q.' 'key .q.'
key q "d$id: 25600 pages of .*, 4 vcpus" "General information for domain $id:"
key 0 'd0v1: .* mode' 'Dumping Dom0 vcpu#1 state'
key r 'CPU1: ' 'Runqueue 0:'
key m 'RAM: .* KiB, domains: .* free:' 'Physical memory information:'
key e "interdomain, d$id port 1" "Event channel information for domain $id:"
key g "handle .*: d$id ref" 'gnttab_usage_print'
key d "d${id}v0: .* mode" 'Dumping CPU1 [a-z]* state'
key A 'audit: .* no error' "pressed"
xl dmesg | tail -n 20
asks u1 'echo still al""ive' 'still alive'
time_of_guest() { xl list u1 | awk 'NR == 2 { print $6 }'; }
tell u1 'while :; do :; done &'
ok 'it works' within 20 state_is u1 'r*'
ok pause xl pause u1
says "^u1  *$id  *100  *2  *--p---" xl list
paused=$(time_of_guest)
sleep 2
ok 'no time goes by' [ "$(time_of_guest)" = "$paused" ]
ok unpause xl unpause u1
sleep 2
ok 'time goes by' [ "$(time_of_guest)" != "$paused" ]
tell u1 'kill $!'
ok sysrq xl sysrq u1 s
ok 'sysrq seen' within 20 hears u1 'sysrq: Emergency Sync'
ok destroy xl destroy u1
finish
