# Programs of the Unix layer as guests: their words, console, end and crash.
. /root/lib.sh
start_tools

# program NAME LINE... - creates it.
program() {
    local name=$1
    shift
    config "$name" "kernel='/root/$name'" "ramdisk=''" "memory=16" "$@"
    ok "create $name" xl create -q "/run/$name.cfg"
}

free=$(free_memory)
program hello "extra='NAME=\"a b\" hello one two three'"
ok 'hello says so' within 20 hears hello '^hello one|two|a b|/'
ok 'and its exit status' hears hello '^exit: 3'
ok 'hello is gone' within 10 gone hello

config cat "kernel='/root/cat'" "ramdisk='/root/files.gz'" 'memory=16' \
    "extra='cat /cat.txt'"
ok 'create cat' xl create -q /run/cat.cfg
ok 'cat has its file' within 20 hears cat '^words from a file'
ok 'cat is gone' within 10 gone cat

exit_of() { xenstore-read "/local/domain/$1/data/exit"; }

# Has it said so many ticks?
ticks() {
    [ "$(grep -c '^tick' $logs/guest-patient.log)" -ge "$1" ]
}
program patient "extra='patient 100000'" "on_poweroff='preserve'"
ok 'patient ticks' within 20 ticks 3
ok save xl save patient /run/patient.save
rm $logs/guest-patient.log
sleep 2
ok restore xl restore /run/patient.save
ok 'patient ticks again' within 20 ticks 3
ok 'a failing save' sh -c '! xl save patient /dev/full'
seen=$(grep -c '^tick' $logs/guest-patient.log)
ok 'it ticks on' within 20 ticks $((seen + 3))
ok 'memory down' xl mem-set patient 8
ok 'has less' within 20 sh -c 'xl list patient | grep -q " 8 "'
ok 'memory up' xl mem-set patient 16
ok 'has more' within 20 sh -c 'xl list patient | grep -q " 16 "'
id=$(xl domid patient)
ok 'asked to end' xl shutdown patient
ok 'it has ended' within 20 state_is patient '???s*'
ok 'with 7' [ "$(exit_of "$id")" = 7 ]
ok 'no failure' sh -c "! grep -q 'tick.*[1-9] failures' $logs/guest-patient.log"
ok 'destroy patient' xl destroy patient

program typing "extra='typing'"
ok 'typing asks' within 20 hears typing '^ready'
tell typing hello
tell typing 'two words'
tell typing end
ok 'typing heard it' within 20 hears typing '^0 failures'
ok 'typing is gone' within 10 gone typing

program crash "extra='crash'" "on_crash='preserve'"
ok 'crash crashes' within 20 state_is crash '????c*'
tail -n 5 $logs/guest-crash.log
ok 'destroy crash' xl destroy crash
ok 'memory is free again' within 10 sh -c "[ \$(xl info free_memory) -ge $free ]"
finish
