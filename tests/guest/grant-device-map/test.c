/*
 * A grant mapped for the host and for a device is one mapping of each kind: it
 * stays writable until both have gone, and not less (XSA-224); an L1 entry to
 * map it at has to be aligned (XSA-227); a grant to one domain is none to
 * another that asks for it, with an error that is negative (XSA-316).
 */
#include "guest.h"

#define REF 8

static struct grant_entry_v1 *table;

static struct gnttab_map_grant_ref map(uint64_t where, unsigned flags,
                                       domid_t dom)
{
    struct gnttab_map_grant_ref m = {
        .host_addr = where, .flags = flags, .ref = REF, .dom = dom};

    CHECK_EQ(grant_table_op(GNTTABOP_map_grant_ref, &m, 1), 0);
    return m;
}

static int16_t unmap(uint64_t host, uint64_t bus, grant_handle_t handle)
{
    struct gnttab_unmap_grant_ref u = {
        .host_addr = host, .dev_bus_addr = bus, .handle = handle};

    CHECK_EQ(grant_table_op(GNTTABOP_unmap_grant_ref, &u, 1), 0);
    return u.status;
}

static void both_kinds(uint64_t *frame, uint64_t window)
{
    struct gnttab_map_grant_ref m =
        map(window, GNTMAP_host_map | GNTMAP_device_map, own_domid());

    CHECK_EQ(m.status, GNTST_okay);
    CHECK_EQ(m.dev_bus_addr, va_to_maddr(frame));
    CHECK_EQ(unmap(window, 0, m.handle), GNTST_okay);
    CHECK_EQ(table[REF].flags & GTF_writing, GTF_writing);
    CHECK_EQ(unmap(0, m.dev_bus_addr, m.handle), GNTST_okay);
    CHECK_EQ(table[REF].flags & (GTF_writing | GTF_reading), 0);
    /* The kernel's own mapping is still there and counts. */
    CHECK_EQ(pin(1, frame), -EINVAL);
    CHECK_EQ(try_write(frame, 1), NO_FAULT);
    WRITE_ONCE(*frame, 0);
    CHECK_EQ(page_protect(frame, false), 0);
    CHECK_EQ(pin(1, frame), 0);
    CHECK_EQ(unpin(frame), 0);
    CHECK_EQ(page_protect(frame, true), 0);
}

static void misaligned(uint64_t *neighbour)
{
    uint64_t *l1 = pte_find(neighbour, 1), pte = *l1;
    uint64_t at =
        pte_mfn(*pte_find(l1, 1)) * PAGE_SIZE + (uint64_t)l1 % PAGE_SIZE;

    for (unsigned i = 1; i < 8; i++)
        CHECK(map(at + 8 - i, GNTMAP_host_map | GNTMAP_contains_pte, 0).status <
              0);
    CHECK_EQ(*l1, pte);
    CHECK_EQ(try_read(neighbour), NO_FAULT);
}

static void wrong_domain(uint64_t window)
{
    struct gnttab_map_grant_ref m;

    table[REF].domid = 3;
    m = map(window, GNTMAP_host_map, own_domid());
    CHECK_EQ(m.status, GNTST_general_error);
    m = map(window, GNTMAP_host_map, 3);
    CHECK_EQ(m.status, GNTST_bad_domain);
    CHECK_EQ(table[REF].flags & (GTF_writing | GTF_reading), 0);
}

void test(void)
{
    struct gnttab_setup_table s = {.dom = DOMID_SELF, .nr_frames = 1};
    uint64_t frame, *page = page_alloc(), *windows = pages_alloc(3);

    table = page_alloc();
    set_xen_guest_handle(s.frame_list, (xen_pfn_t *)&frame);
    CHECK_EQ(grant_table_op(GNTTABOP_setup_table, &s, 1), 0);
    CHECK_EQ(page_map(table, pte_make(frame, PTE_RW_FLAGS)), 0);
    table[REF].domid = own_domid();
    table[REF].frame = (uint32_t)va_to_mfn(page);
    barrier();
    table[REF].flags = GTF_permit_access;
    page_unmap(windows);
    page_unmap((char *)windows + PAGE_SIZE);
    misaligned((uint64_t *)((char *)windows + 2 * PAGE_SIZE));
    both_kinds(page, (uint64_t)windows);
    wrong_domain((uint64_t)windows);
}
