/* storm_calls.c - random hypercalls; see storm.h. */
#include "guest.h"

#define FRAMES 24
#define WORDS  512
#define VA     0x20000000UL

/* What the two pass to hypercalls. `kept` is not rewritten by the other, nor
 * by what a hypercall puts out. */
struct arguments {
    uint64_t kept[WORDS];
    uint64_t shared[WORDS];
    uint64_t gap[4 * WORDS];
};

static struct arguments *arguments[2];
static uint64_t *frame[FRAMES];
static uint8_t *last_page;
static uint64_t *read_only;
static uint64_t answers[64];

/* ---- values ---- */

static uint64_t any_address(struct random *r, unsigned who)
{
    switch (random_below(r, 16)) {
    case 0:
        return 0;
    case 1: /* across the end of what is mapped */
        return (uint64_t)last_page + PAGE_SIZE - random_below(r, 200);
    case 2:
        return (uint64_t)read_only + random_below(r, 512) * 8UL;
    case 3:
        return HV_START + (random_next(r) >> 21);
    case 4:
        return 0x0000800000000000UL - random_below(r, 64);
    case 5:
        return random_next(r);
    case 6:
        return VA + random_below(r, 64);
    case 7:
        return HV_END - random_below(r, 16);
    default:
        return (uint64_t)&arguments[who]->shared[random_below(r, WORDS - 64)];
    }
}

static uint64_t any_mfn(struct random *r)
{
    switch (random_below(r, 8)) {
    case 0:
        return random_foreign_mfn(r);
    case 1:
        return (uint64_t[]){0x200,   0x9f, 0xfee00,
                            0xfec00, 0xb8, va_to_mfn(shared_info)}[random_below(
            r, 6)];
    default:
        return va_to_mfn(frame[random_below(r, FRAMES)]);
    }
}

static uint64_t any_domain(struct random *r)
{
    static const uint16_t ids[] = {
        0,          DOMID_SELF, DOMID_SELF,    DOMID_SELF, DOMID_IO, DOMID_XEN,
        DOMID_IDLE, DOMID_COW,  DOMID_INVALID, 1,          7,        0xffff};

    return ids[random_below(r, ARRAY_SIZE(ids))];
}

static uint64_t any_count(struct random *r)
{
    static const uint64_t counts[] = {
        0,   1,   1,          2,          3,          17,
        64,  513, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000001UL,
        ~0UL};

    return counts[random_below(r, ARRAY_SIZE(counts))];
}

static uint64_t any_word(struct random *r, unsigned who)
{
    switch (random_below(r, 10)) {
    case 0:
        return any_address(r, who);
    case 1:
        return any_mfn(r);
    case 2:
        return any_mfn(r) << 12 | random_below(r, 0x400);
    case 3:
        return any_domain(r);
    case 4:
        return any_count(r);
    case 5:
        return (uint64_t)random_below(r, 40) << 32 | random_below(r, 40);
    case 6:
        return any_domain(r) << 16 | random_below(r, 16);
    case 7:
        return random_next(r) >> random_below(r, 64);
    default:
        return random_below(r, 40);
    }
}

static void fill(struct random *r, unsigned who, uint64_t *words, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        words[i] = any_word(r, who);
}

/* ---- calls ---- */

struct call {
    unsigned number;
    const char *arguments; /* a letter each, see one_argument() */
    unsigned subops;
};

static const struct call calls[] = {
    {__HYPERVISOR_mmu_update, "pcpd", 0},
    {__HYPERVISOR_set_debugreg, "sw", 9},
    {__HYPERVISOR_get_debugreg, "s", 9},
    {__HYPERVISOR_update_descriptor, "mw", 0},
    {__HYPERVISOR_memory_op, "sp", 31},
    {__HYPERVISOR_update_va_mapping, "vew", 0},
    {__HYPERVISOR_set_timer_op, "w", 0},
    {__HYPERVISOR_xen_version, "sp", 12},
    {__HYPERVISOR_grant_table_op, "spc", 14},
    {__HYPERVISOR_vm_assist, "ss", 10},
    {__HYPERVISOR_update_va_mapping_otherdomain, "vewd", 0},
    {__HYPERVISOR_vcpu_op, "svp", 14},
    {__HYPERVISOR_set_segment_base, "bw", 0},
    {__HYPERVISOR_xsm_op, "w", 0},
    {__HYPERVISOR_nmi_op, "sp", 3},
    {__HYPERVISOR_xenoprof_op, "sp", 20},
    {__HYPERVISOR_event_channel_op, "sp", 15},
    {__HYPERVISOR_physdev_op, "sp", 33},
    {__HYPERVISOR_hvm_op, "sp", 26},
    {__HYPERVISOR_kexec_op, "sp", 7},
    {__HYPERVISOR_argo_op, "sppcw", 6},
    {__HYPERVISOR_xenpmu_op, "sp", 10},
    {__HYPERVISOR_dm_op, "dcp", 0},
    {__HYPERVISOR_hypfs_op, "spcpc", 4},
    {48 /* mca */, "p", 0},
    {0, "ppp", 0},
};

static uint64_t one_argument(struct random *r, unsigned who, char kind,
                             unsigned subops)
{
    switch (kind) {
    case 's':
        return random_once_in(r, 50) ? random_next(r)
                                     : random_below(r, subops + 1);
    case 'p':
        return any_address(r, who);
    case 'c':
        return any_count(r);
    case 'd':
        return random_once_in(r, 4) ? any_domain(r) | any_domain(r) << 16
                                    : any_domain(r);
    case 'm':
        return any_mfn(r) << 12 | random_below(r, 512) * 8UL;
    case 'v':
        return random_once_in(r, 8) ? any_word(r, who) : random_below(r, 3);
    case 'e':
        return any_mfn(r) << 12 | (random_next(r) & 0xfff);
    case 'b': /* not the kernel's GS, nor its selector */
        return (uint64_t[]){SEGBASE_FS, SEGBASE_GS_USER, 4,
                            ~0U}[random_below(r, 4)];
    default:
        return any_word(r, who);
    }
}

/* What ends a vcpu, a guest or the machine, or waits for ever. */
static bool is_left_out(unsigned number, const uint64_t *a)
{
    unsigned cmd = (unsigned)a[0];

    switch (number) {
    case __HYPERVISOR_vcpu_op:
        return cmd == VCPUOP_down || cmd == VCPUOP_initialise;
    case __HYPERVISOR_nmi_op: /* a handler anywhere */
        return cmd == 0;
    case __HYPERVISOR_mmu_update:
        return a[1] > 1 && a[1] != ~0UL && (uint32_t)a[1] > 64;
    default:
        return false;
    }
}

static void random_call(struct random *r, unsigned who)
{
    const struct call *c = &calls[random_below(r, ARRAY_SIZE(calls))];
    unsigned number = c->number ? c->number : 43 + random_below(r, 24);
    uint64_t a[5] = {0};
    long rc;

    for (unsigned i = 0; c->arguments[i]; i++)
        a[i] = one_argument(r, who, c->arguments[i], c->subops);
    /* Mappings only where they do not matter. */
    if (c->arguments[0] == 'v')
        a[0] = VA + random_below(r, 64) * PAGE_SIZE;
    fill(r, who, arguments[who]->shared, 40);
    if (is_left_out(number, a))
        return;
    rc = hypercall(number, a[0], a[1], a[2], a[3], a[4]);
    if (number < 64 && rc >= 0)
        answers[number]++;
}

static void random_mmuext(struct random *r, unsigned who)
{
    struct mmuext_op *op = (struct mmuext_op *)arguments[who]->kept;
    unsigned n = 1 + random_below(r, 4);

    for (unsigned i = 0; i < 8; i++) { /* as many as may be asked for */
        op[i].cmd = random_below(r, 23);
        op[i].arg1.mfn = any_word(r, who);
        op[i].arg2.src_mfn = any_word(r, who);
        if (op[i].cmd == MMUEXT_NEW_BASEPTR || op[i].cmd == MMUEXT_SET_LDT)
            op[i].arg1.mfn = 0x123456789abcUL;
        if (op[i].cmd == MMUEXT_UNPIN_TABLE)
            op[i].arg1.mfn = va_to_mfn(frame[random_below(r, FRAMES)]);
    }
    if (mmuext_op(op, random_once_in(r, 8) ? any_count(r) & 7 : n,
                  any_address(r, who), any_domain(r)) == 0)
        answers[__HYPERVISOR_mmuext_op]++;
}

/* The command is in memory: nobody rewrites it, and some are left out. */
static void random_toolstack(struct random *r, unsigned who)
{
    uint64_t *words = arguments[who]->kept;
    uint32_t *head = (uint32_t *)words;
    unsigned kind = random_below(r, 3);
    long rc;

    fill(r, who, words, 40);
    if (kind == 0) {
        head[0] = 17 + random_below(r, 48);
        head[1] = XENPF_INTERFACE_VERSION;
        if (head[0] == XENPF_enter_acpi_sleep || head[0] == XENPF_cpu_offline)
            return;
        rc = platform_op(words);
    } else if (kind == 1) {
        head[0] = random_below(r, 32);
        head[1] = XEN_SYSCTL_INTERFACE_VERSION;
        if (head[0] == XEN_SYSCTL_debug_keys ||
            head[0] == XEN_SYSCTL_cpu_hotplug)
            return;
        rc = sysctl(words);
    } else {
        head[0] = random_below(r, 90);
        head[1] = XEN_DOMCTL_INTERFACE_VERSION;
        /* Of nobody, of ourselves, of those that are not there. */
        ((uint16_t *)words)[4] = (uint16_t)any_domain(r);
        rc = domctl(words);
    }
    answers[__HYPERVISOR_sysctl] += rc >= 0;
}

static void random_sched(struct random *r, unsigned who)
{
    static const unsigned cmds[] = {SCHEDOP_yield,
                                    SCHEDOP_poll,
                                    SCHEDOP_remote_shutdown,
                                    SCHEDOP_pin_override,
                                    8,
                                    99};
    unsigned cmd = cmds[random_below(r, ARRAY_SIZE(cmds))];
    struct sched_poll *p = (struct sched_poll *)arguments[who]->kept;

    fill(r, who, arguments[who]->kept, 8);
    if (cmd == SCHEDOP_poll)
        p->timeout = now_ns() - random_below(r, 100);
    if (cmd == SCHEDOP_remote_shutdown)
        *(uint16_t *)p = 7;
    /* A timeout, and a domain, that are not what is meant: not for these. */
    if (cmd != SCHEDOP_poll && cmd != SCHEDOP_remote_shutdown &&
        random_once_in(r, 8))
        sched_op(cmd, (void *)any_address(r, who));
    else
        sched_op(cmd, p);
}

static void random_console(struct random *r, unsigned who)
{
    unsigned cmd = random_below(r, 4);

    if (cmd == CONSOLEIO_write)
        console_io(cmd, random_below(r, 4), any_address(r, who));
    else
        console_io(cmd, any_count(r), any_address(r, who));
}

static void random_multicall(struct random *r, unsigned who)
{
    struct multicall_entry *e = (struct multicall_entry *)arguments[who]->kept;
    unsigned n = 1 + random_below(r, 8);

    for (unsigned i = n; i < 11; i++)
        e[i].op = 77; /* nothing of before */
    for (unsigned i = 0; i < n; i++) {
        const struct call *c = &calls[random_below(r, ARRAY_SIZE(calls) - 1)];

        e[i].op = c->number;
        for (unsigned j = 0; c->arguments[j]; j++)
            e[i].args[j] = one_argument(r, who, c->arguments[j], c->subops);
        if (c->arguments[0] == 'v')
            e[i].args[0] = VA + random_below(r, 64) * PAGE_SIZE;
        if (is_left_out(c->number, (uint64_t *)e[i].args))
            e[i].op = 77;
        if (random_once_in(r, 20))
            e[i].op = __HYPERVISOR_multicall;
    }
    multicall(e, random_once_in(r, 16) ? 8 + random_below(r, 3) : n);
}

void calls_round(struct random *r, unsigned who)
{
    switch (random_below(r, 16)) {
    case 0:
        random_mmuext(r, who);
        return;
    case 1:
    case 2:
        random_toolstack(r, who);
        return;
    case 3:
        random_sched(r, who);
        return;
    case 4:
        if (random_once_in(r, 20))
            random_console(r, who);
        return;
    case 5:
        random_multicall(r, who);
        return;
    case 6: /* what the other one passes just now */
        arguments[!who]->shared[random_below(r, 40)] = any_word(r, who);
        return;
    default:
        random_call(r, who);
    }
}

void calls_setup(void)
{
    void *page = page_alloc();

    /* One that was asked for, a breakpoint that was set. */
    trap_set_hook(VECTOR_NMI, trap_ignore);
    trap_set_hook(VECTOR_DB, trap_ignore);
    for (unsigned i = 0; i < 2; i++)
        arguments[i] = pages_alloc(6);
    for (unsigned i = 0; i < FRAMES; i++)
        frame[i] = page_alloc();
    last_page = page_alloc();
    page_unmap(page_alloc());
    read_only = page_alloc();
    REQUIRE_EQ(page_protect(read_only, false), 0);
    tree_map(VA, page, 1, PTE_RW_FLAGS);
}

unsigned calls_served(void)
{
    unsigned kinds = 0;

    for (unsigned i = 0; i < ARRAY_SIZE(answers); i++)
        kinds += answers[i] != 0;
    return kinds;
}
