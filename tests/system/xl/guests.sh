# The guests of tests/guest again, as guests of xl: /root/guests/NAME, and in
# /root/guests.list a line each: name, vcpus, memory, its end, its arguments.
. /root/lib.sh
start_tools

# Has guest $1 ended, as it should?
ended() {
    if [ "$2" = crash ]; then
        state_is "$1" '????c*'
    else
        hears "$1" "^\(END\|SKIP\) "
    fi
}

judge() {
    local log=$logs/guest-$1.log
    if [ "$2" = crash ]; then
        state_is "$1" '????c*' && echo "PASS" || echo "FAIL"
    elif grep -q '^SKIP ' "$log"; then
        echo SKIP
    elif grep -q "^PASS $1" "$log" && ! grep -q '^FAIL' "$log"; then
        echo PASS
    else
        echo FAIL
    fi
}

run_guest() {
    local name=$1 vcpus=$2 memory=$3 how=$4
    shift 4
    printf '%s\n' "name='$name'" "kernel='/root/guests/$name'" \
        "extra='$name $*'" "memory=$memory" "vcpus=$vcpus" \
        "on_poweroff='preserve'" "on_crash='preserve'" >/run/guest.cfg
    xl create -q -e /run/guest.cfg || { echo "NONE guest/$name"; return; }
    within 20 ended "$name" "$how" || echo "($name does not end)"
    # What it complains of first: the machine ends with a verdict of FAIL.
    grep '^FAIL' "$logs/guest-$name.log" | head -n 5
    echo "$(judge "$name" "$how") guest/$name"
    xl destroy "$name"
}

while read -r line; do
    run_guest $line </dev/null
done </root/guests.list
xl list
echo 'all is well'
