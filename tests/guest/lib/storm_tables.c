/* storm_tables.c - random page-table entries; see storm.h. */
#include "guest.h"

#define FRAMES 16
#define VA     0x8020000000UL
#define GREF   40

static uint64_t *frame[FRAMES]; /* in the initial mapping */
static struct grant_entry_v1 *grants;

/* ---- values ---- */

static uint64_t any_mfn(struct random *r)
{
    switch (random_below(r, 12)) {
    case 0:
        return random_foreign_mfn(r);
    case 1: /* of the hypervisor, of low memory, of an interrupt controller */
        return (
            uint64_t[]){0x200,   0x201,   0x9f,
                        0xfee00, 0xfec00, va_to_mfn(shared_info)}[random_below(
            r, 6)];
    case 2:
        return va_to_mfn(kernel_l4());
    default:
        return va_to_mfn(frame[random_below(r, FRAMES)]);
    }
}

static uint64_t any_flags(struct random *r)
{
    static const uint64_t usual[] = {PTE_RO_FLAGS,
                                     PTE_RW_FLAGS,
                                     PTE_P | PTE_RW,
                                     PTE_P,
                                     PTE_P | PTE_RW | PTE_US,
                                     PTE_RW_FLAGS | PTE_NX,
                                     PTE_RO_FLAGS | PTE_G};
    uint64_t flags = usual[random_below(r, ARRAY_SIZE(usual))];

    if (random_once_in(r, 8))
        flags ^= 1UL << random_below(r, 12);
    if (random_once_in(r, 16))
        flags ^= 1UL << (52 + random_below(r, 12));
    return flags;
}

static uint64_t any_entry(struct random *r)
{
    if (random_once_in(r, 3))
        return random_once_in(r, 4) ? random_next(r) & ~PTE_P : 0;
    return any_mfn(r) << 12 | any_flags(r);
}

/* Slots near the beginning, so that they meet; of an L4 also the hypervisor's
 * and the kernel's. */
static unsigned any_slot(struct random *r)
{
    if (random_once_in(r, 16))
        return random_below(r, PTES);
    return random_below(r, 4) + (random_once_in(r, 8) ? 256 : 0);
}

/* ---- doors ---- */

static long by_update(struct random *r)
{
    struct mmu_update u[4];
    unsigned n = 1 + random_below(r, 4);

    for (unsigned i = 0; i < n; i++) {
        uint64_t at =
            va_to_maddr(frame[random_below(r, FRAMES)]) + any_slot(r) * 8UL;

        u[i].ptr = at | random_below(r, random_once_in(r, 8) ? 8 : 3);
        u[i].val = any_entry(r);
        if ((u[i].ptr & 7) == MMU_MACHPHYS_UPDATE)
            u[i].ptr = at & ~4095UL; /* a store, where it is no table */
    }
    return mmu_update(u, n, NULL, DOMID_SELF);
}

static long by_mapping(struct random *r)
{
    static const uint64_t flags[] = {0, UVMF_INVLPG, UVMF_TLB_FLUSH,
                                     UVMF_INVLPG | UVMF_ALL,
                                     UVMF_TLB_FLUSH | UVMF_ALL};

    return update_va_mapping(VA + random_below(r, 64) * PAGE_SIZE, any_entry(r),
                             flags[random_below(r, 5)]);
}

/* The initial mapping of a frame changes between read-only and writable. */
static long by_protection(struct random *r)
{
    return page_protect(frame[random_below(r, FRAMES)], random_once_in(r, 2));
}

static long by_pin(struct random *r)
{
    static const unsigned ops[] = {
        MMUEXT_PIN_L1_TABLE, MMUEXT_PIN_L2_TABLE, MMUEXT_PIN_L3_TABLE,
        MMUEXT_PIN_L4_TABLE, MMUEXT_UNPIN_TABLE,  MMUEXT_UNPIN_TABLE,
        MMUEXT_UNPIN_TABLE,  MMUEXT_CLEAR_PAGE,   MMUEXT_NEW_USER_BASEPTR};
    unsigned op = ops[random_below(r, ARRAY_SIZE(ops))];
    uint64_t mfn = any_mfn(r);

    if (mfn == va_to_mfn(kernel_l4()))
        return -EINVAL; /* ours to live on */
    return mmuext(op, mfn, 0);
}

static long by_copy(struct random *r)
{
    return mmuext(MMUEXT_COPY_PAGE, va_to_mfn(frame[random_below(r, FRAMES)]),
                  any_mfn(r));
}

static long by_grant(struct random *r)
{
    unsigned n = random_below(r, 4);
    struct gnttab_map_grant_ref m = {
        .host_addr = VA + random_below(r, 64) * PAGE_SIZE,
        .flags = GNTMAP_host_map | (random_once_in(r, 2) ? GNTMAP_readonly : 0),
        .ref = GREF + n,
    };
    struct gnttab_unmap_grant_ref u = {.host_addr = m.host_addr};

    if (random_once_in(r, 3)) {
        grants[GREF + n].frame = (uint32_t)any_mfn(r);
        grants[GREF + n].domid = 0;
        grants[GREF + n].flags = GTF_permit_access;
    }
    if (random_once_in(r, 4)) {
        m.flags |= GNTMAP_contains_pte;
        m.host_addr =
            va_to_maddr(frame[random_below(r, FRAMES)]) + any_slot(r) * 8UL;
    }
    grant_table_op(GNTTABOP_map_grant_ref, &m, 1);
    if (m.status != GNTST_okay)
        return -EINVAL;
    u.host_addr = m.host_addr;
    u.handle = m.handle;
    if (!random_once_in(r, 4))
        grant_table_op(GNTTABOP_unmap_grant_ref, &u, 1);
    return 0;
}

/* A store of one of the kinds that are emulated; it may fault as well. */
struct store {
    volatile uint8_t *at;
    uint64_t value;
    unsigned kind;
};

static void do_store(void *arg)
{
    const struct store *s = arg;

    switch (s->kind) {
    case 0:
        *(volatile uint64_t *)s->at = s->value;
        return;
    case 1:
        __atomic_exchange_n((uint64_t *)s->at, s->value, __ATOMIC_SEQ_CST);
        return;
    case 2:
        __atomic_and_fetch((uint8_t *)s->at, (uint8_t)s->value,
                           __ATOMIC_SEQ_CST);
        return;
    case 3:
        __atomic_or_fetch((uint32_t *)s->at, (uint32_t)s->value,
                          __ATOMIC_SEQ_CST);
        return;
    case 4:
        *(volatile uint16_t *)s->at = (uint16_t)s->value;
        return;
    case 5:
        __asm__ volatile("lock btr %1, %0"
                         : "+m"(*s->at)
                         : "r"(s->value & 63)
                         : "memory", "cc");
        return;
    default:
        __atomic_add_fetch((uint64_t *)s->at, s->value, __ATOMIC_SEQ_CST);
        return;
    }
}

static long by_store(struct random *r)
{
    struct store s = {
        .at = (uint8_t *)(frame[random_below(r, FRAMES)] + any_slot(r)),
        .value = any_entry(r),
        .kind = random_below(r, 7),
    };

    if (random_once_in(r, 4))
        s.at += random_below(r, 8);
    if (random_once_in(r, 4)) /* where an entry of ours maps something */
        s.at =
            (uint8_t *)VA + random_below(r, 64) * PAGE_SIZE + any_slot(r) * 8UL;
    return catch_fault(do_store, &s) ? -EFAULT : 0;
}

/* Given back and asked for again: another frame may come, or none. */
static long by_reservation(struct random *r)
{
    xen_pfn_t extent = any_mfn(r);
    struct xen_memory_reservation op = {.nr_extents = 1, .domid = DOMID_SELF};
    unsigned n = random_below(r, FRAMES);

    set_xen_guest_handle(op.extent_start, &extent);
    if (random_once_in(r, 2)) {
        extent = va_to_mfn(frame[n]);
        return memory_op(XENMEM_decrease_reservation, &op) == 1 ? 0 : -EINVAL;
    }
    extent = va_to_pfn(frame[n]);
    return memory_op(XENMEM_populate_physmap, &op) == 1 ? 0 : -EINVAL;
}

static long (*const doors[])(struct random *r) = {
    by_update, by_update, by_update,  by_mapping,    by_protection,
    by_pin,    by_pin,    by_copy,    by_grant,      by_store,
    by_store,  by_store,  by_mapping, by_protection, by_reservation,
};

bool tables_round(struct random *r)
{
    unsigned door = random_below(r, ARRAY_SIZE(doors));

    if (doors[door] == by_reservation && !random_once_in(r, 20))
        return false;
    return doors[door](r) == 0;
}

/* ---- before ---- */

static void setup_grants(void)
{
    static xen_pfn_t gfn;
    struct gnttab_setup_table op = {.dom = DOMID_SELF, .nr_frames = 1};

    set_xen_guest_handle(op.frame_list, &gfn);
    REQUIRE_EQ(grant_table_op(GNTTABOP_setup_table, &op, 1), 0);
    REQUIRE_EQ(op.status, GNTST_okay);
    grants = page_alloc();
    REQUIRE_EQ(page_map(grants, pte_make(gfn, PTE_RW_FLAGS)), 0);
}

void tables_setup(void)
{
    void *page = page_alloc();

    setup_grants();
    for (unsigned i = 0; i < FRAMES; i++)
        frame[i] = page_alloc();
    tree_map(VA, page, 1, PTE_RW_FLAGS);
}
