/*
 * unmap_and_replace moves the other address's entry, not its reference: a
 * writable grant whose entry was taken away and made read-only cannot be
 * unmapped as if it were still there, and stays writable for good (XSA-234).
 */
#include "guest.h"

static struct grant_entry_v1 *table;

static void grant(unsigned ref, const void *page)
{
    table[ref].domid = own_domid();
    table[ref].frame = (uint32_t)va_to_mfn(page);
    barrier();
    table[ref].flags = GTF_permit_access;
}

static grant_handle_t map(void *where, unsigned ref, unsigned flags)
{
    struct gnttab_map_grant_ref m = {.host_addr = (uint64_t)where,
                                     .flags = GNTMAP_host_map | flags,
                                     .ref = ref,
                                     .dom = own_domid()};

    REQUIRE_EQ(grant_table_op(GNTTABOP_map_grant_ref, &m, 1), 0);
    REQUIRE_EQ(m.status, GNTST_okay);
    return m.handle;
}

static int16_t unmap(void *where, grant_handle_t handle)
{
    struct gnttab_unmap_grant_ref u = {.host_addr = (uint64_t)where,
                                       .handle = handle};

    CHECK_EQ(grant_table_op(GNTTABOP_unmap_grant_ref, &u, 1), 0);
    return u.status;
}

static void open_table(void)
{
    struct gnttab_setup_table s = {.dom = DOMID_SELF, .nr_frames = 1};
    uint64_t frame;

    table = page_alloc();
    set_xen_guest_handle(s.frame_list, (xen_pfn_t *)&frame);
    REQUIRE_EQ(grant_table_op(GNTTABOP_setup_table, &s, 1), 0);
    REQUIRE_EQ(page_map(table, pte_make(frame, PTE_RW_FLAGS)), 0);
}

void test(void)
{
    uint64_t *one = page_alloc(), *two = page_alloc();
    char *windows = pages_alloc(2), *other = windows + PAGE_SIZE;
    struct gnttab_unmap_and_replace r = {0};
    grant_handle_t first, second;

    if (grant_table_op(GNTTABOP_unmap_and_replace, &r, 0) == -ENOSYS)
        skip("no unmap_and_replace");
    open_table();
    page_unmap(windows);
    page_unmap(other);
    grant(8, one);
    grant(9, two);
    first = map(windows, 8, 0);
    second = map(other, 9, GNTMAP_readonly);
    CHECK_EQ(page_protect(one, false), 0);
    CHECK_EQ(pin(1, one), -EINVAL);
    r.host_addr = (uint64_t)other;
    r.new_addr = (uint64_t)windows;
    r.handle = second;
    CHECK_EQ(grant_table_op(GNTTABOP_unmap_and_replace, &r, 1), 0);
    CHECK_EQ(r.status, GNTST_okay);
    CHECK_EQ(try_write((uint64_t *)(void *)other, 5), NO_FAULT);
    CHECK_EQ(*one, 5);
    CHECK_EQ(try_read(windows), VECTOR_PF);
    *(volatile uint64_t *)(void *)other = 0;
    CHECK_EQ(page_map(windows, pte_make(va_to_mfn(one), PTE_RO_FLAGS)), 0);
    CHECK(unmap(windows, first) < 0);
    CHECK_EQ(pin(1, one), -EINVAL);
}
