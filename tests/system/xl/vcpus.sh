# A guest of eight vcpus, on as many CPUs as there are: all work, and go offline
# and come back, also while it works.
. /root/lib.sh
start_tools
VCPUS=8 start g

# All eight count at once, each vcpu what is bound to it.
count() {
    asks g "for c in 1 2 4 8 10 20 40 80; do taskset \$c sh -c 'n=0; while [ \$n -lt 50000 ]; do n=\$((n + 1)); done' & done; wait; echo round $1" \
        "round $1" 200
}

have_run() {
    xl vcpu-list g | awk 'NR > 1 && $6 > 0.0' | wc -l
}

asks g 'echo $(nproc) vcpus' '8 vcpus'
count 1
ok 'each has run' [ "$(have_run)" = 8 ]
ok 'vcpu-set 2' xl vcpu-set g 2
ok 'six go' within 60 sh -c '[ "$(xl vcpu-list g | grep -c -- --p)" = 6 ]'
asks g 'echo $(nproc) left' '2 left'
tell g "sh -c 'n=0; while [ \$n -lt 200000 ]; do n=\$((n + 1)); done; echo meanwhile' &"
ok 'vcpu-set 8' xl vcpu-set --ignore-host g 8
tell g 'for c in 2 3 4 5 6 7; do until echo 1 >/sys/devices/system/cpu/cpu$c/online; do usleep 100000; done; done 2>/dev/null'
ok 'six come back' within 60 sh -c '[ "$(xl vcpu-list g | grep -c -- --p)" = 0 ]'
count 2
ok 'pause' xl pause g
ok 'unpause' xl unpause g
asks g 'echo $(nproc) again' '8 again'
ok 'no trouble' sh -c "! grep -iE 'stall|lockup|oops|BUG:' $logs/guest-g.log"
xl vcpu-list g
ok shutdown xl shutdown -w g
finish
