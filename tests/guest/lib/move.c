/* move.c - siblings saved and made again; see move.h. */
#include "guest.h"
#include "move.h"

#define TYPES  XEN_DOMCTL_PFINFO_LTABTYPE_MASK
#define IS_L1  XEN_DOMCTL_PFINFO_L1TAB
#define IS_L4  XEN_DOMCTL_PFINFO_L4TAB
#define PINNED XEN_DOMCTL_PFINFO_LPINTAB
#define LEAVES 120

static struct xen_domctl op;

static void alter(struct move *m, enum move_part part, void *what,
                  unsigned bytes)
{
    if (m->alter)
        m->alter(m, part, what, bytes);
}

/* --------------------------------------------------------------- numbers */

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

uint64_t move_pfn(const struct move *m, uint64_t mfn)
{
    static uint64_t max;
    uint64_t pfn;

    if (!max)
        max = (uint64_t)memory_op(XENMEM_maximum_ram_page, NULL);
    if (mfn > max)
        return MOVE_NO_PFN;
    pfn = mfn_to_pfn(mfn);
    return pfn < SIBLING_PAGES && m->from->mfn[pfn] == mfn ? pfn : MOVE_NO_PFN;
}

/* The new one's frame in place of the old one's; none only of what is altered.
 */
static uint64_t new_mfn(const struct move *m, uint64_t mfn)
{
    uint64_t pfn = move_pfn(m, mfn);

    REQUIRE(pfn != MOVE_NO_PFN || m->alter);
    return pfn == MOVE_NO_PFN ? mfn : m->to->mfn[pfn];
}

/* ----------------------------------------------------------------- pages */

bool move_is_table(uint64_t type)
{
    return (type & TYPES) >= IS_L1 && (type & TYPES) <= IS_L4;
}

void move_init(struct move *m, const struct sibling *from, struct sibling *to)
{
    static struct vcpu_guest_context ctx;

    m->from = from;
    m->to = to;
    to->l4 = from->l4;
    REQUIRE_EQ(move_context(XEN_DOMCTL_getvcpucontext, from->id, 0, &ctx), 0);
    m->start_info = move_pfn(m, ctx.user_regs.rdx);
    REQUIRE(m->start_info != MOVE_NO_PFN);
}

static void save_types(struct move *m)
{
    memcpy(m->types, m->from->mfn, sizeof(m->types));
    memset(&op, 0, sizeof(op));
    op.u.getpageframeinfo3.num = SIBLING_PAGES;
    set_xen_guest_handle(op.u.getpageframeinfo3.array, m->types);
    REQUIRE_EQ(domain_op(XEN_DOMCTL_getpageframeinfo3, m->from->id, &op), 0);
}

/* Those of an L4 that are the hypervisor's are not taken along. */
static void move_table(struct move *m, uint64_t *table, uint64_t type)
{
    for (unsigned i = 0; i < PTES; i++) {
        if ((type & TYPES) == IS_L4 && i >= 256 && i < 272)
            table[i] = 0;
        if (table[i] & PTE_P)
            table[i] = (table[i] & ~PTE_ADDR) | new_mfn(m, pte_mfn(table[i]))
                                                    << 12;
    }
    alter(m, MOVE_TABLE, table, PAGE_SIZE);
}

static void move_start_info(const struct move *m, struct start_info *info)
{
    struct xen_domctl_getdomaininfo d;

    REQUIRE(domain_info(m->to->id, &d));
    info->shared_info = d.shared_info_frame * PAGE_SIZE;
}

static void move_page(struct move *m, uint64_t pfn)
{
    static uint64_t buffer[PTES] __aligned(4096);
    void *page = foreign_map(m->from->id, m->from->mfn[pfn], false);

    REQUIRE(page != NULL);
    memcpy(buffer, page, PAGE_SIZE);
    foreign_unmap(page);
    if (move_is_table(m->types[pfn]))
        move_table(m, buffer, m->types[pfn]);
    if (pfn == m->start_info)
        move_start_info(m, (struct start_info *)buffer);
    if (pfn == m->start_info - 2 || pfn == m->start_info - 1)
        memcpy(buffer, m->to->mfn + (pfn + 2 - m->start_info) * PTES,
               PAGE_SIZE);
    page = foreign_map(m->to->id, m->to->mfn[pfn], true);
    REQUIRE(page != NULL);
    memcpy(page, buffer, PAGE_SIZE);
    foreign_unmap(page);
}

/* All that was pinned, of all levels, in one go. */
static long pin_all(const struct move *m)
{
    static struct mmuext_op ops[SIBLING_PAGES];
    unsigned n = 0;

    for (uint64_t pfn = 0; pfn < SIBLING_PAGES; pfn++) {
        if (!(m->types[pfn] & PINNED) || !move_is_table(m->types[pfn]))
            continue;
        ops[n].cmd =
            MMUEXT_PIN_L1_TABLE + (unsigned)(m->types[pfn] >> 28 & 7) - 1;
        ops[n++].arg1.mfn = m->to->mfn[pfn];
    }
    return mmuext_op(ops, n, NULL, m->to->id);
}

/* ----------------------------------------------------------------- vcpus */

long move_context(unsigned cmd, unsigned id, unsigned vcpu,
                  struct vcpu_guest_context *ctx)
{
    memset(&op, 0, sizeof(op));
    op.u.vcpucontext.vcpu = vcpu;
    set_xen_guest_handle(op.u.vcpucontext.ctxt, ctx);
    return domain_op(cmd, id, &op);
}

static long take_context(struct move *m, unsigned vcpu)
{
    static struct vcpu_guest_context ctx;
    long rc = move_context(XEN_DOMCTL_getvcpucontext, m->from->id, vcpu, &ctx);

    if (rc)
        return rc;
    for (unsigned i = 1; i <= 3; i += 2)
        if (ctx.ctrlreg[i])
            ctx.ctrlreg[i] =
                xen_pfn_to_cr3(new_mfn(m, xen_cr3_to_pfn(ctx.ctrlreg[i])));
    for (unsigned i = 0; i * PTES < ctx.gdt_ents; i++)
        ctx.gdt_frames[i] = new_mfn(m, ctx.gdt_frames[i]);
    if (!vcpu)
        ctx.user_regs.rdx = m->to->mfn[m->start_info];
    alter(m, MOVE_CONTEXT, &ctx, sizeof(ctx));
    return move_context(XEN_DOMCTL_setvcpucontext, m->to->id, vcpu, &ctx);
}

static long take_callbacks(struct move *m, unsigned vcpu)
{
    memset(&op, 0, sizeof(op));
    op.u.ext_vcpucontext.vcpu = vcpu;
    REQUIRE_EQ(domain_op(XEN_DOMCTL_get_ext_vcpucontext, m->from->id, &op), 0);
    alter(m, MOVE_CALLBACKS, &op.u.ext_vcpucontext,
          sizeof(op.u.ext_vcpucontext));
    return domain_op(XEN_DOMCTL_set_ext_vcpucontext, m->to->id, &op);
}

static long take_registers(struct move *m, unsigned vcpu)
{
    static uint64_t buffer[512 + 2];
    long rc;

    memset(&op, 0, sizeof(op));
    op.u.vcpuextstate.vcpu = vcpu;
    REQUIRE_EQ(domain_op(XEN_DOMCTL_getvcpuextstate, m->from->id, &op), 0);
    REQUIRE(op.u.vcpuextstate.size <= sizeof(buffer));
    set_xen_guest_handle(op.u.vcpuextstate.buffer, buffer);
    rc = domain_op(XEN_DOMCTL_getvcpuextstate, m->from->id, &op);
    if (rc)
        return rc;
    alter(m, MOVE_REGISTERS, buffer, (unsigned)op.u.vcpuextstate.size);
    return domain_op(XEN_DOMCTL_setvcpuextstate, m->to->id, &op);
}

static long take_msrs(struct move *m, unsigned vcpu)
{
    static struct xen_domctl_vcpu_msr msrs[16];

    memset(&op, 0, sizeof(op));
    op.u.vcpu_msrs.vcpu = vcpu;
    op.u.vcpu_msrs.msr_count = ARRAY_SIZE(msrs);
    set_xen_guest_handle(op.u.vcpu_msrs.msrs, msrs);
    REQUIRE_EQ(domain_op(XEN_DOMCTL_get_vcpu_msrs, m->from->id, &op), 0);
    alter(m, MOVE_MSRS, msrs,
          op.u.vcpu_msrs.msr_count * (unsigned)sizeof(msrs[0]));
    return domain_op(XEN_DOMCTL_set_vcpu_msrs, m->to->id, &op);
}

static bool is_online(const struct move *m, unsigned vcpu)
{
    memset(&op, 0, sizeof(op));
    op.u.getvcpuinfo.vcpu = vcpu;
    REQUIRE_EQ(domain_op(XEN_DOMCTL_getvcpuinfo, m->from->id, &op), 0);
    return op.u.getvcpuinfo.online;
}

static long take_vcpu(struct move *m, unsigned vcpu)
{
    long rc = take_context(m, vcpu);

    if (!rc)
        rc = take_callbacks(m, vcpu);
    if (!rc)
        rc = take_registers(m, vcpu);
    return rc ? rc : take_msrs(m, vcpu);
}

/* ---------------------------------------------------------------- domain */

static long take_policy(struct move *m)
{
    static xen_cpuid_leaf_t leaves[LEAVES];
    static xen_msr_entry_t msrs[2];

    memset(&op, 0, sizeof(op));
    op.u.cpu_policy.nr_leaves = LEAVES;
    op.u.cpu_policy.nr_msrs = 2;
    set_xen_guest_handle(op.u.cpu_policy.leaves, leaves);
    set_xen_guest_handle(op.u.cpu_policy.msrs, msrs);
    REQUIRE_EQ(domain_op(XEN_DOMCTL_get_cpu_policy, m->from->id, &op), 0);
    alter(m, MOVE_POLICY, leaves,
          op.u.cpu_policy.nr_leaves * (unsigned)sizeof(leaves[0]));
    return domain_op(XEN_DOMCTL_set_cpu_policy, m->to->id, &op);
}

static long take_tsc(const struct move *m)
{
    memset(&op, 0, sizeof(op));
    REQUIRE_EQ(domain_op(XEN_DOMCTL_gettscinfo, m->from->id, &op), 0);
    return domain_op(XEN_DOMCTL_settscinfo, m->to->id, &op);
}

static long create(struct sibling *to, unsigned vcpus)
{
    struct xen_domctl config = domain_config(vcpus);
    long rc = domain_op(XEN_DOMCTL_createdomain, 0, &config);

    to->id = DOMID_INVALID;
    if (rc)
        return rc;
    to->id = config.domain;
    config.u.max_vcpus.max = vcpus;
    rc = domain_op(XEN_DOMCTL_max_vcpus, to->id, &config);
    config.u.max_mem.max_memkb = (SIBLING_PAGES + 64) * 4;
    return rc ? rc : domain_op(XEN_DOMCTL_max_mem, to->id, &config);
}

long move(struct move *m)
{
    struct sibling *to = m->to;
    unsigned vcpus = 2;
    long rc;

    save_types(m);
    alter(m, MOVE_TYPES, m->types, sizeof(m->types));
    rc = create(to, vcpus);
    if (!rc)
        rc = take_policy(m);
    if (rc)
        return rc;
    if (domain_populate(to->id, 0, SIBLING_PAGES, to->mfn) < SIBLING_PAGES)
        return -ENOMEM;
    for (uint64_t pfn = 0; pfn < SIBLING_PAGES; pfn++)
        move_page(m, pfn);
    rc = take_tsc(m);
    for (unsigned vcpu = 0; vcpu < vcpus && !rc; vcpu++)
        if (is_online(m, vcpu))
            rc = take_vcpu(m, vcpu);
    return rc ? rc : pin_all(m);
}
