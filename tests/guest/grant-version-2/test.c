/*
 * Grant tables of version 2: entries of 16 bytes, status words of their own,
 * parts of pages that can be copied but not mapped. A table in use keeps its
 * version; the first entries go over from one to the other.
 */
#include "guest.h"

#define REF  300 /* beyond the first frame's entries */
#define LAST 511

static union grant_entry_v2 *table;
static grant_status_t *status;
static uint64_t frames[2];

static long set_version(unsigned n)
{
    struct gnttab_set_version s = {.version = n};
    struct gnttab_get_version g = {.dom = DOMID_SELF};
    long rc = grant_table_op(GNTTABOP_set_version, &s, 1);

    CHECK_EQ(grant_table_op(GNTTABOP_get_version, &g, 1), 0);
    CHECK_EQ(s.version, g.version); /* whatever was asked for */
    return rc;
}

static int16_t setup(unsigned n)
{
    struct gnttab_setup_table s = {.dom = DOMID_SELF, .nr_frames = n};

    set_xen_guest_handle(s.frame_list, (xen_pfn_t *)frames);
    CHECK_EQ(grant_table_op(GNTTABOP_setup_table, &s, 1), 0);
    return s.status;
}

static int16_t status_frames(unsigned n, unsigned dom, uint64_t *list)
{
    struct gnttab_get_status_frames g = {.nr_frames = n, .dom = (domid_t)dom};

    set_xen_guest_handle(g.frame_list, list);
    CHECK_EQ(grant_table_op(GNTTABOP_get_status_frames, &g, 1), 0);
    return g.status;
}

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

static int16_t copy(unsigned ref, unsigned offset, void *to, unsigned len)
{
    struct gnttab_copy c;

    memset(&c, 0, sizeof(c));
    c.source.u.ref = ref;
    c.source.offset = (uint16_t)offset;
    c.source.domid = own_domid();
    c.dest.domid = DOMID_SELF;
    c.dest.u.gmfn = va_to_mfn(to);
    c.len = (uint16_t)len;
    c.flags = GNTCOPY_source_gref;
    CHECK_EQ(grant_table_op(GNTTABOP_copy, &c, 1), 0);
    return c.status;
}

static void versions(void)
{
    uint64_t list[2];

    CHECK_EQ(status_frames(1, DOMID_SELF, list), GNTST_general_error);
    CHECK_EQ(status_frames(0, DOMID_SELF, list), GNTST_okay);
    CHECK_EQ(set_version(3), -EINVAL);
    CHECK_EQ(set_version(0), -EINVAL);
    CHECK_EQ(set_version(2), 0);
    CHECK_EQ(set_version(2), 0);
    CHECK_EQ(set_version(3), -EINVAL);
    CHECK_EQ(set_version(1), 0);
    CHECK_EQ(set_version(2), 0);
    CHECK_EQ(setup(2), GNTST_okay);
    CHECK_EQ(status_frames(1, DOMID_SELF, list), GNTST_okay);
    CHECK_EQ(status_frames(2, DOMID_SELF, list), GNTST_general_error);
    CHECK_EQ(status_frames(1, 7, list), GNTST_bad_domain);
    CHECK_EQ(status_frames(1, DOMID_SELF, (void *)0x1000), GNTST_bad_virt_addr);
    REQUIRE_EQ(page_map(status, pte_make(list[0], PTE_RW_FLAGS)), 0);
    REQUIRE_EQ(page_map(table, pte_make(frames[1], PTE_RW_FLAGS)), 0);
    table -= 256;
    CHECK_EQ(mmuext(MMUEXT_PIN_L1_TABLE, list[0], 0) < 0, true);
}

static void full_page(uint64_t *page, uint64_t *window)
{
    struct gnttab_map_grant_ref m, second;

    table[REF].hdr.domid = own_domid();
    table[REF].full_page.frame = va_to_mfn(page);
    table[REF].hdr.flags = GTF_permit_access;
    CHECK_EQ(status[REF], 0);
    m = map(window, GNTMAP_readonly, REF);
    CHECK_EQ(m.status, GNTST_okay);
    CHECK_EQ(status[REF], GTF_reading);
    CHECK_EQ(table[REF].hdr.flags, GTF_permit_access);
    CHECK_EQ(set_version(1), -EBUSY);
    second = map(window + 512, 0, REF);
    CHECK_EQ(second.status, GNTST_okay);
    CHECK_EQ(status[REF], GTF_reading | GTF_writing);
    CHECK_EQ(unmap(window + 512, second.handle), GNTST_okay);
    CHECK_EQ(status[REF], GTF_reading);
    CHECK_EQ(unmap(window, m.handle), GNTST_okay);
    CHECK_EQ(status[REF], 0);
    table[REF].hdr.flags |= GTF_readonly;
    CHECK_EQ(map(window, 0, REF).status, GNTST_general_error);
    CHECK_EQ(status[REF], 0);
    table[REF].full_page.frame = 1UL << 40;
    CHECK_EQ(map(window, GNTMAP_readonly, REF).status, GNTST_bad_page);
    table[REF].hdr.domid = 9;
    CHECK_EQ(map(window, GNTMAP_readonly, REF).status, GNTST_general_error);
    CHECK_EQ(map(window, 0, LAST).status, GNTST_general_error);
    CHECK_EQ(map(window, 0, LAST + 1).status, GNTST_bad_gntref);
    CHECK_EQ(status[REF], 0);
}

static void sub_page(uint8_t *page, void *window, uint8_t *to)
{
    table[REF].hdr.flags = 0;
    table[REF].hdr.domid = own_domid();
    table[REF].sub_page.frame = va_to_mfn(page);
    table[REF].sub_page.page_off = 100;
    table[REF].sub_page.length = 50;
    table[REF].hdr.flags = GTF_permit_access | GTF_sub_page;
    page[100] = 0x5a;
    CHECK_EQ(map(window, GNTMAP_readonly, REF).status, GNTST_general_error);
    CHECK_EQ(copy(REF, 100, to, 50), GNTST_okay);
    CHECK_EQ(to[0], 0x5a);
    CHECK_EQ(copy(REF, 99, to, 8), GNTST_general_error);
    CHECK_EQ(copy(REF, 143, to, 8), GNTST_general_error);
    CHECK_EQ(copy(REF, 149, to, 1), GNTST_okay);
    CHECK_EQ(copy(REF, 150, to, 0), GNTST_okay);
    table[REF].sub_page.page_off = 0xffff;
    table[REF].sub_page.length = 0xffff;
    CHECK_EQ(copy(REF, 0, to, 1), GNTST_general_error);
    table[REF].sub_page.page_off = 4000;
    CHECK_EQ(copy(REF, 4000, to, 96), GNTST_okay);
    CHECK_EQ(copy(REF, 4000, to, 97), GNTST_bad_copy_arg);
    CHECK_EQ(status[REF], 0);
}

/* Through a third domain's grant: not through one's own, nor nobody's. */
static void transitive(void *window, void *to)
{
    table[REF].hdr.flags = 0;
    table[REF].transitive.trans_domid = own_domid();
    table[REF].transitive.gref = REF + 1;
    table[REF].hdr.flags = GTF_transitive;
    CHECK_EQ(map(window, GNTMAP_readonly, REF).status, GNTST_general_error);
    CHECK_EQ(copy(REF, 0, to, 8), GNTST_general_error);
    table[REF].transitive.trans_domid = 7;
    CHECK_EQ(copy(REF, 0, to, 8), GNTST_general_error);
    CHECK_EQ(status[REF], 0);
    table[REF].hdr.flags = 0;
}

/* Entry 3 is one of the first eight. */
static void kept(void *page, void *window)
{
    union grant_entry_v2 *first = page_alloc();

    CHECK_EQ(set_version(1), -EBUSY); /* the status frame is mapped */
    page_unmap(status);
    REQUIRE_EQ(page_map(first, pte_make(frames[0], PTE_RW_FLAGS)), 0);
    first[3].hdr.domid = own_domid();
    first[3].full_page.frame = va_to_mfn(page);
    first[3].hdr.flags = GTF_permit_access;
    first[9] = first[3];
    first[4].hdr.flags = GTF_transitive;
    CHECK_EQ(set_version(1), -ERANGE);
    first[4].hdr.flags = 0;
    CHECK_EQ(set_version(1), 0);
    CHECK_EQ(map(window, 0, 9).status, GNTST_general_error);
    CHECK_EQ(unmap(window, map(window, 0, 3).handle), GNTST_okay);
    CHECK_EQ(((struct grant_entry_v1 *)(void *)first)[3].frame,
             va_to_mfn(page));
    CHECK_EQ(set_version(2), 0);
    CHECK_EQ(first[3].full_page.frame, va_to_mfn(page));
    CHECK_EQ(unmap(window, map(window, 0, 3).handle), GNTST_okay);
}

void test(void)
{
    uint64_t *page = page_alloc(), *window = pages_alloc(2), *to = page_alloc();

    table = page_alloc();
    status = page_alloc();
    page_unmap(window);
    page_unmap(window + 512);
    versions();
    full_page(page, window);
    sub_page((void *)page, window, (void *)to);
    transitive(window, to);
    kept(page, window);
}
