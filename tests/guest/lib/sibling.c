/* sibling.c - other domains; see sibling.h. */
#include "guest.h"

#define WINDOWS 16

extern char said[];
extern unsigned said_bytes;
void _start(void);

/* ----------------------------------------------------------------- orders */

long domain_op(unsigned cmd, unsigned domid, struct xen_domctl *op)
{
    op->cmd = cmd;
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op->domain = (domid_t)domid;
    return domctl(op);
}

long domain_do(unsigned cmd, unsigned domid)
{
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    return domain_op(cmd, domid, &op);
}

struct xen_domctl domain_config(unsigned vcpus)
{
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    op.u.createdomain.max_vcpus = vcpus;
    op.u.createdomain.max_evtchn_port = 1023;
    op.u.createdomain.max_grant_frames = 4;
    op.u.createdomain.max_maptrack_frames = 4;
    op.u.createdomain.grant_opts = XEN_DOMCTL_GRANT_version(1);
    return op;
}

domid_t domain_new(unsigned vcpus, uint64_t max_pages)
{
    struct xen_domctl op = domain_config(vcpus);
    domid_t id;

    REQUIRE_EQ(domain_op(XEN_DOMCTL_createdomain, 0, &op), 0);
    id = op.domain;
    op.u.max_vcpus.max = vcpus;
    REQUIRE_EQ(domain_op(XEN_DOMCTL_max_vcpus, id, &op), 0);
    op.u.max_mem.max_memkb = max_pages * 4;
    REQUIRE_EQ(domain_op(XEN_DOMCTL_max_mem, id, &op), 0);
    return id;
}

bool domain_info(unsigned domid, struct xen_domctl_getdomaininfo *info)
{
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    if (domain_op(XEN_DOMCTL_getdomaininfo, domid, &op))
        return false;
    *info = op.u.getdomaininfo;
    return info->domain == domid;
}

bool domain_exists(unsigned domid)
{
    struct xen_domctl_getdomaininfo info;

    return domain_info(domid, &info);
}

void yield(void)
{
    sched_op(SCHEDOP_yield, NULL);
}

void domain_destroy(unsigned domid)
{
    REQUIRE_EQ(domain_do(XEN_DOMCTL_destroydomain, domid), 0);
    CHECK(EVENTUALLY(!domain_exists(domid)));
}

unsigned domain_populate(unsigned domid, uint64_t pfn, unsigned n,
                         uint64_t *mfns)
{
    struct xen_memory_reservation r = {.nr_extents = n,
                                       .domid = (domid_t)domid};

    for (unsigned i = 0; i < n; i++)
        mfns[i] = pfn + i;
    set_xen_guest_handle(r.extent_start, mfns);
    return (unsigned)memory_op(XENMEM_populate_physmap, &r);
}

uint64_t free_pages(void)
{
    struct xen_sysctl op;

    memset(&op, 0, sizeof(op));
    op.cmd = XEN_SYSCTL_physinfo;
    op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    REQUIRE_EQ(sysctl(&op), 0);
    return op.u.physinfo.free_pages;
}

uint64_t free_pages_settled(void)
{
    const uint64_t patience = (on_xen ? 512UL : 16UL) << 20;
    uint64_t pages = free_pages(), end = rdtsc() + patience;

    while (rdtsc() < end) {
        if (free_pages() != pages) {
            pages = free_pages();
            end = rdtsc() + patience;
        }
        yield();
    }
    return pages;
}

void fault_at(unsigned n)
{
    char keys[] = {'F',
                   (char)('0' + n / 1000 % 10),
                   (char)('0' + n / 100 % 10),
                   (char)('0' + n / 10 % 10),
                   (char)('0' + n % 10),
                   '.'};
    struct xen_sysctl op;

    memset(&op, 0, sizeof(op));
    op.cmd = XEN_SYSCTL_debug_keys;
    op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    set_xen_guest_handle(op.u.debug_keys.keys, keys);
    op.u.debug_keys.nr_keys = sizeof(keys);
    REQUIRE_EQ(sysctl(&op), 0);
}

/* ------------------------------------------------------- foreign mappings */

static void *windows[WINDOWS];
static bool window_used[WINDOWS];

void *foreign_map(unsigned domid, uint64_t mfn, bool write)
{
    uint64_t pte = pte_make(mfn, write ? PTE_RW_FLAGS : PTE_RO_FLAGS);

    for (unsigned i = 0; i < WINDOWS; i++) {
        if (window_used[i])
            continue;
        if (!windows[i])
            windows[i] = page_alloc();
        if (update_va_mapping_otherdomain(windows[i], pte, UVMF_INVLPG, domid))
            return NULL;
        window_used[i] = true;
        return windows[i];
    }
    fail("more than %u foreign mappings", WINDOWS);
}

void foreign_unmap(void *page)
{
    void *start = (void *)((uint64_t)page & ~(PAGE_SIZE - 1));

    for (unsigned i = 0; i < WINDOWS; i++)
        if (windows[i] == start)
            window_used[i] = false;
    REQUIRE_EQ(page_protect(start, true), 0);
}

domid_t domain_new_dying(void **page)
{
    domid_t id = domain_new(1, 8);
    uint64_t mfn;

    REQUIRE_EQ(domain_populate(id, 0, 1, &mfn), 1);
    *page = foreign_map(id, mfn, true);
    REQUIRE(*page != NULL);
    domain_do(XEN_DOMCTL_destroydomain, id);
    return id;
}

/* ---------------------------------------------------------------- sibling */

/* Copies a page of bytes, or clears what is behind them. */
static void fill_page(const struct sibling *s, uint64_t pfn, const void *from)
{
    void *page = foreign_map(s->id, s->mfn[pfn], true);

    REQUIRE(page != NULL);
    memcpy(page, from, PAGE_SIZE);
    foreign_unmap(page);
}

static void copy_image(const struct sibling *s, void (*fn)(void))
{
    uint64_t pfn = va_to_pfn(image_start);

    is_sibling = true;
    sibling_main = fn;
    for (char *p = image_start; p < image_bss; p += PAGE_SIZE)
        fill_page(s, pfn++, p);
    is_sibling = false;
}

/* The last pages: p2m, start_info, and tables that map all pages. */
enum {
    P2M = SIBLING_PAGES - 8, /* two pages */
    START_INFO = P2M + 2,
    L4 = START_INFO + 1,
    L3,
    L2,
    L1, /* two */
};

static void make_tables(struct sibling *s)
{
    static uint64_t table[PTES] __aligned(4096);

    for (unsigned t = 0; t < SIBLING_PAGES / PTES; t++) {
        for (unsigned i = 0; i < PTES; i++) {
            unsigned pfn = t * PTES + i;

            table[i] =
                pte_make(s->mfn[pfn], pfn >= L4 ? PTE_RO_FLAGS : PTE_RW_FLAGS);
        }
        fill_page(s, L1 + t, table);
    }
    memset(table, 0, PAGE_SIZE);
    for (unsigned t = 0; t < SIBLING_PAGES / PTES; t++)
        table[t] = pte_make(s->mfn[L1 + t], PTE_RW_FLAGS);
    fill_page(s, L2, table);
    memset(table, 0, PAGE_SIZE);
    table[KERNEL_BASE >> 30 & (PTES - 1)] = pte_make(s->mfn[L2], PTE_RW_FLAGS);
    fill_page(s, L3, table);
    memset(table, 0, PAGE_SIZE);
    table[KERNEL_BASE >> 39 & (PTES - 1)] = pte_make(s->mfn[L3], PTE_RW_FLAGS);
    fill_page(s, L4, table);
    s->l4 = L4;
}

static void make_start_info(const struct sibling *s)
{
    static union {
        struct start_info info;
        uint8_t page[PAGE_SIZE];
    } u __aligned(4096);
    struct xen_domctl_getdomaininfo d;

    REQUIRE(domain_info(s->id, &d));
    memset(&u, 0, sizeof(u));
    u.info.nr_pages = SIBLING_PAGES;
    u.info.shared_info = d.shared_info_frame * PAGE_SIZE;
    u.info.pt_base = KERNEL_BASE + L4 * PAGE_SIZE;
    u.info.nr_pt_frames = SIBLING_PAGES - L4;
    u.info.mfn_list = KERNEL_BASE + P2M * PAGE_SIZE;
    memcpy(u.info.cmd_line, test_name, strlen(test_name));
    fill_page(s, START_INFO, &u);
}

struct vcpu_guest_context *sibling_context(const struct sibling *s)
{
    static struct vcpu_guest_context ctx;

    memset(&ctx, 0, sizeof(ctx));
    ctx.flags = VGCF_IN_KERNEL | VGCF_online;
    ctx.user_regs.rip = (uint64_t)_start;
    ctx.user_regs.rsp = (uint64_t)image_end;
    ctx.user_regs.rsi = KERNEL_BASE + START_INFO * PAGE_SIZE;
    ctx.user_regs.cs = CS_KERNEL;
    ctx.user_regs.ss = SS_KERNEL;
    ctx.kernel_ss = SS_KERNEL;
    ctx.kernel_sp = (uint64_t)image_end;
    ctx.ctrlreg[3] = xen_pfn_to_cr3(s->mfn[s->l4]);
    return &ctx;
}

void sibling_make(struct sibling *s, unsigned vcpus, void (*fn)(void))
{
    struct mmuext_op op = {.cmd = MMUEXT_PIN_L4_TABLE};

    REQUIRE(va_to_pfn(image_end) < P2M);
    s->id = domain_new(vcpus, SIBLING_PAGES + 64);
    REQUIRE_EQ(domain_populate(s->id, 0, SIBLING_PAGES, s->mfn), SIBLING_PAGES);
    copy_image(s, fn);
    fill_page(s, P2M, s->mfn);
    fill_page(s, P2M + 1, s->mfn + PTES);
    make_tables(s);
    make_start_info(s);
    op.arg1.mfn = s->mfn[s->l4];
    REQUIRE_EQ(mmuext_op(&op, 1, NULL, s->id), 0);
}

void sibling_start(const struct sibling *s)
{
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    set_xen_guest_handle(op.u.vcpucontext.ctxt, sibling_context(s));
    REQUIRE_EQ(domain_op(XEN_DOMCTL_setvcpucontext, s->id, &op), 0);
    sibling_unpause(s);
}

void sibling_unpause(const struct sibling *s)
{
    REQUIRE_EQ(domain_do(XEN_DOMCTL_unpausedomain, s->id), 0);
}

void sibling_run(struct sibling *s, void (*fn)(void))
{
    sibling_make(s, 1, fn);
    sibling_start(s);
}

void *sibling_at(const struct sibling *s, const volatile void *va)
{
    char *page = foreign_map(s->id, s->mfn[va_to_pfn(va)], true);

    REQUIRE(page != NULL);
    return page + (uint64_t)va % PAGE_SIZE;
}

static void print_said(const struct sibling *s)
{
    char *text = sibling_at(s, said);
    unsigned *bytes = sibling_at(s, &said_bytes);
    unsigned rest = PAGE_SIZE - (uint64_t)text % PAGE_SIZE;

    for (unsigned i = 0; i < *bytes && i < rest; i++)
        print("%c", text[i]);
    foreign_unmap(bytes);
    foreign_unmap(text);
}

unsigned sibling_wait(const struct sibling *s)
{
    struct xen_domctl_getdomaininfo info;

    if (!EVENTUALLY(domain_info(s->id, &info) &&
                    info.flags & XEN_DOMINF_shutdown))
        CHECK(!"the sibling has shut down");
    print_said(s);
    return info.flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask;
}

void shut_down(unsigned reason)
{
    struct sched_shutdown op = {.reason = reason};

    for (;;)
        sched_op(SCHEDOP_shutdown, &op);
}
