/*
 * grant_table_op with arguments that cannot be read is -EFAULT, unknown
 * operations are -ENOSYS, counts that are absurd do no harm, and each entry of
 * a batch has its own status.
 */
#include "guest.h"

static const uint64_t bad[] = {0x1000, HV_START, HV_END - 8, 0x800000000000,
                               ~0xfUL};

void test(void)
{
    static const unsigned ops[] = {
        GNTTABOP_map_grant_ref, GNTTABOP_unmap_grant_ref, GNTTABOP_setup_table,
        GNTTABOP_copy,          GNTTABOP_query_size,      GNTTABOP_get_version,
        GNTTABOP_set_version,
    };
    struct gnttab_map_grant_ref m[3] = {{.dom = 7}, {.ref = 5}, {.dom = 99}};

    for (unsigned i = 0; i < ARRAY_SIZE(ops); i++)
        for (unsigned j = 0; j < ARRAY_SIZE(bad); j++)
            CHECK_EQ(grant_table_op(ops[i], bad[j], 1), -EFAULT);
    CHECK_EQ(grant_table_op(GNTTABOP_map_grant_ref, m, 0), 0);
    CHECK_EQ(grant_table_op(GNTTABOP_map_grant_ref, HV_START, 1000), -EFAULT);
    CHECK_EQ(grant_table_op(GNTTABOP_query_size, bad, 2), -EINVAL);
    CHECK_EQ(grant_table_op(GNTTABOP_setup_table, bad, 2), -EINVAL);
    CHECK_EQ(grant_table_op(99, m, 1), -ENOSYS);
    CHECK_EQ(grant_table_op(GNTTABOP_map_grant_ref, m, 3), 0);
    CHECK(m[0].status < 0);
    CHECK(m[1].status < 0);
    CHECK(m[2].status < 0);
    CHECK(grant_table_op(GNTTABOP_map_grant_ref, m, 0x80000001) < 0);
}
