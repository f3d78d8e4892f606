# dom0's kernel crashes while guests run.
. /root/lib.sh
start_tools
for n in 1 2; do start u$n memory=96; done
tell u1 'while :; do :; done &'
finish
echo c >/proc/sysrq-trigger
