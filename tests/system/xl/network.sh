# Two guests with two cards each, and what goes between them and dom0.
. /root/lib.sh
start_tools
start_backends
make_bridge xenbr1 10.8.0.1
iperf3 -s -D >/dev/null
for n in 1 2; do
    start u$n \
        "vif=['bridge=xenbr0,mac=00:16:3e:00:00:0$n','bridge=xenbr1,mac=00:16:3e:00:01:0$n']"
    tell u$n "for i in 0 1; do ip addr add 10.\$((9 - i)).0.1$n/24 dev eth\$i; ip link set eth\$i up; done"
    asks u$n 'iperf3 -s -D && echo ser""ves' serves
    for i in 8 9; do ok "u$n on 10.$i" within 10 ping -c 1 10.$i.0.1$n; done
done

# stream WHO TO [OPTION] - TCP for 20 s; says what came through.
streams=0
stream() {
    streams=$((streams + 1))
    tell "$1" "iperf3 -c $2 -t $seconds $3 >/tmp/out 2>&1; grep receiver /tmp/out | sed 's/^/stream $streams: /'"
    ok "$1 $2 $3" within 90 hears "$1" "^stream $streams: .* [1-9][0-9.]* [MG]Bytes .*receiver"
    grep -a "^stream $streams:" "$logs/guest-$1.log"
}

seconds=$(arg seconds)
stream u1 10.9.0.1
stream u1 10.9.0.1 -R
stream u1 10.8.0.12
stream u1 10.9.0.12 -R

card=/sys/class/net/vif$(xl domid u1).0/statistics/rx_packets
before=$(cat "$card")
tell u1 'iperf3 -c 10.9.0.1 -u -b 0 -l 32 -k 100000 >/tmp/out 2>&1; echo pack""ets sent'
ok 'sends' within 120 hears u1 '^packets sent'
n=$(($(cat "$card") - before))
ok "$n small packets came" [ $n -ge 100000 ]
for n in 1 2; do
    ok "u$n answers" within 10 ping -c 1 10.9.0.1$n
    ok "destroy u$n" xl destroy u$n
done
finish
