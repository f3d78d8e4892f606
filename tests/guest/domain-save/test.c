/*
 * A domain that suspends is saved as libxl's helper does it, page by page with
 * machine frames made physical ones, and all that its vcpus have; a new domain
 * is made of this, and goes on where the old one was. The old one, told that it
 * did not happen, goes on too. What was altered on the way is refused, and
 * nothing is left of it.
 */
/* cpu: max,-smap */
/* memory: 256M */
#define __XEN_TOOLS__ 1
#include "guest.h"

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

#define TYPES   XEN_DOMCTL_PFINFO_LTABTYPE_MASK
#define IS_L1   XEN_DOMCTL_PFINFO_L1TAB
#define IS_L4   XEN_DOMCTL_PFINFO_L4TAB
#define PINNED  XEN_DOMCTL_PFINFO_LPINTAB
#define LEAVES  120
#define BAD_PFN (~0UL)

static struct sibling a, b;
static uint64_t types[SIBLING_PAGES];
static uint64_t start_info_pfn;
static struct xen_domctl op;

/* What of the saved domain is altered on the way. */
static enum {
    FAITHFUL,
    ALIEN_FRAME,   /* an entry names a frame of ours */
    WRITABLE_TABLE /* an entry makes its own table writable */
} how;

static uint64_t m2p_extent(void)
{
    static uint64_t list[2];
    struct xen_machphys_mfn_list l = {.max_extents = 2};

    set_xen_guest_handle(l.extent_start, list);
    REQUIRE_EQ(memory_op(XENMEM_machphys_mfn_list, &l), 0);
    return list[0];
}

/* By a mapping of the table, a page of which stays for the next time. */
static uint64_t mfn_to_pfn(uint64_t mfn)
{
    static uint64_t *window, mapped = ~0UL, extent;

    if (!extent)
        extent = m2p_extent();
    if (mfn / 512 != mapped) {
        if (window)
            foreign_unmap(window);
        mapped = mfn / 512;
        window = foreign_map(DOMID_XEN, extent + mapped, false);
        REQUIRE(window != NULL);
    }
    return window[mfn % 512];
}

/* Of the domain that is saved, or BAD_PFN. */
static uint64_t pfn_of(uint64_t mfn)
{
    uint64_t pfn = mfn_to_pfn(mfn);

    return pfn < SIBLING_PAGES && a.mfn[pfn] == mfn ? pfn : BAD_PFN;
}

static void save_types(void)
{
    memcpy(types, a.mfn, sizeof(types));
    memset(&op, 0, sizeof(op));
    op.u.getpageframeinfo3.num = SIBLING_PAGES;
    set_xen_guest_handle(op.u.getpageframeinfo3.array, types);
    REQUIRE_EQ(domain_op(XEN_DOMCTL_getpageframeinfo3, a.id, &op), 0);
}

static bool is_table(uint64_t type)
{
    return (type & TYPES) >= IS_L1 && (type & TYPES) <= IS_L4;
}

static bool is_hypervisors(uint64_t type, unsigned slot)
{
    return (type & TYPES) == IS_L4 && slot >= 256 && slot < 272;
}

/* Every entry's frame becomes the new domain's of the same number. */
static void move_table(uint64_t *table, uint64_t type)
{
    for (unsigned i = 0; i < PTES; i++) {
        uint64_t pfn;

        if (is_hypervisors(type, i))
            table[i] = 0;
        if (!(table[i] & PTE_P))
            continue;
        pfn = pfn_of(pte_mfn(table[i]));
        REQUIRE(pfn != BAD_PFN);
        table[i] = (table[i] & ~PTE_ADDR) | b.mfn[pfn] << 12;
    }
}

static void spoil(uint64_t *table, uint64_t pfn)
{
    if (how == ALIEN_FRAME)
        table[3] = pte_make(va_to_mfn(image_start), PTE_RO_FLAGS);
    if (how == WRITABLE_TABLE)
        table[3] = pte_make(b.mfn[pfn], PTE_RW_FLAGS);
}

static void move_page(uint64_t pfn)
{
    static uint64_t buffer[PTES] __aligned(4096);
    struct start_info *info = (void *)buffer;
    struct xen_domctl_getdomaininfo d;
    void *page = foreign_map(a.id, a.mfn[pfn], false);

    REQUIRE(page != NULL);
    memcpy(buffer, page, PAGE_SIZE);
    foreign_unmap(page);
    if (is_table(types[pfn]))
        move_table(buffer, types[pfn]);
    if ((types[pfn] & TYPES) == IS_L1)
        spoil(buffer, pfn);
    if (pfn == start_info_pfn) {
        REQUIRE(domain_info(b.id, &d));
        info->shared_info = d.shared_info_frame * PAGE_SIZE;
    }
    if (pfn == start_info_pfn - 2 || pfn == start_info_pfn - 1)
        memcpy(buffer, b.mfn + (pfn + 2 - start_info_pfn) * PTES, PAGE_SIZE);
    page = foreign_map(b.id, b.mfn[pfn], true);
    REQUIRE(page != NULL);
    memcpy(page, buffer, PAGE_SIZE);
    foreign_unmap(page);
}

static long context(unsigned cmd, unsigned id, unsigned vcpu,
                    struct vcpu_guest_context *ctx)
{
    memset(&op, 0, sizeof(op));
    op.u.vcpucontext.vcpu = vcpu;
    set_xen_guest_handle(op.u.vcpucontext.ctxt, ctx);
    return domain_op(cmd, id, &op);
}

static void move_cr3(uint64_t *cr3)
{
    uint64_t pfn = pfn_of(xen_cr3_to_pfn(*cr3));

    REQUIRE(pfn != BAD_PFN);
    CHECK_EQ(types[pfn] & TYPES, IS_L4);
    *cr3 = xen_pfn_to_cr3(b.mfn[pfn]);
}

static long move_context(unsigned vcpu)
{
    static struct vcpu_guest_context ctx;

    REQUIRE_EQ(context(XEN_DOMCTL_getvcpucontext, a.id, vcpu, &ctx), 0);
    CHECK_EQ(ctx.flags & VGCF_online, VGCF_online);
    move_cr3(&ctx.ctrlreg[3]);
    if (ctx.ctrlreg[1])
        move_cr3(&ctx.ctrlreg[1]);
    for (unsigned i = 0; i * PTES < ctx.gdt_ents; i++)
        ctx.gdt_frames[i] = b.mfn[pfn_of(ctx.gdt_frames[i])];
    if (!vcpu)
        ctx.user_regs.rdx = b.mfn[start_info_pfn];
    return context(XEN_DOMCTL_setvcpucontext, b.id, vcpu, &ctx);
}

static void move_callbacks(unsigned vcpu)
{
    memset(&op, 0, sizeof(op));
    op.u.ext_vcpucontext.vcpu = vcpu;
    REQUIRE_EQ(domain_op(XEN_DOMCTL_get_ext_vcpucontext, a.id, &op), 0);
    REQUIRE_EQ(domain_op(XEN_DOMCTL_set_ext_vcpucontext, b.id, &op), 0);
}

static void move_registers(unsigned vcpu)
{
    static uint64_t buffer[512 + 2];

    memset(&op, 0, sizeof(op));
    op.u.vcpuextstate.vcpu = vcpu;
    REQUIRE_EQ(domain_op(XEN_DOMCTL_getvcpuextstate, a.id, &op), 0);
    REQUIRE(op.u.vcpuextstate.size <= sizeof(buffer));
    set_xen_guest_handle(op.u.vcpuextstate.buffer, buffer);
    REQUIRE_EQ(domain_op(XEN_DOMCTL_getvcpuextstate, a.id, &op), 0);
    REQUIRE_EQ(domain_op(XEN_DOMCTL_setvcpuextstate, b.id, &op), 0);
}

static void move_msrs(unsigned vcpu)
{
    static struct xen_domctl_vcpu_msr msrs[16];

    memset(&op, 0, sizeof(op));
    op.u.vcpu_msrs.vcpu = vcpu;
    op.u.vcpu_msrs.msr_count = ARRAY_SIZE(msrs);
    set_xen_guest_handle(op.u.vcpu_msrs.msrs, msrs);
    REQUIRE_EQ(domain_op(XEN_DOMCTL_get_vcpu_msrs, a.id, &op), 0);
    CHECK_EQ(op.u.vcpu_msrs.msr_count, 1);
    REQUIRE_EQ(domain_op(XEN_DOMCTL_set_vcpu_msrs, b.id, &op), 0);
}

static void move_policy(void)
{
    static xen_cpuid_leaf_t leaves[LEAVES];
    static xen_msr_entry_t msrs[2];

    memset(&op, 0, sizeof(op));
    op.u.cpu_policy.nr_leaves = LEAVES;
    op.u.cpu_policy.nr_msrs = 2;
    set_xen_guest_handle(op.u.cpu_policy.leaves, leaves);
    set_xen_guest_handle(op.u.cpu_policy.msrs, msrs);
    REQUIRE_EQ(domain_op(XEN_DOMCTL_get_cpu_policy, a.id, &op), 0);
    REQUIRE_EQ(domain_op(XEN_DOMCTL_set_cpu_policy, b.id, &op), 0);
    memset(&op, 0, sizeof(op));
    REQUIRE_EQ(domain_op(XEN_DOMCTL_gettscinfo, a.id, &op), 0);
    REQUIRE_EQ(domain_op(XEN_DOMCTL_settscinfo, b.id, &op), 0);
}

/* All that was pinned, of all levels, in one go. */
static long pin_all(void)
{
    static struct mmuext_op ops[SIBLING_PAGES];
    unsigned n = 0;

    for (uint64_t pfn = 0; pfn < SIBLING_PAGES; pfn++) {
        if (!(types[pfn] & PINNED))
            continue;
        ops[n].cmd = MMUEXT_PIN_L1_TABLE + (unsigned)(types[pfn] >> 28 & 7) - 1;
        ops[n++].arg1.mfn = b.mfn[pfn];
    }
    CHECK_EQ(n, 2); /* the kernel's tables, and the user's */
    return mmuext_op(ops, n, NULL, b.id);
}

static bool is_online(unsigned vcpu)
{
    memset(&op, 0, sizeof(op));
    op.u.getvcpuinfo.vcpu = vcpu;
    REQUIRE_EQ(domain_op(XEN_DOMCTL_getvcpuinfo, a.id, &op), 0);
    return op.u.getvcpuinfo.online;
}

/* A copy of a that has all but its start. */
static long move(void)
{
    long rc = 0;

    b.id = domain_new(2, SIBLING_PAGES + 64);
    move_policy();
    REQUIRE_EQ(domain_populate(b.id, 0, SIBLING_PAGES, b.mfn), SIBLING_PAGES);
    for (uint64_t pfn = 0; pfn < SIBLING_PAGES; pfn++)
        move_page(pfn);
    for (unsigned vcpu = 0; vcpu < 2 && !rc; vcpu++) {
        CHECK(is_online(vcpu));
        rc = move_context(vcpu);
        move_callbacks(vcpu);
        move_registers(vcpu);
        move_msrs(vcpu);
    }
    return rc ? rc : pin_all();
}

static void check_types(void)
{
    unsigned tables = 0;

    for (uint64_t pfn = 0; pfn < SIBLING_PAGES; pfn++) {
        CHECK(types[pfn] != XEN_DOMCTL_PFINFO_XTAB);
        tables += is_table(types[pfn]);
        CHECK_EQ(mfn_to_pfn(a.mfn[pfn]), pfn);
    }
    CHECK(tables >= 6);
}

/* As if nothing had been: 1 is what its suspension returns. */
static void cancel(void)
{
    static struct vcpu_guest_context ctx;

    REQUIRE_EQ(context(XEN_DOMCTL_getvcpucontext, a.id, 0, &ctx), 0);
    CHECK_EQ(ctx.user_regs.rax, 0);
    ctx.user_regs.rax = 1;
    REQUIRE_EQ(context(XEN_DOMCTL_setvcpucontext, a.id, 0, &ctx), 0);
    REQUIRE_EQ(domain_do(XEN_DOMCTL_resumedomain, a.id), 0);
}

static void check_altered(void)
{
    static struct vcpu_guest_context ctx;
    uint64_t pages = free_pages_settled();

    for (how = ALIEN_FRAME; how <= WRITABLE_TABLE; how++) {
        CHECK(move() < 0);
        CHECK_EQ(context(XEN_DOMCTL_getvcpucontext, b.id, 0, &ctx), -ENODATA);
        /* Xen gives up a half checked table when we change tables next. */
        CHECK_EQ(mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0), 0);
        domain_destroy(b.id);
    }
    how = FAITHFUL;
    if (!on_xen) /* whose heap has grown */
        CHECK_EQ(free_pages_settled(), pages);
}

void test(void)
{
    static struct vcpu_guest_context ctx;
    uint64_t pages = free_pages_settled();

    sibling_make(&a, 2, work);
    sibling_start(&a);
    CHECK_EQ(sibling_wait(&a), SHUTDOWN_suspend);
    REQUIRE_EQ(context(XEN_DOMCTL_getvcpucontext, a.id, 0, &ctx), 0);
    start_info_pfn = pfn_of(ctx.user_regs.rdx);
    REQUIRE(start_info_pfn != BAD_PFN);
    save_types();
    check_types();
    check_altered();
    REQUIRE_EQ(move(), 0);
    b.l4 = a.l4;
    cancel();
    sibling_unpause(&b);
    CHECK_EQ(sibling_wait(&b), CODE_TO_MOVED);
    CHECK_EQ(sibling_wait(&a), CODE_TO_STAY);
    domain_destroy(a.id);
    domain_destroy(b.id);
    if (!on_xen) /* whose heap has grown */
        CHECK_EQ(free_pages_settled(), pages);
}
