/*
 * hvprof.c - a QEMU TCG plugin that splits the executed instructions of an
 * x86-64 PV system by who runs them, seen by address:
 *
 *   user    below 2^47 (also firmware, loader and the hypervisor's first steps)
 *   hv      0xffff800000000000-0xffff87ffffffffff, the hypervisor's by the ABI
 *   kern    everything above, the guest kernel
 *
 * and counts every visit to the hypervisor by its cause: hypercall number, user
 * system call, or the address of the first hypervisor instruction (exceptions
 * and interrupts), with the way it left (sysret or iret, to user or kernel).
 *
 * A program delimits section ID by executing the bytes
 * 0f 1f 84 00 <0x50564d00 + 2*ID + {0: begin, 1: end}>; marks 240 to 253 are
 * points of the time line.  One virtual CPU only.
 *
 * Some hypercall numbers cannot be seen (the kernel takes them from memory):
 * these are 999.N, N being the binary logarithm of the visit's length.
 *
 * Options: out=FILE; entry=HEX, the address at which the loader enters the
 * hypervisor; idle=HEX-HEX, its code that runs while there is nothing else to
 * do (also counted as hv).  Lines of the output:
 *   POINT name total user kern hv idle the time line
 *   PV mark cause exit visits insns    visits up to a mark
 *   B id times user kern hv            sections: instruction sums
 *   E id region class count            special instructions
 *   V id cause exit visits insns       visits
 *   T id address insns count           hypervisor code that ran, by block
 * Section 255 is the whole run, 127 is dropped (warm-up).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classify.h"
#include "qemu_plugin.h"

enum region { USER, KERN, HV, REGIONS };
enum left_by { LEFT_OTHER, LEFT_SYSRET, LEFT_IRET };
enum cause {
    CAUSE_HYPERCALL = 1,
    CAUSE_SYSCALL,
    CAUSE_TRAP_USER,
    CAUSE_TRAP_KERN
};

#define SECTIONS     256
#define WARM_UP      127
#define FIRST_POINT  240
#define WHOLE_RUN    255
#define VISIT_SLOTS  2048
#define BLOCK_SLOTS  65536
#define ADDRESS_MASK ((1ULL << 48) - 1)
#define NO_SYSCALL   (-1)
#define USER_SYSCALL 1000
#define HASH_FACTOR  0x9e3779b97f4a7c15ULL

static const char *const region_names[] = {"user", "kern", "hv"};

/* One way into and out of the hypervisor. */
struct visit {
    uint64_t key;                    /* visit_key(), 0: a free slot */
    uint64_t count, insns;           /* so far */
    uint64_t count_then, insns_then; /* when the section began */
};

struct visit_sum {
    uint64_t count, insns;
};

/* A translated block of hypervisor code. */
struct block {
    uint64_t address;
    size_t insns;
    uint64_t count, count_then;
    struct block *next;
};

struct block_sum {
    struct block *block;
    uint64_t count;
};

struct section {
    uint64_t times;
    uint64_t insns[REGIONS];
    uint64_t events[REGIONS][INSN_CLASSES];
    struct visit_sum *visits; /* by slot of `visits` */
    struct block_sum *blocks;
    size_t blocks_used, blocks_room;
};

static FILE *out;
static uint64_t entry_address, idle_start, idle_end;
static uint64_t idle_insns;
static uint64_t insns[REGIONS], insns_then[REGIONS];
static uint64_t events[REGIONS][INSN_CLASSES];
static uint64_t events_then[REGIONS][INSN_CLASSES];
static struct visit visits[VISIT_SLOTS];
static unsigned visits_used;
static struct block *blocks[BLOCK_SLOTS];
static struct section sections[SECTIONS];
static int open_section = -1;

static enum region running = USER;
static int region_seen[REGIONS];
static uint64_t insns_at_entry, entry_key;
static int pending_syscall = NO_SYSCALL; /* hypercall number, USER_SYSCALL */
static int last_eax = EAX_NONE;
static enum left_by left_by;

static enum region region_of(uint64_t address)
{
    if (address < 1ULL << 47)
        return USER;
    return address < 0xffff880000000000ULL ? HV : KERN;
}

static void print_sums(const uint64_t *by_region)
{
    fprintf(out, " %" PRIu64 " %" PRIu64 " %" PRIu64, by_region[USER],
            by_region[KERN], by_region[HV]);
}

static void print_point(const char *name)
{
    fprintf(out, "POINT %s %" PRIu64, name,
            insns[USER] + insns[KERN] + insns[HV]);
    print_sums(insns);
    fprintf(out, " %" PRIu64 "\n", idle_insns);
}

/* ---- visits ---- */

/* What is known on the way in: 48 bits of address or number, and the cause. */
static uint64_t make_entry_key(uint64_t address)
{
    if (pending_syscall == USER_SYSCALL)
        return (uint64_t)CAUSE_SYSCALL << 48;
    if (pending_syscall != NO_SYSCALL)
        return (uint64_t)pending_syscall | (uint64_t)CAUSE_HYPERCALL << 48;
    return (address & ADDRESS_MASK) |
           (uint64_t)(running == USER ? CAUSE_TRAP_USER : CAUSE_TRAP_KERN)
               << 48;
}

static uint64_t visit_key(enum region to, uint64_t length)
{
    uint64_t cost = 0;

    if (entry_key == (EAX_UNKNOWN | (uint64_t)CAUSE_HYPERCALL << 48))
        while (length >>= 1)
            cost++;
    return entry_key | cost << 16 | (uint64_t)left_by << 52 |
           (uint64_t)to << 54 | 1ULL << 60;
}

static struct visit *find_visit(uint64_t key)
{
    unsigned slot = (unsigned)(key * HASH_FACTOR >> 53);

    while (visits[slot].key && visits[slot].key != key)
        slot = (slot + 1) % VISIT_SLOTS;
    if (!visits[slot].key) {
        visits[slot].key = key;
        if (++visits_used > VISIT_SLOTS - 8) {
            fprintf(stderr, "hvprof: too many kinds of visits\n");
            exit(1);
        }
    }
    return &visits[slot];
}

static void print_visit(uint64_t key, uint64_t count, uint64_t sum)
{
    static const char *const ways[] = {"other", "sysret", "iret", "?"};
    uint64_t value = key & ADDRESS_MASK;

    switch (key >> 48 & 15) {
    case CAUSE_HYPERCALL:
        fprintf(out, "hypercall:%" PRIu64, value & 0xffff);
        if (value >> 16)
            fprintf(out, ".%" PRIu64, value >> 16);
        break;
    case CAUSE_SYSCALL:
        fprintf(out, "usyscall");
        break;
    case CAUSE_TRAP_USER:
        fprintf(out, "trap_user:ffff%012" PRIx64, value);
        break;
    default:
        fprintf(out, "trap_kern:ffff%012" PRIx64, value);
    }
    fprintf(out, " %s-%s %" PRIu64 " %" PRIu64 "\n", ways[key >> 52 & 3],
            region_names[key >> 54 & 3], count, sum);
}

/* ---- blocks of hypervisor code ---- */

static struct block *find_block(uint64_t address, size_t count)
{
    struct block **head = &blocks[(address ^ count) * HASH_FACTOR >> 48];
    struct block *b;

    for (b = *head; b; b = b->next)
        if (b->address == address && b->insns == count)
            return b;
    b = calloc(1, sizeof(*b));
    if (!b)
        abort();
    b->address = address;
    b->insns = count;
    b->next = *head;
    *head = b;
    return b;
}

static struct block_sum *section_block(struct section *s, struct block *b)
{
    for (size_t i = 0; i < s->blocks_used; i++)
        if (s->blocks[i].block == b)
            return &s->blocks[i];
    if (s->blocks_used == s->blocks_room) {
        s->blocks_room = s->blocks_room ? 2 * s->blocks_room : 256;
        s->blocks = realloc(s->blocks, s->blocks_room * sizeof(*s->blocks));
        if (!s->blocks)
            abort();
    }
    s->blocks[s->blocks_used] = (struct block_sum){b, 0};
    return &s->blocks[s->blocks_used++];
}

/* ---- sections ---- */

static void begin_section(int id)
{
    open_section = id;
    memcpy(insns_then, insns, sizeof(insns));
    memcpy(events_then, events, sizeof(events));
    for (int i = 0; i < VISIT_SLOTS; i++) {
        visits[i].count_then = visits[i].count;
        visits[i].insns_then = visits[i].insns;
    }
    for (int i = 0; i < BLOCK_SLOTS; i++)
        for (struct block *b = blocks[i]; b; b = b->next)
            b->count_then = b->count;
}

static void add_counters(struct section *s)
{
    for (int r = 0; r < REGIONS; r++) {
        s->insns[r] += insns[r] - insns_then[r];
        for (int c = 0; c < INSN_CLASSES; c++)
            s->events[r][c] += events[r][c] - events_then[r][c];
    }
}

static void add_visits(struct section *s)
{
    if (!s->visits)
        s->visits = calloc(VISIT_SLOTS, sizeof(*s->visits));
    if (!s->visits)
        abort();
    for (int i = 0; i < VISIT_SLOTS; i++) {
        s->visits[i].count += visits[i].count - visits[i].count_then;
        s->visits[i].insns += visits[i].insns - visits[i].insns_then;
    }
}

static void add_blocks(struct section *s)
{
    for (int i = 0; i < BLOCK_SLOTS; i++)
        for (struct block *b = blocks[i]; b; b = b->next)
            if (b->count != b->count_then)
                section_block(s, b)->count += b->count - b->count_then;
}

static void end_section(int id)
{
    struct section *s = &sections[id];

    if (open_section != id)
        return;
    open_section = -1;
    if (id == WARM_UP)
        return;
    s->times++;
    add_counters(s);
    add_visits(s);
    add_blocks(s);
}

static void print_mark(int mark)
{
    char name[8];

    snprintf(name, sizeof(name), "%d", mark);
    print_point(name);
    for (int i = 0; i < VISIT_SLOTS; i++) {
        if (!visits[i].key)
            continue;
        fprintf(out, "PV %d ", mark);
        print_visit(visits[i].key, visits[i].count, visits[i].insns);
    }
    fflush(out);
}

/* ---- called by the running machine ---- */

static void on_block(unsigned vcpu, void *data)
{
    uint64_t address = (uint64_t)(uintptr_t)data;
    enum region region = region_of(address);

    (void)vcpu;
    if (region == running) {
        if (region != HV)
            pending_syscall = NO_SYSCALL; /* of a kernel without hypervisor */
        return;
    }
    if (!region_seen[region]) {
        char name[16];

        region_seen[region] = 1;
        snprintf(name, sizeof(name), "first-%s", region_names[region]);
        print_point(name);
    }
    if (region == HV) {
        insns_at_entry = insns[HV];
        entry_key = make_entry_key(address);
        left_by = LEFT_OTHER;
    } else if (running == HV) {
        uint64_t length = insns[HV] - insns_at_entry;
        struct visit *v = find_visit(visit_key(region, length));

        v->count++;
        v->insns += length;
    }
    pending_syscall = NO_SYSCALL;
    running = region;
}

static void on_entry(unsigned vcpu, void *data)
{
    static int seen;

    (void)vcpu;
    (void)data;
    if (!seen++)
        print_point("entry");
}

static void on_eax(unsigned vcpu, void *data)
{
    (void)vcpu;
    last_eax = (int)(intptr_t)data;
}

static void on_kernel_syscall(unsigned vcpu, void *data)
{
    (void)vcpu;
    (void)data;
    pending_syscall = last_eax == EAX_NONE ? EAX_UNKNOWN : last_eax;
    last_eax = EAX_NONE;
}

static void on_user_syscall(unsigned vcpu, void *data)
{
    (void)vcpu;
    (void)data;
    pending_syscall = USER_SYSCALL;
}

static void on_leave(unsigned vcpu, void *data)
{
    (void)vcpu;
    left_by = (enum left_by)(intptr_t)data;
}

static void on_mark(unsigned vcpu, void *data)
{
    int mark = (int)(intptr_t)data;

    (void)vcpu;
    if (mark >= FIRST_POINT && mark < 254)
        print_mark(mark);
    else if (mark & 1)
        end_section(mark >> 1);
    else
        begin_section(mark >> 1);
}

/* ---- called when code is translated ---- */

static void call_at(struct qemu_plugin_insn *insn, qemu_plugin_udata_cb call,
                    int value)
{
    qemu_plugin_register_vcpu_insn_exec_cb(insn, call, QEMU_PLUGIN_CB_NO_REGS,
                                           (void *)(intptr_t)value);
}

static int mark_of(const uint8_t *bytes, size_t count)
{
    static const uint8_t nop[] = {0x0f, 0x1f, 0x84, 0x00};

    if (count != 8 || memcmp(bytes, nop, 4) || memcmp(bytes + 5, "MVP", 3))
        return -1;
    return bytes[4];
}

static int insn_is_idle(const struct qemu_plugin_insn *insn)
{
    uint64_t address = qemu_plugin_insn_vaddr(insn);

    return address >= idle_start && address < idle_end;
}

static void watch_insn(struct qemu_plugin_insn *insn, enum region region)
{
    const uint8_t *bytes = qemu_plugin_insn_data(insn);
    size_t count = qemu_plugin_insn_size(insn);
    enum insn_class class = insn_classify(bytes, count);
    int eax = insn_eax_value(bytes, count), mark = mark_of(bytes, count);

    qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64,
                                               &insns[region], 1);
    if (insn_is_idle(insn))
        qemu_plugin_register_vcpu_insn_exec_inline(
            insn, QEMU_PLUGIN_INLINE_ADD_U64, &idle_insns, 1);
    if (class != INSN_OTHER)
        qemu_plugin_register_vcpu_insn_exec_inline(
            insn, QEMU_PLUGIN_INLINE_ADD_U64, &events[region][class], 1);
    if (region == KERN && eax != EAX_NONE)
        call_at(insn, on_eax, eax);
    if (class == INSN_SYSCALL && region == KERN)
        call_at(insn, on_kernel_syscall, 0);
    if (class == INSN_SYSCALL && region == USER)
        call_at(insn, on_user_syscall, 0);
    if (region == HV && class == INSN_SYSRET)
        call_at(insn, on_leave, LEFT_SYSRET);
    if (region == HV && class == INSN_IRET)
        call_at(insn, on_leave, LEFT_IRET);
    if (mark >= 0)
        call_at(insn, on_mark, mark);
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    uint64_t address = qemu_plugin_tb_vaddr(tb);
    size_t count = qemu_plugin_tb_n_insns(tb);
    enum region region = region_of(address);

    (void)id;
    if (address == entry_address)
        qemu_plugin_register_vcpu_tb_exec_cb(tb, on_entry,
                                             QEMU_PLUGIN_CB_NO_REGS, NULL);
    qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_NO_REGS,
                                         (void *)(uintptr_t)address);
    if (region == HV)
        qemu_plugin_register_vcpu_tb_exec_inline(
            tb, QEMU_PLUGIN_INLINE_ADD_U64, &find_block(address, count)->count,
            1);
    for (size_t i = 0; i < count; i++)
        watch_insn(qemu_plugin_tb_get_insn(tb, i), region);
}

/* ---- the end ---- */

static void print_events(int id, uint64_t (*counts)[INSN_CLASSES])
{
    for (int r = 0; r < REGIONS; r++)
        for (int c = 0; c < INSN_CLASSES; c++)
            if (counts[r][c])
                fprintf(out, "E %d %s %s %" PRIu64 "\n", id, region_names[r],
                        insn_class_names[c], counts[r][c]);
}

static void print_section(int id)
{
    struct section *s = &sections[id];

    fprintf(out, "B %d %" PRIu64, id, s->times);
    print_sums(s->insns);
    fputc('\n', out);
    print_events(id, s->events);
    for (int i = 0; i < VISIT_SLOTS; i++) {
        if (!s->visits[i].count)
            continue;
        fprintf(out, "V %d ", id);
        print_visit(visits[i].key, s->visits[i].count, s->visits[i].insns);
    }
    for (size_t i = 0; i < s->blocks_used; i++)
        fprintf(out, "T %d %" PRIx64 " %zu %" PRIu64 "\n", id,
                s->blocks[i].block->address, s->blocks[i].block->insns,
                s->blocks[i].count);
}

static void print_whole_run(void)
{
    fprintf(out, "B %d 1", WHOLE_RUN);
    print_sums(insns);
    fputc('\n', out);
    print_events(WHOLE_RUN, events);
    for (int i = 0; i < VISIT_SLOTS; i++) {
        if (!visits[i].count)
            continue;
        fprintf(out, "V %d ", WHOLE_RUN);
        print_visit(visits[i].key, visits[i].count, visits[i].insns);
    }
    for (int i = 0; i < BLOCK_SLOTS; i++)
        for (struct block *b = blocks[i]; b; b = b->next)
            if (b->count)
                fprintf(out, "T %d %" PRIx64 " %zu %" PRIu64 "\n", WHOLE_RUN,
                        b->address, b->insns, b->count);
}

static void on_exit_of_qemu(qemu_plugin_id_t id, void *data)
{
    (void)id;
    (void)data;
    print_point("end");
    for (int i = 0; i < SECTIONS; i++)
        if (sections[i].times)
            print_section(i);
    print_whole_run();
    fclose(out);
}

__attribute__((visibility("default"))) extern int qemu_plugin_version;
__attribute__((visibility("default"))) int
qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info,
                    int count, char **options);

int qemu_plugin_version = 1;

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info,
                        int count, char **options)
{
    const char *name = "hvprof.txt";
    char *end;

    (void)info;
    for (int i = 0; i < count; i++) {
        if (strncmp(options[i], "out=", 4) == 0)
            name = options[i] + 4;
        if (strncmp(options[i], "entry=", 6) == 0)
            entry_address = strtoull(options[i] + 6, NULL, 16);
        if (strncmp(options[i], "idle=", 5) == 0) {
            idle_start = strtoull(options[i] + 5, &end, 16);
            idle_end = *end ? strtoull(end + 1, NULL, 16) : 0;
        }
    }
    out = fopen(name, "w");
    if (!out) {
        perror(name);
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
    qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
    return 0;
}
