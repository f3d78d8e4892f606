/*
 * What is rarely asked of grant tables: two entries change places unless one is
 * in use, caches are flushed for frames one has, a mapping is replaced by
 * another entry, no frame is transferred that is in use, no table is dumped.
 */
#include "guest.h"

#define A 20
#define B 21

static struct grant_entry_v1 *table;

static void grant(unsigned ref, const void *page)
{
    table[ref].domid = own_domid();
    table[ref].frame = (uint32_t)va_to_mfn(page);
    table[ref].flags = GTF_permit_access;
}

static struct gnttab_map_grant_ref map(void *where, unsigned flags,
                                       unsigned ref)
{
    struct gnttab_map_grant_ref m = {.host_addr = (uint64_t)where,
                                     .flags = flags,
                                     .ref = ref,
                                     .dom = own_domid()};

    CHECK_EQ(grant_table_op(GNTTABOP_map_grant_ref, &m, 1), 0);
    return m;
}

static int16_t unmap(const void *where, uint64_t bus, grant_handle_t handle)
{
    struct gnttab_unmap_grant_ref u = {
        .host_addr = (uint64_t)where, .dev_bus_addr = bus, .handle = handle};

    CHECK_EQ(grant_table_op(GNTTABOP_unmap_grant_ref, &u, 1), 0);
    return u.status;
}

static int16_t swap(unsigned a, unsigned b)
{
    struct gnttab_swap_grant_ref s = {.ref_a = a, .ref_b = b};

    CHECK_EQ(grant_table_op(GNTTABOP_swap_grant_ref, &s, 1), 0);
    return s.status;
}

static void swaps(uint64_t *page, uint64_t *window)
{
    struct gnttab_map_grant_ref m;

    grant(A, page);
    table[B].flags = 0;
    CHECK_EQ(swap(A, B), GNTST_okay);
    CHECK_EQ(table[A].flags, 0);
    CHECK_EQ(table[B].frame, va_to_mfn(page));
    CHECK_EQ(swap(B, B), GNTST_okay);
    CHECK_EQ(swap(B, 1 << 20), GNTST_bad_gntref);
    CHECK_EQ(swap(~0U, B), GNTST_bad_gntref);
    m = map(window, GNTMAP_host_map, B);
    CHECK_EQ(m.status, GNTST_okay);
    CHECK_EQ(swap(A, B), GNTST_eagain);
    CHECK_EQ(swap(B, A), GNTST_eagain);
    CHECK_EQ(unmap(window, 0, m.handle), GNTST_okay);
    CHECK_EQ(swap(B, A), GNTST_okay);
    CHECK_EQ(table[A].flags, GTF_permit_access);
}

static long flush(uint64_t bus, unsigned offset, unsigned length, unsigned op)
{
    struct gnttab_cache_flush f = {.a.dev_bus_addr = bus,
                                   .offset = (uint16_t)offset,
                                   .length = (uint16_t)length,
                                   .op = op};

    return grant_table_op(GNTTABOP_cache_flush, &f, 1);
}

static void flushes(const uint64_t *page)
{
    uint64_t bus = va_to_maddr(page);

    CHECK_EQ(flush(bus, 0, 4096, GNTTAB_CACHE_CLEAN), 0);
    CHECK_EQ(flush(bus, 8, 8, GNTTAB_CACHE_CLEAN | GNTTAB_CACHE_INVAL), 0);
    CHECK_EQ(flush(bus, 0, 64, GNTTAB_CACHE_INVAL), -EOPNOTSUPP);
    CHECK_EQ(flush(bus, 0, 0, GNTTAB_CACHE_CLEAN), 0);
    CHECK_EQ(flush(bus, 0, 64, 0), 0);
    CHECK_EQ(flush(bus, 4096, 0, GNTTAB_CACHE_CLEAN), -EINVAL);
    CHECK_EQ(flush(bus, 1, 4096, GNTTAB_CACHE_CLEAN), -EINVAL);
    CHECK_EQ(flush(bus, 0, 64, 8), -EINVAL);
    CHECK_EQ(flush(1UL << 50, 0, 64, GNTTAB_CACHE_CLEAN), -EINVAL);
}

static int16_t replace(const void *where, const void *by, unsigned handle)
{
    struct gnttab_unmap_and_replace r = {.host_addr = (uint64_t)where,
                                         .new_addr = (uint64_t)by,
                                         .handle = handle};

    CHECK_EQ(grant_table_op(GNTTABOP_unmap_and_replace, &r, 1), 0);
    return r.status;
}

static void replacements(uint64_t *page, uint64_t *window)
{
    uint64_t *other = page_alloc(), pte = *pte_find(other, 1);
    struct gnttab_map_grant_ref m;

    *other = 0x0e;
    grant(A, page);
    m = map(window, GNTMAP_host_map, A);
    CHECK_EQ(m.status, GNTST_okay);
    CHECK_EQ(replace(window, (void *)HV_START, m.handle), GNTST_general_error);
    CHECK_EQ(replace(window, other, m.handle + 50), GNTST_bad_handle);
    CHECK_EQ(replace(window, other, m.handle), GNTST_okay);
    CHECK_EQ(READ_ONCE(*window), 0x0e);
    CHECK_EQ(try_read(other), VECTOR_PF);
    CHECK_EQ(table[A].flags, GTF_permit_access);
    CHECK_EQ(page_map(other, pte), 0);
    /* Without another one it is emptied. */
    m = map(window, GNTMAP_host_map, A);
    CHECK_EQ(replace(window, NULL, m.handle), GNTST_okay);
    CHECK_EQ(try_read(window), VECTOR_PF);
    /* Not for mappings by the entry's address. */
    m = map((void *)((pte_mfn(*pte_find(window, 2)) << 12) |
                     ((uint64_t)window >> 12 & 511) << 3),
            GNTMAP_host_map | GNTMAP_contains_pte, A);
    CHECK_EQ(m.status, GNTST_okay);
    CHECK_EQ(replace(window, other, m.handle), GNTST_general_error);
    CHECK_EQ(unmap((void *)((pte_mfn(*pte_find(window, 2)) << 12) |
                            ((uint64_t)window >> 12 & 511) << 3),
                   0, m.handle),
             GNTST_okay);
}

static void flags(uint64_t *page, uint64_t *window)
{
    struct gnttab_map_grant_ref m;
    uint64_t bus = va_to_maddr(page);

    grant(A, page);
    m = map(window,
            GNTMAP_host_map | GNTMAP_application_map |
                5U << _GNTMAP_guest_avail0,
            A);
    CHECK_EQ(m.status, GNTST_okay);
    CHECK_EQ(*pte_find(window, 1) >> 9 & 7, 5);
    CHECK_EQ(unmap(window + 512, 0, m.handle), GNTST_general_error);
    CHECK_EQ(unmap((void *)HV_START, 0, m.handle), GNTST_general_error);
    CHECK_EQ(unmap(window, 0, m.handle), GNTST_okay);
    m = map(window, GNTMAP_host_map | GNTMAP_device_map, A);
    CHECK_EQ(m.status, GNTST_okay);
    CHECK_EQ(unmap(window, 0, m.handle), GNTST_okay);
    CHECK_EQ(table[A].flags, GTF_permit_access | GTF_reading | GTF_writing);
    CHECK_EQ(unmap(NULL, bus, m.handle), GNTST_okay);
    CHECK_EQ(table[A].flags, GTF_permit_access);
    CHECK_EQ(map(window, GNTMAP_readonly, A).status, GNTST_bad_gntref);
    CHECK_EQ(map((void *)HV_START, GNTMAP_host_map, A).status,
             GNTST_general_error);
    CHECK_EQ(
        map((void *)(bus + 1), GNTMAP_host_map | GNTMAP_contains_pte, A).status,
        GNTST_general_error);
    table[A].flags |= GTF_sub_page;
    CHECK_EQ(map(window, GNTMAP_host_map, A).status, GNTST_general_error);
    CHECK_EQ(table[A].flags, GTF_permit_access | GTF_sub_page);
}

static void transfer(const void *page)
{
    struct gnttab_transfer t = {.mfn = va_to_mfn(page), .ref = A, .status = 1};

    CHECK_EQ(grant_table_op(GNTTABOP_transfer, &t, 1), 0);
    CHECK_EQ(t.status, GNTST_bad_page);
    t.mfn = ~0UL;
    CHECK_EQ(grant_table_op(GNTTABOP_transfer, &t, 1), 0);
    CHECK_EQ(t.status, GNTST_bad_page);
    CHECK_EQ(grant_table_op(GNTTABOP_transfer, HV_START, 1), -EFAULT);
    CHECK_EQ(grant_table_op(GNTTABOP_dump_table, &t, 1), -ENOSYS);
    CHECK_EQ(grant_table_op(GNTTABOP_swap_grant_ref, HV_START, 1), -EFAULT);
    CHECK_EQ(grant_table_op(GNTTABOP_cache_flush, HV_START, 1), -EFAULT);
    CHECK_EQ(grant_table_op(GNTTABOP_unmap_and_replace, HV_START, 1), -EFAULT);
    CHECK_EQ(grant_table_op(GNTTABOP_get_status_frames, HV_START, 1), -EFAULT);
}

void test(void)
{
    struct gnttab_setup_table s = {.dom = DOMID_SELF, .nr_frames = 1};
    uint64_t frame, *page = page_alloc(), *window = pages_alloc(2);

    table = page_alloc();
    set_xen_guest_handle(s.frame_list, (xen_pfn_t *)&frame);
    CHECK_EQ(grant_table_op(GNTTABOP_setup_table, &s, 1), 0);
    REQUIRE_EQ(page_map(table, pte_make(frame, PTE_RW_FLAGS)), 0);
    page_unmap(window);
    swaps(page, window);
    flushes(page);
    replacements(page, window);
    flags(page, window);
    transfer(page);
}
