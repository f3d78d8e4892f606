# Files of saved guests that somebody altered: refused, or that guest alone has
# the damage; nothing is lost and others go on.
. /root/lib.sh
start_tools
mount -t tmpfs -o size=90% tmpfs /mnt
start u0 memory=96
start u1 memory=96 "extra='console=hvc0 quiet oops=panic'"
ok save xl save u1 /mnt/u1.save
ok 'is gone' within 10 gone u1

# The restored guest, if there is one, runs for a second.
try() {
    if xl restore -e /mnt/spoilt.save >/run/restore.out 2>&1; then
        sleep $((1 + scale))
        echo "$1: restored, $(state u1)"
        ok "$1: destroy" xl destroy u1
    else
        echo "$1: refused: $(grep -i 'error' /run/restore.out | head -n 1)"
        # What is half built xl takes away itself.
        gone u1 || { echo "$1: left in state $(state u1)"; xl destroy u1; }
    fi
}

spoilt() {
    cp /mnt/u1.save /mnt/spoilt.save
    spoil /mnt/spoilt.save "$1" "$2" | tail -n 3
    try "$1 $2" | tee -a /run/spoilt.out
}

# ends WHAT LIKE - what was altered so was refused, or had such a state.
ends() {
    ok "$1: refused or $2" [ "$(grep -c "^$1 [0-9]*: \(refused\|restored, $2\)" /run/spoilt.out)" = "$(arg seeds)" ]
}

cp /mnt/u1.save /mnt/spoilt.save
try 'not altered' | tee /run/try.out
ok 'what is not altered is restored' grep -q '^not altered: restored' /run/try.out
before=$(free_memory)
bytes=$(stat -c %s /mnt/u1.save)
for n in 20 100 3000 100000 $((bytes / 2)) $((bytes - 20)); do
    head -c $n /mnt/u1.save >/mnt/spoilt.save
    try "cut at $n" | tee /run/try.out
    ok 'what is cut is refused' grep -q "^cut at $n: refused" /run/try.out
done
for what in $(arg what | tr , ' '); do
    for seed in $(seq "$(arg seeds)"); do
        spoilt "$what" "$seed"
    done
done
rm /mnt/*.save
for what in header record length cr3; do ends $what never; done
ends rip '....c.'
ok 'tables of other types' grep -q '^types [0-9]*: refused\|^types [0-9]*: restored, ....c' /run/spoilt.out
ok 'tables of other entries' grep -q '^table [0-9]*: refused\|^table [0-9]*: restored, ....c' /run/spoilt.out
ok "$before MiB are free as before" within 20 sh -c "[ \$(xl info free_memory) = $before ]"
asks u0 'echo still al""ive' 'still alive'
ok destroy xl destroy u0
finish
