# uk_notes.sh - sourced by what runs programs of tests/uk: what a program's
# comments say. file() prints the program's name, or that of its notes.

# note WORD [DEFAULT] - what is said of it, on one line.
note() {
    local text
    read -r text < <(tools/note "$1" "$(file)"; echo)
    echo "${text:-${2:-}}"
}

# The lines that are wanted, each with its own comment.
expected() {
    sed -nE 's,^(/\*| \*) expect: (.*[^ ])( \*/)?$,\2,p' "$(file)" |
        sed 's, \*/$,,'
}

# Are they in this file, in this order?
all_printed() {
    local line at=0 found
    while read -r line; do
        found=$(tail -n "+$((at + 1))" "$1" |
            grep -anxF -m 1 -e "$line" | cut -d: -f1)
        [ "$found" ] || { echo "    not printed: $line"; return 1; }
        at=$((at + found))
    done < <(expected)
}
