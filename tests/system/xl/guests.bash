# guests.bash - sourced by tests that run guests of tests/guest again as guests
# of xl, beside dom0 and without privilege: the same results, here and on Xen.
# A test says in its own comment why it is not run so: "not-as-guest: ...".

# guests_of_xl CPU PATTERN - runs those that ask for this CPU, or for none if it
# is qemu64, and whose names match.
guests_of_xl() {
    suite=check-full smp=2 wanted_cpu=$1 wanted_names=$2
    xl_script guests
    cpu=$1 memory=3G timeout=1500
    # Some of them are meant to crash.
    trouble=expected
    forbid '^(FAIL|NONE) guest|does not end'
    [ "$HV" = xen ] || forbid '^SKIP guest'
    prepare() { prepare_guests; }
}

is_wanted() {
    local c=tests/guest/$1/test.c asked
    # shellcheck disable=SC2254
    case $1 in $wanted_names) ;; *) return 1 ;; esac
    [ -z "$(tools/note not-as-guest "$c")$(tools/note run-by "$c")" ] || return 1
    asked=$(tools/note cpu "$c")
    [ "$(echo ${asked:-qemu64})" = "$wanted_cpu" ]
}

# A line each: name, vcpus, memory, its end, its arguments.
describe_guest() {
    local c=tests/guest/$1/test.c v m e
    v=$(tools/note hv-args "$c" | sed -n 's/.*dom0_max_vcpus=\([0-9]*\).*/\1/p')
    m=$(tools/note memory "$c") e=$(tools/note ends "$c")
    m=${m%%M*}
    echo "$1 ${v:-1} ${m:-32} ${e:-end} $(tools/note args "$c")"
}

prepare_guests() {
    local t
    rm -rf "$dir/guests"
    mkdir -p "$dir/guests"
    make -s -C tests/guest
    for t in ${GUESTS:-$(cd tests/guest && ls -- */test.c)}; do
        t=${t%/test.c}
        [ "${GUESTS:-}" ] || is_wanted "$t" || continue
        strip -o "$dir/guests/$t" "build/guest/$t/guest"
        describe_guest "$t"
    done >"$dir/guests.list"
    xl_options=(-a "$dir/guests:/root/guests"
        -a "$dir/guests.list:/root/guests.list")
    make_xl_initramfs guests
}
