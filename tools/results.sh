# results.sh - sourced by the check-* scripts: how a test's outcome is printed
# and kept. build/results/STAGE has one line a test: PASS, FAIL or SKIP, name.

results=$PWD/build/results
mkdir -p "$results"

# results_begin STAGE
results_begin() {
    stage=$1
    : >"$results/$stage"
}

# result PASS|FAIL|SKIP NAME [MORE]
result() {
    printf '%s %s\n' "$1" "$2" >>"$results/$stage"
    printf '%s %s%s\n' "$1" "$2" "${3:+ ($3)}"
}

# results_end - the stage's exit status: were there no failures?
results_end() {
    ! grep -q '^FAIL' "$results/$stage"
}

# results_total STAGE... - prints the line that make check ends with.
results_total() {
    local kind line=
    for kind in PASS FAIL SKIP; do
        line="$line $(cd "$results" && cat "$@" | grep -c "^$kind " || true)"
    done
    # shellcheck disable=SC2086
    printf '%d passed, %d failed, %d skipped\n' $line
}
