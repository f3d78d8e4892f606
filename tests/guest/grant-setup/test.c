/*
 * The grant table: its size and limits, the frames that setup_table gives, that
 * they can be mapped writable and be nothing else, versions.
 */
#include "guest.h"

static long setup(unsigned n, uint64_t *frames, int16_t *status)
{
    struct gnttab_setup_table s = {.dom = DOMID_SELF, .nr_frames = n};
    long rc;

    set_xen_guest_handle(s.frame_list, (xen_pfn_t *)frames);
    rc = grant_table_op(GNTTABOP_setup_table, &s, 1);
    *status = s.status;
    return rc;
}

static void sizes(void)
{
    struct gnttab_query_size q = {.dom = DOMID_SELF};

    CHECK_EQ(grant_table_op(GNTTABOP_query_size, &q, 1), 0);
    CHECK_EQ(q.status, GNTST_okay);
    CHECK_EQ(q.nr_frames, 1);
    CHECK_EQ(q.max_nr_frames, 64);
    q.dom = 7;
    CHECK_EQ(grant_table_op(GNTTABOP_query_size, &q, 1), 0);
    CHECK_EQ(q.status, GNTST_bad_domain);
}

static void versions(void)
{
    struct gnttab_get_version g = {.dom = DOMID_SELF};
    struct gnttab_set_version s = {.version = 3};

    CHECK_EQ(grant_table_op(GNTTABOP_get_version, &g, 1), 0);
    CHECK_EQ(g.version, 1);
    CHECK_EQ(grant_table_op(GNTTABOP_set_version, &s, 1), -EINVAL);
    s.version = 1;
    CHECK_EQ(grant_table_op(GNTTABOP_set_version, &s, 1), 0);
    CHECK_EQ(s.version, 1);
}

void test(void)
{
    uint64_t frames[65];
    struct grant_entry_v1 *table = page_alloc();
    int16_t status;

    sizes();
    CHECK_EQ(setup(65, frames, &status), 0);
    CHECK(status < 0);
    CHECK_EQ(setup(4, frames, &status), 0);
    CHECK_EQ(status, GNTST_okay);
    CHECK_EQ(page_map(table, pte_make(frames[0], PTE_RW_FLAGS)), 0);
    CHECK_EQ(table[20].flags, 0);
    table[20].frame = 0x1234;
    CHECK_EQ(table[20].frame, 0x1234);
    CHECK(mmuext(MMUEXT_PIN_L1_TABLE, frames[0], 0) < 0);
    CHECK(mmuext(MMUEXT_PIN_L1_TABLE, frames[3], 0) < 0);
    versions();
    CHECK_EQ(setup(4, (void *)HV_START, &status), -EFAULT);
}
