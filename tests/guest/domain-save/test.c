/*
 * A domain that suspends is saved as libxl's helper does it, page by page with
 * machine frames made physical ones, and all that its vcpus have; a new domain
 * is made of this, and goes on where the old one was. The old one, told that it
 * did not happen, goes on too. What was altered on the way is refused, and
 * nothing is left of it.
 */
/* not-as-guest: it gives a toolstack's orders */
/* cpu: max,-smap */
/* memory: 256M */
#include "guest.h"
#include "move.h"

/* -------------------------------------------- the domain that is saved */

#define CODE_TO_MOVED 72
#define CODE_TO_STAY  71
#define TSC_AUX       0xc0000103
#define GS_BASE_USER  0xc0000102
#define PATTERN       0x5a5a123456789abcUL

static volatile bool go_on, second_waits, second_went_on;
static uint64_t *gdt;

ASM_FUNCTION(user_code, "mov $0x1234, %eax; syscall");

static void set_osxsave(void)
{
    uint64_t cr4;

    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | 1UL << 18));
    __asm__ volatile("xsetbv" : : "c"(0), "a"(7), "d"(0));
}

static void set_ymm(uint64_t value)
{
    uint64_t ymm[4] = {value, value + 1, value + 2, value + 3};

    __asm__ volatile("vmovups %0, %%ymm0" : : "m"(ymm));
}

static void check_ymm(uint64_t value, bool upper)
{
    uint64_t ymm[4];

    __asm__ volatile("vmovups %%ymm0, %0" : "=m"(ymm));
    CHECK_EQ(ymm[0], value);
    if (upper)
        CHECK_EQ(ymm[3], value + 3);
}

static void second(void *arg)
{
    (void)arg;
    set_osxsave();
    set_ymm(PATTERN + 100);
    wrmsr(TSC_AUX, 12);
    second_waits = true;
    while (!go_on)
        pause();
    check_ymm(PATTERN + 100, true);
    CHECK_EQ(rdmsr(TSC_AUX), 12);
    second_went_on = true;
}

static void set_up(void)
{
    uint64_t frame;

    gdt = page_alloc();
    gdt[2] = 0x00cff3000000ffff; /* a data segment */
    REQUIRE_EQ(page_protect(gdt, false), 0);
    frame = va_to_mfn(gdt);
    REQUIRE_EQ(set_gdt(&frame, 16), 0);
    WRITE_SEGMENT(ds, 0x13UL);
    user_init();
    set_osxsave();
    wrmsr(TSC_AUX, 11);
    wrmsr(GS_BASE_USER, 0x1234567000);
    REQUIRE_EQ(set_debugreg(1, 0x1234), 0);
    events_init();
    vcpu_launch(1, second, NULL);
    while (!second_waits)
        pause();
    set_ymm(PATTERN);
}

static void check_all(uint64_t time_before, bool has_moved)
{
    struct frame start = user_start(user_code);
    const struct frame *f;

    REQUIRE_EQ(page_map(shared_info, start_info->shared_info | PTE_RW_FLAGS),
               0);
    /* Xen clears this when a context is given to one that has one. */
    check_ymm(PATTERN, has_moved || !on_xen);
    CHECK_EQ(rdmsr(TSC_AUX), 11);
    CHECK_EQ(rdmsr(GS_BASE_USER), 0x1234567000);
    CHECK_EQ(get_debugreg(1), 0x1234);
    CHECK_EQ(READ_SEGMENT(ds), 0x13);
    WRITE_SEGMENT(es, 0x13UL);
    CHECK_EQ(READ_SEGMENT(es), 0x13);
    CHECK_EQ(M2P[va_to_mfn(gdt)], va_to_pfn(gdt));
    CHECK_EQ(try_read((void *)0x1000), VECTOR_PF);
    CHECK(now_ns() > time_before);
    f = user_run(&start);
    CHECK_EQ(f->vector, VECTOR_SYSCALL);
    CHECK_EQ(f->rax, 0x1234);
    go_on = true;
    CHECK(EVENTUALLY(second_went_on));
}

static void work(void)
{
    struct sched_shutdown op = {.reason = SHUTDOWN_suspend};
    uint64_t before;
    long rc;

    set_up();
    before = now_ns();
    /* The next shared_info is another frame. */
    page_unmap(shared_info);
    rc = hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, U(&op),
                   va_to_mfn(start_info), 0, 0);
    check_all(before, !rc);
    shut_down(rc ? CODE_TO_STAY : CODE_TO_MOVED);
}

/* ------------------------------------------------------ the one who saves */

static struct sibling a, b;
static struct move m = {0};

/* An entry of each L1 names a frame of ours; or makes its table writable. */
static void name_alien(struct move *of, enum move_part part, void *what,
                       unsigned bytes)
{
    uint64_t *table = what;

    (void)of;
    (void)bytes;
    if (part == MOVE_TABLE)
        table[3] = pte_make(va_to_mfn(image_start), PTE_RO_FLAGS);
}

static void make_writable(struct move *of, enum move_part part, void *what,
                          unsigned bytes)
{
    uint64_t *table = what;

    (void)bytes;
    for (unsigned i = 0; part == MOVE_TABLE && i < PTES; i++)
        if (pte_mfn(table[i]) == of->to->mfn[of->to->l4])
            table[i] |= PTE_RW;
}

static void check_refused(void (*alter)(struct move *, enum move_part, void *,
                                        unsigned))
{
    static struct vcpu_guest_context ctx;
    uint64_t pages = free_pages_settled();

    m.alter = alter;
    CHECK(move(&m) < 0);
    m.alter = NULL;
    CHECK_EQ(move_context(XEN_DOMCTL_getvcpucontext, b.id, 0, &ctx), -ENODATA);
    /* Xen gives up a half checked table when we change tables next. */
    CHECK_EQ(mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0), 0);
    domain_destroy(b.id);
    if (!on_xen) /* whose heap has grown */
        CHECK_EQ(free_pages_settled(), pages);
}

static void check_types(void)
{
    unsigned tables = 0, pinned = 0;

    for (uint64_t pfn = 0; pfn < SIBLING_PAGES; pfn++) {
        CHECK(m.types[pfn] != XEN_DOMCTL_PFINFO_XTAB);
        CHECK_EQ(move_pfn(&m, a.mfn[pfn]), pfn);
        tables += move_is_table(m.types[pfn]);
        pinned += (m.types[pfn] & XEN_DOMCTL_PFINFO_LPINTAB) != 0;
    }
    CHECK_EQ(pinned, 2); /* the kernel's tables, and the user's */
    CHECK(tables >= 6);
}

/* As if nothing had been: 1 is what its suspension returns. */
static void cancel(void)
{
    static struct vcpu_guest_context ctx;

    REQUIRE_EQ(move_context(XEN_DOMCTL_getvcpucontext, a.id, 0, &ctx), 0);
    CHECK_EQ(ctx.user_regs.rax, 0);
    ctx.user_regs.rax = 1;
    REQUIRE_EQ(move_context(XEN_DOMCTL_setvcpucontext, a.id, 0, &ctx), 0);
    REQUIRE_EQ(domain_do(XEN_DOMCTL_resumedomain, a.id), 0);
}

void test(void)
{
    uint64_t pages = free_pages_settled();

    sibling_make(&a, 2, work);
    sibling_start(&a);
    CHECK_EQ(sibling_wait(&a), SHUTDOWN_suspend);
    move_init(&m, &a, &b);
    check_refused(name_alien);
    check_refused(make_writable);
    REQUIRE_EQ(move(&m), 0);
    check_types();
    cancel();
    sibling_unpause(&b);
    CHECK_EQ(sibling_wait(&b), CODE_TO_MOVED);
    CHECK_EQ(sibling_wait(&a), CODE_TO_STAY);
    domain_destroy(a.id);
    domain_destroy(b.id);
    if (!on_xen)
        CHECK_EQ(free_pages_settled(), pages);
}
