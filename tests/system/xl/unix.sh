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
# By the sample.
sed 's,"build/uk/tests/,"/root/,' /root/example.cfg >/run/hello.cfg
ok 'create hello' xl create -q /run/hello.cfg
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
    [ "$(grep -c '^tick' "$logs/guest-$1.log")" -ge "$2" ]
}
# The vcpus that a domain has are those that it started with.
vcpus_are() {
    [ "$(xl list "$1" | awk 'NR == 2 { print $4 }')" = "$2" ]
}
# patience NAME VCPUS MOST LINE... - one that waits is told of other vcpus, saved,
# restored, shrunk and asked to end.
patience() {
    local name=$1 vcpus=$2 most=$3 seen id
    shift 3
    program "$name" "kernel='/root/patient'" "extra='patient 100000'" \
        "on_poweroff='preserve'" "$@"
    ok "$name ticks" within 20 ticks "$name" 3
    grep ' is kept' "$logs/guest-$name.log"
    ok "$name has $vcpus vcpus" hears "$name" "^$vcpus vcpus"
    for n in 1 "$most"; do
        ok "told to have $n vcpus" xl vcpu-set --ignore-host "$name" "$n"
        seen=$(grep -c '^tick' "$logs/guest-$name.log")
        ok 'it ticks on' within 20 ticks "$name" $((seen + 3))
        ok "it has $vcpus" vcpus_are "$name" "$vcpus"
    done
    ok save xl save "$name" "/run/$name.save"
    rm "$logs/guest-$name.log"
    sleep 2
    ok restore xl restore "/run/$name.save"
    rm "/run/$name.save"
    ok "$name ticks again" within 20 ticks "$name" 3
    ok 'a failing save' sh -c "! xl save $name /dev/full"
    seen=$(grep -c '^tick' "$logs/guest-$name.log")
    ok 'it ticks on' within 20 ticks "$name" $((seen + 3))
    ok 'memory down' xl mem-set "$name" 8
    ok 'has less' within 20 sh -c "xl list $name | grep -q ' 8 '"
    ok 'memory up' xl mem-set "$name" 16
    ok 'has more' within 20 sh -c "xl list $name | grep -q ' 16 '"
    id=$(xl domid "$name")
    ok 'asked to end' xl shutdown "$name"
    ok 'it has ended' within 20 state_is "$name" '???s*'
    ok 'with 7' [ "$(exit_of "$id")" = 7 ]
    ok 'no failure' sh -c "! grep -q 'tick.*[1-9] failures' $logs/guest-$name.log"
    ok "destroy $name" xl destroy "$name"
}
patience patient 1 1
patience patients 3 4 "vcpus=3" "maxvcpus=4"
# What registers hold is kept, as far as the program finds them.
patience busy 1 1 "kernel='/root/patient'" "extra='patient 100000 busy'"

program typing "extra='typing'"
ok 'typing asks' within 20 hears typing '^ready'
tell typing hello
tell typing 'two words'
tell typing end
ok 'typing waits for an interrupt' within 20 hears typing '^interrupt'
keys typing 'gone\003'
ok 'typing takes single keys' within 20 hears typing 'raw'
keys typing 'ab\003q'
ok 'typing heard it' within 20 hears typing '^0 failures'
ok 'typing is gone' within 10 gone typing

program crash "extra='crash'" "on_crash='preserve'"
ok 'crash crashes' within 20 state_is crash '????c*'
tail -n 5 $logs/guest-crash.log
ok 'destroy crash' xl destroy crash
ok 'memory is free again' within 10 sh -c "[ \$(xl info free_memory) -ge $free ]"
finish
