# Weights and caps of guests that would use a CPU all the time.
. /root/lib.sh
start_tools
for n in 1 2 4; do
    start g$n
    xl sched-credit2 -d g$n -w $((n * 128))
done
xl sched-credit2 -d 0 -w 65535
seconds() {
    xl list "$1" | awk 'NR == 2 { print int($6 * 1000) }'
}
for n in 1 2 4; do tell g$n 'while :; do :; done'; done
sleep 2
for n in 1 2 4; do eval "a$n=$(seconds g$n)"; done
sleep 30
for n in 1 2 4; do eval "b$n=\$(($(seconds g$n) - a$n))"; done
echo "ran: $b1 $b2 $b4 ms"
total=$(((b1 + b2 + b4) / 7))
for n in 1 2 4; do
    eval "share=\$((b$n * 100 / n / total))"
    ok "g$n has $share % of its share" [ "$share" -ge 95 -a "$share" -le 105 ]
done
xl destroy g2
xl destroy g4
ok cap xl sched-credit2 -d g1 -c 25
sleep 1
begin=$(cut -d ' ' -f 1 /proc/uptime | tr -d .)
a1=$(seconds g1)
sleep 20
b1=$(($(seconds g1) - a1))
end=$(cut -d ' ' -f 1 /proc/uptime | tr -d .)
share=$((b1 * 10 / (end - begin)))
ok "g1 has $share % of a CPU" [ $share -ge 22 -a $share -le 28 ]
ok 'no cap' xl sched-credit2 -d g1 -c 0
a1=$(seconds g1)
sleep 5
ok 'runs freely' [ $(($(seconds g1) - a1)) -gt 3000 ]
ok destroy xl destroy g1
finish
