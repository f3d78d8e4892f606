/*
 * A guest maps its own grants: the entry's flags tell that it is in use, the
 * mapping is as wide as was granted, and unmapping ends all of it. What was not
 * granted cannot be mapped.
 */
#include "guest.h"

static struct grant_entry_v1 *table;
#define REF 30

static struct gnttab_map_grant_ref map(void *where, unsigned flags,
                                       unsigned ref)
{
    struct gnttab_map_grant_ref m = {.host_addr = (uint64_t)where,
                                     .flags = GNTMAP_host_map | flags,
                                     .ref = ref,
                                     .dom = own_domid()};

    CHECK_EQ(grant_table_op(GNTTABOP_map_grant_ref, &m, 1), 0);
    return m;
}

static int16_t unmap(void *where, grant_handle_t handle)
{
    struct gnttab_unmap_grant_ref u = {.host_addr = (uint64_t)where,
                                       .handle = handle};

    CHECK_EQ(grant_table_op(GNTTABOP_unmap_grant_ref, &u, 1), 0);
    return u.status;
}

static void grant(const void *page, unsigned flags)
{
    table[REF].domid = own_domid();
    table[REF].frame = (uint32_t)va_to_mfn(page);
    barrier();
    table[REF].flags = (uint16_t)(GTF_permit_access | flags);
}

static void writable(uint64_t *page, uint64_t *window)
{
    struct gnttab_map_grant_ref m;

    grant(page, 0);
    m = map(window, 0, REF);
    CHECK_EQ(m.status, GNTST_okay);
    CHECK_EQ(m.dev_bus_addr, va_to_maddr(page));
    CHECK_EQ(table[REF].flags & (GTF_reading | GTF_writing),
             GTF_reading | GTF_writing);
    WRITE_ONCE(*window, 0x99);
    CHECK_EQ(*page, 0x99);
    CHECK_EQ(unmap(window, m.handle + 100), GNTST_bad_handle);
    CHECK_EQ(unmap(window, m.handle), GNTST_okay);
    CHECK_EQ(table[REF].flags & (GTF_reading | GTF_writing), 0);
    CHECK_EQ(try_read(window), VECTOR_PF);
    CHECK_EQ(unmap(window, m.handle), GNTST_bad_handle);
}

static void read_only(uint64_t *page, uint64_t *window)
{
    struct gnttab_map_grant_ref m;

    grant(page, GTF_readonly);
    m = map(window, 0, REF);
    CHECK_EQ(m.status, GNTST_general_error);
    m = map(window, GNTMAP_readonly, REF);
    CHECK_EQ(m.status, GNTST_okay);
    CHECK_EQ(table[REF].flags & (GTF_reading | GTF_writing), GTF_reading);
    CHECK_EQ(try_read(window), NO_FAULT);
    CHECK_EQ(try_write(window, 1), VECTOR_PF);
    CHECK_EQ(unmap(window, m.handle), GNTST_okay);
}

static void refused(void *window)
{
    table[REF].flags = 0;
    CHECK_EQ(map(window, 0, REF).status, GNTST_general_error);
    CHECK_EQ(map(window, 0, 1 << 20).status, GNTST_bad_gntref);
    grant(kernel_l4(), 0);
    CHECK_EQ(map(window, 0, REF).status, GNTST_general_error);
    table[REF].frame = 0xfee00;
    CHECK(map(window, 0, REF).status < 0);
    grant(window, 0);
    CHECK(map((void *)HV_START, 0, REF).status < 0);
    CHECK(map((void *)0x1000, 0, REF).status < 0);
    CHECK_EQ(table[REF].flags & (GTF_reading | GTF_writing), 0);
    table[REF].domid = 77;
    CHECK(map(window, 0, REF).status < 0);
}

void test(void)
{
    struct gnttab_setup_table s = {.dom = DOMID_SELF, .nr_frames = 1};
    uint64_t frame, *page = page_alloc(), *window = page_alloc();

    table = page_alloc();
    set_xen_guest_handle(s.frame_list, (xen_pfn_t *)&frame);
    CHECK_EQ(grant_table_op(GNTTABOP_setup_table, &s, 1), 0);
    CHECK_EQ(page_map(table, pte_make(frame, PTE_RW_FLAGS)), 0);
    page_unmap(window);
    writable(page, window);
    read_only(page, window);
    refused(window);
}
