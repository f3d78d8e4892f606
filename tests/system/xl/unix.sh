# Programs of the Unix layer as guests: their words, console, end and crash.
. /root/lib.sh
start_tools

# program NAME LINE... - creates it.
program() {
    local name=$1
    shift
    config "$name" "kernel='/root/$name'" "ramdisk=''" "memory=16" "$@"
    sed -i /ramdisk/d "/run/$name.cfg"
    ok "create $name" xl create -q "/run/$name.cfg"
}

free=$(free_memory)
program hello "extra='NAME=\"a b\" hello one two three'"
ok 'hello says so' within 20 hears hello '^hello one|two|a b|/'
ok 'and its exit status' hears hello '^exit: 3'
ok 'hello is gone' within 10 gone hello

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
