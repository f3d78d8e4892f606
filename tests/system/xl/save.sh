# Saved and restored while it computes, writes and talks.
. /root/lib.sh
start_tools
start_backends
disk /disks/1.img 64
start u1 "disk=['/disks/1.img,raw,xvda,rw']" "vif=['bridge=xenbr0,mac=00:16:3e:00:00:01']"
asks u1 'mount -t ext4 /dev/xvda /mnt && echo mounted' mounted
asks u1 'ip addr add 10.9.0.2/24 dev eth0; ip link set eth0 up; ping -c 1 10.9.0.1 >/dev/null && echo pong' pong
# The file stays open all the time.
tell u1 'i=0; while :; do i=$((i+1)); echo $i; [ $((i % 1000)) = 0 ] && echo at $i >&2; done >/mnt/numbers & echo $! >/pid'
ok 'counts' within 30 hears u1 '^at 2000'
sleep 10000 | nc -l -p 7000 >/run/heard &
tell u1 '(n=0; while :; do n=$((n+1)); echo line $n; sleep 0.2; done) | nc 10.9.0.1 7000 &'
ok 'talks' within 30 grep -q 'line 5' /run/heard
before=$(date +%s)
ok save xl save u1 /disks/u1.save
ls -l /disks/u1.save
ok 'is gone' within 10 gone u1
sleep 5
ok restore xl restore /disks/u1.save
lines=$(wc -l </run/heard)
ok 'counts on' within 30 hears u1 '^at 6000'
ok 'talks on' within 30 sh -c "[ \$(wc -l </run/heard) -gt $((lines + 10)) ]"
asks u1 'kill $(cat /pid); sync; n=$(wc -l </mnt/numbers); [ "$(tail -n 1 /mnt/numbers)" = $n ] && echo none lost' 'none lost'
tell u1 'echo "clock $(date +%s)"'
ok 'clock' within 10 hears u1 '^clock'
t=$(sed -n 's/^clock \([0-9]*\).*/\1/p' /var/log/xen/console/guest-u1.log)
ok "clock is right: $t, $(date +%s)" [ $(($(date +%s) - t)) -lt 4 ]
grep -c . /run/heard
awk '{ if ($2 != NR) bad = 1 } END { exit bad }' /run/heard && echo "ok: no line lost" || echo "FAILED: lines lost"
ok 'save, checkpoint' xl save -c u1 /disks/u1b.save
asks u1 'echo still al""ive' 'still alive'
mkdir /small && mount -t tmpfs -o size=20M tmpfs /small
refused 'a save on a full disk' xl save u1 /small/u1.save
asks u1 'echo and ag""ain' 'and again'
asks u1 'cp /mnt/numbers /mnt/copy; sync; echo 3 >/proc/sys/vm/drop_caches; cmp /mnt/numbers /mnt/copy && echo the disk, t""oo' 'the disk, too'
ok 'and the card' ping -c 2 10.9.0.2
ok destroy xl destroy u1
head -c 3000000 /disks/u1b.save >/disks/cut.save
refused 'a truncated file' xl restore /disks/cut.save
finish
