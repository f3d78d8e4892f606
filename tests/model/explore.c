/*
 * tests/model/explore.c - tries every sequence of requests up to a depth, and
 * after each compares what the hypervisor did with what the rules say.
 *
 * States that differ only in the numbers of frames or of vcpus are one. Each is
 * kept packed, with the request that led to it, so that a wrong step is shown
 * with the whole way to it.
 *
 *     model [DEPTH [everything]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake.h"

#include "model.h"
#include "pv/type.h"

#define DEPTH_DEFAULT 6
#define WORDS         (FRAMES_ + 1)
#define NOWHERE       UINT32_MAX

struct state {
    struct model m;
    struct real r;
};

struct packed {
    uint64_t word[WORDS];
};

struct node {
    struct packed p;
    uint32_t parent;
    struct op op;
};

static struct node *nodes;
static uint32_t node_count, node_room;
static uint32_t *table; /* open addressing: node number plus one */
static uint64_t table_size;

/* Shared with the workers of the last level. */
#define COUNTERS_BYTES (1UL << 16)
static struct counters {
    uint64_t steps, refusals;
} * count;

static bool everything; /* all requests, not only most */

/* Where steps are tried from, and whether what comes is kept. */
static const struct state *here;
static struct derived here_derived;
static bool keep_here;

/* The step being done, for what ends it without return. */
static uint32_t step_from;
static struct op step_op;

/* ---- telling ---- */

static void print_op(const struct op *op)
{
    static const char *const names[] = {
        [OP_SET] = "set",
        [OP_SET_FOREIGN] = "set-foreign",
        [OP_SET_LOST] = "set-lost",
        [OP_PIN] = "pin",
        [OP_UNPIN] = "unpin",
        [OP_BASE] = "base",
        [OP_USER_BASE] = "user-base",
        [OP_HOLD_RO] = "hold-ro",
        [OP_DROP_RO] = "drop-ro",
        [OP_HOLD_RW] = "hold-rw",
        [OP_DROP_RW] = "drop-rw",
        [OP_CLEAR] = "clear",
        [OP_COPY] = "copy",
        [OP_DECREASE] = "decrease",
        [OP_INCREASE] = "increase",
        [OP_FLUSH] = "flush",
        [OP_FLUSH_ALL] = "flush-all",
    };

    printf("    vcpu %u: %s", op->vcpu, names[op->kind]);
    if (op->kind <= OP_SET_LOST && op->value)
        printf(" frame %u slot %u: %s frame %u\n", op->frame, op->slot,
               ENTRY_WRITABLE(op->value) ? "writable" : "read-only",
               ENTRY_FRAME(op->value));
    else
        printf(" frame %u slot %u value %u\n", op->frame, op->slot, op->value);
}

/* Each line's numbers are those of the state it starts from: they may be
 * exchanged from one line to the next. */
static void print_path(uint32_t n)
{
    if (nodes[n].parent == NOWHERE)
        return;
    print_path(nodes[n].parent);
    print_op(&nodes[n].op);
}

static _Noreturn void wrong(const char *why)
{
    printf("model: %s, by\n", why);
    print_path(step_from);
    print_op(&step_op);
    fflush(stdout);
    _Exit(1);
}

_Noreturn void model_deadlock(void);
_Noreturn void model_deadlock(void)
{
    wrong("a deadlock");
}

/* ---- packing ---- */

static uint64_t add_bits(uint64_t word, unsigned bits, uint64_t value)
{
    if (value >> bits)
        wrong("a number too large for the model");
    return word << bits | value;
}

static uint64_t take_bits(uint64_t *word, unsigned bits)
{
    uint64_t value = *word & ((1UL << bits) - 1);

    *word >>= bits;
    return value;
}

/* How frames and vcpus are numbered in the packed form. */
struct numbering {
    uint8_t frame[8]; /* new number of each, and of NOBODY */
    uint8_t vcpu[VCPUS];
};

static uint8_t renumber_entry(const struct numbering *n, uint8_t e)
{
    return e ? ENTRY(n->frame[ENTRY_FRAME(e)], ENTRY_WRITABLE(e)) : e;
}

/* What is said of a frame without the numbers of others. */
static uint64_t pack_local(const struct state *s, unsigned f, unsigned first)
{
    const struct real_frame *r = &s->r.frame[f];
    uint64_t w = 0;

    w = add_bits(w, 5, r->ref & REF_COUNT);
    w = add_bits(w, 1, s->m.allocated[f]);
    w = add_bits(w, 1, !!(r->ref & REF_FREE));
    w = add_bits(w, 5, r->type & TYPE_COUNT);
    w = add_bits(w, 3, r->type >> TYPE_FORMER_SHIFT >> 4 & 7);
    w = add_bits(w, 3, (r->type & TYPE_MASK) >> 60);
    w = add_bits(w, 1, !!(r->type & TYPE_VALID));
    w = add_bits(w, 1, !!(r->type & TYPE_PINNED));
    w = add_bits(w, 1, s->m.held_ro[f]);
    w = add_bits(w, 1, s->m.held_rw[f]);
    w = add_bits(w, 6, s->r.cached[first][f]);
    return add_bits(w, 6, s->r.cached[!first][f]);
}

static void unpack_local(struct state *s, unsigned f, uint64_t w)
{
    struct real_frame *r = &s->r.frame[f];
    bool is_free, valid, pinned;
    uint64_t former, type;

    s->r.cached[1][f] = (uint8_t)take_bits(&w, 6);
    s->r.cached[0][f] = (uint8_t)take_bits(&w, 6);
    s->m.held_rw[f] = take_bits(&w, 1);
    s->m.held_ro[f] = take_bits(&w, 1);
    pinned = take_bits(&w, 1);
    valid = take_bits(&w, 1);
    type = take_bits(&w, 3);
    former = take_bits(&w, 3);
    r->type = type << 60 | former << (TYPE_FORMER_SHIFT + 4) |
              (valid ? TYPE_VALID : 0) | (pinned ? TYPE_PINNED : 0) |
              take_bits(&w, 5);
    is_free = take_bits(&w, 1);
    s->m.allocated[f] = take_bits(&w, 1);
    r->ref = (s->m.allocated[f] ? REF_ALLOCATED : 0) | take_bits(&w, 5);
    if (is_free)
        r->ref |= (uint64_t)DOMID_INVALID << REF_OWNER_SHIFT | REF_FREE;
    else if (f == FOREIGN)
        r->ref |= 1UL << REF_OWNER_SHIFT;
    s->m.pin[f] = pinned ? (uint8_t)type : 0;
}

static void pack(const struct state *s, const struct numbering *n,
                 const uint64_t *local, struct packed *p)
{
    uint64_t w = 0;

    for (unsigned f = 0; f < FRAMES_; f++) {
        uint64_t slots = local[f];

        for (unsigned i = 0; i < SLOTS; i++)
            slots = slots << 4 | renumber_entry(n, s->m.slot[f][i]);
        p->word[n->frame[f]] = slots;
    }
    for (unsigned i = 0; i < VCPUS; i++) {
        unsigned v = n->vcpu[i];

        w = add_bits(w, 3, n->frame[s->m.kernel_base[v]]);
        w = add_bits(w, 3, n->frame[s->m.user_base[v]]);
        w = add_bits(w, 3, s->r.flush_clock[v]);
    }
    p->word[FRAMES_] = add_bits(w, 3, s->r.free_stamp);
}

static void unpack(const struct packed *p, struct state *s)
{
    uint64_t w = p->word[FRAMES_];

    s->r.free_stamp = (uint32_t)take_bits(&w, 3);
    s->r.clock = 5;
    for (unsigned v = VCPUS; v-- > 0;) {
        s->r.flush_clock[v] = (uint32_t)take_bits(&w, 3);
        s->m.user_base[v] = (uint8_t)take_bits(&w, 3);
        s->m.kernel_base[v] = (uint8_t)take_bits(&w, 3);
    }
    for (unsigned f = 0; f < FRAMES_; f++) {
        w = p->word[f];
        for (unsigned i = SLOTS; i-- > 0;)
            s->m.slot[f][i] = (uint8_t)take_bits(&w, 4);
        unpack_local(s, f, w);
    }
}

/* ---- one form for equal states ---- */

/* What is said of a frame by others, and by itself of its kind of slots. */
static uint64_t frame_key(const struct state *s, unsigned f, uint64_t local,
                          unsigned first)
{
    uint64_t key = local * 0x9e3779b97f4a7c15;

    for (unsigned i = 0; i < SLOTS; i++) {
        uint8_t e = s->m.slot[f][i];

        if (e)
            key += (3U + ENTRY_WRITABLE(e) + (ENTRY_FRAME(e) == f ? 2U : 0) +
                    (ENTRY_FRAME(e) == FOREIGN ? 4U : 0))
                   << (8 * i + 8);
        for (unsigned g = 0; g < FRAMES_; g++)
            if (s->m.slot[g][i] && ENTRY_FRAME(s->m.slot[g][i]) == f)
                key += (0x10001UL + ENTRY_WRITABLE(s->m.slot[g][i]))
                       << (20 * i + 8);
    }
    for (unsigned v = 0; v < VCPUS; v++)
        key += (uint64_t)(s->m.kernel_base[v] == f) << (v == first ? 60 : 61) |
               (uint64_t)(s->m.user_base[v] == f) << (v == first ? 62 : 63);
    return key;
}

/* All orders of frames whose keys do not tell them apart; the least wins. */
static void try_orders(const struct state *s, struct numbering *n,
                       const uint64_t *local, const uint64_t *key,
                       uint8_t *order, unsigned at, struct packed *best)
{
    struct packed p;

    if (at == OWN) {
        for (uint8_t i = 0; i < OWN; i++)
            n->frame[order[i]] = i;
        pack(s, n, local, &p);
        if (memcmp(&p, best, sizeof(p)) < 0)
            *best = p;
        return;
    }
    for (unsigned i = at; i < OWN && key[order[i]] == key[order[at]]; i++) {
        uint8_t first = order[at];

        order[at] = order[i];
        order[i] = first;
        try_orders(s, n, local, key, order, at + 1, best);
        order[i] = order[at];
        order[at] = first;
    }
}

static void sort_frames(uint8_t *order, const uint64_t *key)
{
    for (unsigned i = 1; i < OWN; i++)
        for (unsigned j = i; j && key[order[j]] < key[order[j - 1]]; j--) {
            uint8_t t = order[j];

            order[j] = order[j - 1];
            order[j - 1] = t;
        }
}

static void canonical(const struct state *s, struct packed *best)
{
    memset(best, 0xff, sizeof(*best));
    for (uint8_t first = 0; first < VCPUS; first++) {
        struct numbering n = {{[FOREIGN] = FOREIGN, [NOBODY] = NOBODY},
                              {first, !first}};
        uint8_t order[OWN] = {0, 1, 2, 3};
        uint64_t local[FRAMES_], key[FRAMES_];

        for (unsigned f = 0; f < FRAMES_; f++) {
            local[f] = pack_local(s, f, first);
            key[f] = frame_key(s, f, local[f], first);
        }
        sort_frames(order, key);
        try_orders(s, &n, local, key, order, 0, best);
    }
}

/* ---- the set of states ---- */

static uint64_t hash(const struct packed *p)
{
    uint64_t h = 0;

    for (unsigned i = 0; i < WORDS; i++)
        h = (h ^ p->word[i]) * 0xff51afd7ed558ccd, h ^= h >> 32;
    return h;
}

static uint64_t place_of(const struct packed *p)
{
    uint64_t i = hash(p) & (table_size - 1);

    while (table[i] && memcmp(&nodes[table[i] - 1].p, p, sizeof(*p)))
        i = (i + 1) & (table_size - 1);
    return i;
}

static void *must(void *p)
{
    if (!p) {
        fprintf(stderr, "model: no memory\n");
        exit(2);
    }
    return p;
}

static void grow(void)
{
    node_room = node_room ? node_room * 2 : 1 << 16;
    nodes = must(realloc(nodes, node_room * sizeof(*nodes)));
    table_size = (uint64_t)node_room * 2;
    free(table);
    table = must(calloc(table_size, sizeof(*table)));
    for (uint32_t i = 0; i < node_count; i++)
        table[place_of(&nodes[i].p)] = i + 1;
}

static void remember(const struct state *s, uint32_t parent,
                     const struct op *op)
{
    struct packed p;
    uint64_t place;

    if (node_count == node_room)
        grow();
    canonical(s, &p);
    place = place_of(&p);
    if (table[place])
        return;
    nodes[node_count] = (struct node){p, parent, *op};
    table[place] = ++node_count;
}

/* ---- one step ---- */

static bool in_use(const struct real_frame *f)
{
    return f->type & TYPE_MASK;
}

static bool counts_are_right(const struct real *r, const struct derived *d)
{
    for (unsigned f = 0; f < FRAMES_; f++) {
        const struct real_frame *x = &r->frame[f];
        uint64_t type = d->type[f] == T_WRITABLE ? FRAME_WRITABLE
                                                 : (uint64_t)d->type[f] << 60;

        if (!d->refs[f] != !!(x->ref & REF_FREE))
            return false;
        if ((x->ref & REF_COUNT) != d->refs[f] ||
            (x->type & TYPE_MASK) != type ||
            !(x->type & TYPE_VALID) != !in_use(x) ||
            (in_use(x) && (x->type & TYPE_COUNT) != d->uses[f]))
            return false;
    }
    return true;
}

static void step(const struct state *from, const struct op *op, bool keep)
{
    struct model m = from->m;
    struct state to = *from;
    struct derived d = here_derived;
    bool may, was;

    step_op = *op;
    count->steps++;
    may = spec_apply(&m, &here_derived, op);
    was = real_apply(&to.m, &to.r, op);
    count->refusals += !was;
    if (may != was)
        wrong(may ? "refused, though it may be done"
                  : "done, though it may not be");
    if (real_complaint())
        wrong(real_complaint());
    if (memcmp(&m, &to.m, sizeof(m)))
        wrong("not what was asked for");
    if (was)
        spec_derive(&m, &d);
    if (d.conflict)
        wrong("a frame with two types, or reached by nobody's right");
    if (!counts_are_right(&to.r, &d))
        wrong("counts unlike the references");
    if (keep)
        remember(&to, step_from, op);
}

/* ---- all steps from a state ---- */

static void try(uint8_t kind, uint8_t frame, uint8_t slot, uint8_t value,
                uint8_t vcpu)
{
    step(here, &(struct op){kind, frame, slot, value, vcpu}, keep_here);
}

static bool is_l1(const struct state *s, unsigned f)
{
    return (s->r.frame[f].type & TYPE_MASK) == FRAME_L1;
}

/* The second slot is there for tables with two entries: writable mappings only,
 * unless everything is tried. */
static bool is_tried(uint8_t slot, uint8_t e)
{
    return everything || !slot || !e || ENTRY_WRITABLE(e);
}

static void try_entries(uint8_t f)
{
    for (uint8_t slot = 0; slot < SLOTS; slot++)
        for (uint8_t e = 0; e <= ENTRY(OWN - 1, 1); e++)
            if (e != here->m.slot[f][slot] && is_tried(slot, e))
                try(OP_SET, f, slot, e, 0);
    for (uint8_t rw = !everything; rw < 2; rw++) {
        try(OP_SET_FOREIGN, f, 0, ENTRY(FOREIGN, rw), 0);
        if (is_l1(here, f))
            try(OP_SET, f, 0, ENTRY(FOREIGN, rw), 0);
    }
    for (uint8_t e = 1; is_l1(here, f) && e <= ENTRY(OWN - 1, 1); e++)
        try(OP_SET_LOST, f, 1, e, 0);
}

static void try_frame(uint8_t f)
{
    const struct model *m = &here->m;

    try_entries(f);
    for (uint8_t level = 1; level <= T_L4; level++)
        try(OP_PIN, f, 0, level, 0);
    try(OP_UNPIN, f, 0, 0, 0);
    try(m->held_ro[f] ? OP_DROP_RO : OP_HOLD_RO, f, 0, 0, 0);
    try(m->held_rw[f] ? OP_DROP_RW : OP_HOLD_RW, f, 0, 0, 0);
    try(OP_CLEAR, f, 0, 0, 0);
    try(OP_COPY, f, 0, (uint8_t)((f + 1) % OWN), 0);
    if (here->r.frame[f].ref & REF_FREE)
        try(OP_INCREASE, f, 0, 0, 0);
    else
        try(OP_DECREASE, f, 0, 0, 0);
}

static void try_all(void)
{
    for (uint8_t f = 0; f < OWN; f++)
        try_frame(f);
    for (uint8_t v = 0; v < VCPUS; v++) {
        for (uint8_t f = 0; f < OWN; f++) {
            try(OP_BASE, f, 0, 0, v);
            if (everything || !v)
                try(OP_USER_BASE, f, 0, 0, v);
        }
        try(OP_USER_BASE, NOBODY, 0, 0, v);
        try(OP_FLUSH, 0, 0, 0, v);
    }
    try(OP_FLUSH_ALL, 0, 0, 0, 0);
}

/* From states first, first + stride, ... below end. */
static void try_states(uint32_t first, uint32_t stride, uint32_t end)
{
    struct state s = {0};

    for (uint32_t n = first; n < end; n += stride) {
        unpack(&nodes[n].p, &s);
        step_from = n;
        here = &s;
        spec_derive(&s.m, &here_derived);
        try_all();
    }
}

/* What the last steps lead to is not kept: a process for each CPU. */
static void try_last(uint32_t first, uint32_t end)
{
    uint32_t workers = (uint32_t)sysconf(_SC_NPROCESSORS_ONLN);
    struct counters *all = count;
    int status, worst = 0;

    for (uint32_t i = 0; i < workers; i++) {
        if (fork())
            continue;
        count = &all[i + 1];
        try_states(first + i, workers, end);
        _Exit(0);
    }
    while (wait(&status) > 0)
        worst |= status;
    if (worst)
        exit(1);
    for (uint32_t i = 1; i <= workers; i++) {
        all->steps += all[i].steps;
        all->refusals += all[i].refusals;
    }
}

static void explore(unsigned depth)
{
    struct op none = {0};
    struct state s = {0};
    uint32_t first = 0;

    real_begin(&s.m, &s.r);
    remember(&s, NOWHERE, &none);
    for (unsigned level = 1; level <= depth; level++) {
        uint32_t end = node_count;

        keep_here = level < depth;
        if (keep_here)
            try_states(first, 1, end);
        else
            try_last(first, end);
        first = end;
        printf("model: depth %u: %u states, %lu steps, %lu refused\n", level,
               node_count, count->steps, count->refusals);
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    count = mmap(NULL, COUNTERS_BYTES, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (count == MAP_FAILED)
        must(NULL);
    everything = argc > 2;
    explore(argc > 1 ? (unsigned)atoi(argv[1]) : DEPTH_DEFAULT);
    printf("model: no error\n");
    return 0;
}
