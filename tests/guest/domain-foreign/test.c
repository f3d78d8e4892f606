/*
 * Frames of another domain: its maker maps them, read-only and writable, at
 * level 1 and nowhere else, pins and unpins its tables, sets its M2P entries;
 * types are kept apart between domains too. A frame that we map keeps the dead
 * domain there until we do not.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"

#define NONE 999

static struct sibling s;

static void nothing(void)
{
}

static long update(uint64_t ptr, uint64_t val, uint32_t foreign)
{
    struct mmu_update u = {ptr, val};

    return mmu_update(&u, 1, NULL, foreign);
}

static long table_op(unsigned cmd, uint64_t mfn, unsigned domid)
{
    struct mmuext_op op = {.cmd = cmd};

    op.arg1.mfn = mfn;
    return mmuext_op(&op, 1, NULL, domid);
}

/* The slot of a page of ours that maps `pte` of a domain. */
static long map_by_update(void *va, uint64_t pte, unsigned domid)
{
    uint64_t *slot = pte_find(va, 1);

    return update(va_to_maddr(slot), pte, domid);
}

static void check_mapping(void)
{
    uint64_t frame = s.mfn[7], table = s.mfn[s.l4 + 3];
    uint64_t *window = page_alloc(), *l2 = page_alloc();

    CHECK_EQ(map_by_update(window, pte_make(frame, PTE_RW_FLAGS), s.id), 0);
    window[3] = 0x1234;
    CHECK_EQ(map_by_update(window, pte_make(frame, PTE_RO_FLAGS), s.id), 0);
    CHECK_EQ(mmuext(MMUEXT_INVLPG_LOCAL, U(window), 0), 0);
    CHECK_EQ(update_va_mapping(window, pte_make(s.mfn[8], PTE_RO_FLAGS), 0),
             NOT_OURS);
    CHECK_EQ(window[3], 0x1234);
    CHECK_EQ(try_write(window, 1), VECTOR_PF);
    /* A table of its: to be read only. */
    CHECK_EQ(map_by_update(window, pte_make(table, PTE_RO_FLAGS), s.id), 0);
    CHECK_EQ(map_by_update(window, pte_make(table, PTE_RW_FLAGS), s.id),
             -EBUSY);
    CHECK_EQ(page_map(window, pte_make(va_to_mfn(window), PTE_RW_FLAGS)), 0);
    /* Not its, and nobody's. */
    CHECK_EQ(map_by_update(window, pte_make(frame, PTE_RW_FLAGS), NONE),
             -ESRCH);
    CHECK_EQ(map_by_update(window, pte_make(va_to_mfn(l2), PTE_RO_FLAGS), s.id),
             NOT_OURS);
    CHECK_EQ(map_by_update(window, pte_make(frame, PTE_RW_FLAGS), 0), -ESRCH);
    CHECK_EQ(
        map_by_update(window, pte_make(frame, PTE_RW_FLAGS), DOMID_INVALID),
        -ESRCH);
    CHECK_EQ(map_by_update(window, pte_make(0xb8, PTE_RW_FLAGS), DOMID_IO), 0);
    CHECK_EQ(map_by_update(window, pte_make(frame, PTE_RW_FLAGS), DOMID_IO),
             NOT_OURS);
    CHECK_EQ(map_by_update(window, pte_make(frame, PTE_RW_FLAGS), DOMID_XEN),
             NOT_OURS);
    CHECK_EQ(page_map(window, pte_make(va_to_mfn(window), PTE_RW_FLAGS)), 0);
    /* No foreign frame above level 1. */
    page_protect(l2, false);
    CHECK_EQ(pin(2, l2), 0);
    CHECK_EQ(update(va_to_maddr(l2), pte_make(table, PTE_RW_FLAGS), s.id),
             -EINVAL);
    CHECK_EQ(update(va_to_maddr(l2), pte_make(table, PTE_RW_FLAGS), DOMID_SELF),
             -EINVAL);
    CHECK_EQ(unpin(l2), 0);
    CHECK_EQ(page_protect(l2, true), 0);
    /* By address. */
    CHECK_EQ(update_va_mapping_otherdomain(
                 window, pte_make(frame, PTE_RW_FLAGS), 0, NONE),
             -ESRCH);
    CHECK_EQ(update_va_mapping_otherdomain(
                 0x7000000000, pte_make(frame, PTE_RW_FLAGS), 0, s.id),
             -EINVAL);
}

/* Its tables, changed by us: high half of foreigndom. */
static void check_its_tables(void)
{
    uint64_t l1 = s.mfn[s.l4 + 3], slot = l1 * PAGE_SIZE + 8 * 9;
    uint32_t both = (s.id + 1U) << 16 | s.id;

    CHECK_EQ(update(slot, pte_make(s.mfn[10], PTE_RO_FLAGS), both), 0);
    CHECK_EQ(update(slot, pte_make(s.mfn[9], PTE_RW_FLAGS), both), 0);
    CHECK_EQ(update(slot, pte_make(s.mfn[s.l4], PTE_RW_FLAGS), both), -EBUSY);
    CHECK_EQ(update(slot, pte_make(s.mfn[9], PTE_RW_FLAGS), s.id), -EINVAL);
    CHECK_EQ(update(slot, pte_make(s.mfn[9], PTE_RW_FLAGS),
                    (NONE + 1U) << 16 | s.id),
             -ESRCH);
    CHECK_EQ(update(slot, 0, both), 0);
    CHECK_EQ(update(slot, pte_make(s.mfn[9], PTE_RW_FLAGS), both), 0);
}

static void check_pins(void)
{
    uint64_t l4 = s.mfn[s.l4], extra;
    struct sibling *t = &s;

    CHECK_EQ(table_op(MMUEXT_PIN_L4_TABLE, l4, s.id), -EINVAL); /* it is */
    CHECK_EQ(table_op(MMUEXT_PIN_L4_TABLE, l4, DOMID_SELF), -EINVAL);
    CHECK_EQ(table_op(MMUEXT_PIN_L4_TABLE, l4, NONE), -ESRCH);
    CHECK_EQ(table_op(MMUEXT_PIN_L3_TABLE, l4, s.id), IN_USE);
    CHECK_EQ(table_op(MMUEXT_UNPIN_TABLE, l4, s.id), 0);
    CHECK_EQ(table_op(MMUEXT_UNPIN_TABLE, l4, s.id), -EINVAL);
    CHECK_EQ(table_op(MMUEXT_PIN_L4_TABLE, l4, t->id), 0);
    CHECK_EQ(table_op(MMUEXT_NEW_BASEPTR, l4, s.id), -EPERM);
    CHECK_EQ(table_op(MMUEXT_NEW_BASEPTR, l4, DOMID_SELF), -EINVAL);
    CHECK_EQ(table_op(MMUEXT_TLB_FLUSH_LOCAL, 0, s.id), -EPERM);
    REQUIRE_EQ(domain_populate(s.id, SIBLING_PAGES, 1, &extra), 1);
    CHECK_EQ(table_op(MMUEXT_CLEAR_PAGE, extra, s.id), 0);
    CHECK_EQ(table_op(MMUEXT_CLEAR_PAGE, extra, DOMID_SELF), -EINVAL);
    CHECK_EQ(table_op(MMUEXT_CLEAR_PAGE, l4, s.id), IN_USE);
    CHECK_EQ(table_op(MMUEXT_PIN_L1_TABLE, extra, s.id), 0);
    CHECK_EQ(table_op(MMUEXT_UNPIN_TABLE, extra, s.id), 0);
    CHECK_EQ(update(extra * PAGE_SIZE | MMU_MACHPHYS_UPDATE, 0x4567, s.id), 0);
    CHECK_EQ(M2P[extra], 0x4567);
    CHECK_EQ(update(extra * PAGE_SIZE | MMU_MACHPHYS_UPDATE, 1, DOMID_SELF),
             -EINVAL);
    CHECK_EQ(M2P[extra], 0x4567);
}

static void check_zombie(void)
{
    struct xen_domctl_getdomaininfo info;
    uint64_t *page = foreign_map(s.id, s.mfn[11], true);
    uint64_t *second = foreign_map(s.id, s.mfn[12], false);
    uint64_t *shared, frame;

    REQUIRE(page && second && domain_info(s.id, &info));
    shared = foreign_map(s.id, info.shared_info_frame, true);
    REQUIRE(shared != NULL);
    CHECK_EQ(domain_do(XEN_DOMCTL_destroydomain, s.id), 0);
    CHECK(EVENTUALLY(domain_info(s.id, &info) && info.tot_pages == 2));
    CHECK_EQ(info.tot_pages, 2);
    CHECK_EQ(info.flags & XEN_DOMINF_dying, XEN_DOMINF_dying);
    *page = 5; /* still there */
    CHECK_EQ(*page, 5);
    /* A pin that would keep it is taken back at once. */
    CHECK_EQ(table_op(MMUEXT_PIN_L1_TABLE, s.mfn[12], s.id), 0);
    CHECK_EQ(table_op(MMUEXT_UNPIN_TABLE, s.mfn[12], s.id), -EINVAL);
    CHECK_EQ(domain_populate(s.id, 0, 1, &frame), 0);
    foreign_unmap(page);
    CHECK(domain_info(s.id, &info));
    CHECK_EQ(info.tot_pages, 1);
    foreign_unmap(second);
    CHECK(domain_info(s.id, &info));
    CHECK_EQ(info.tot_pages, 0);
    *shared = 6;
    foreign_unmap(shared);
    CHECK(EVENTUALLY(!domain_exists(s.id)));
}

void test(void)
{
    struct xen_domctl_getdomaininfo info;
    uint64_t before;

    sibling_make(&s, 1, nothing);
    domain_destroy(s.id);
    before = free_pages_settled();
    sibling_make(&s, 1, nothing);
    check_mapping();
    check_its_tables();
    check_pins();
    sibling_start(&s);
    CHECK_EQ(sibling_wait(&s), SHUTDOWN_poweroff);
    check_zombie();
    CHECK(EVENTUALLY(free_pages() == before));
    /* This one we leave behind. */
    s.id = domain_new(1, 8);
    REQUIRE(domain_info(s.id, &info));
    CHECK(foreign_map(s.id, info.shared_info_frame, true) != NULL);
    CHECK_EQ(domain_do(XEN_DOMCTL_destroydomain, s.id), 0);
    CHECK(domain_info(s.id, &info));
    CHECK_EQ(info.tot_pages, 0);
}
