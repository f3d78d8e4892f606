/*
 * GNTTABOP_copy copies between own frames and granted ones, whatever the
 * offsets, and refuses to leave a page, to write what is read-only, and frames
 * that are not the caller's.
 */
#include "guest.h"

static int16_t copy(uint64_t from, unsigned from_offset, uint64_t to,
                    unsigned to_offset, unsigned bytes)
{
    struct gnttab_copy c = {.len = (uint16_t)bytes};

    c.source.domid = c.dest.domid = DOMID_SELF;
    c.source.u.gmfn = from;
    c.source.offset = (uint16_t)from_offset;
    c.dest.u.gmfn = to;
    c.dest.offset = (uint16_t)to_offset;
    CHECK_EQ(grant_table_op(GNTTABOP_copy, &c, 1), 0);
    return c.status;
}

void test(void)
{
    uint8_t *a = page_alloc(), *b = page_alloc();
    uint64_t from = va_to_mfn(a), to = va_to_mfn(b);

    for (unsigned i = 0; i < PAGE_SIZE; i++)
        a[i] = (uint8_t)(i * 7);
    CHECK_EQ(copy(from, 0, to, 0, 4096), GNTST_okay);
    CHECK(!memcmp(a, b, PAGE_SIZE));
    memset(b, 0, PAGE_SIZE);
    CHECK_EQ(copy(from, 100, to, 4000, 96), GNTST_okay);
    CHECK(!memcmp(a + 100, b + 4000, 96));
    CHECK_EQ(b[3999], 0);
    CHECK_EQ(copy(from, 0, to, 0, 0), GNTST_okay);
    CHECK_EQ(copy(from, 1, to, 0, 4096), GNTST_bad_copy_arg);
    CHECK_EQ(copy(from, 0, to, 4095, 2), GNTST_bad_copy_arg);
    CHECK_EQ(copy(from, 0, to, 0, 65535), GNTST_bad_copy_arg);
    /* Not to tables, nor to or from frames of others. */
    CHECK(copy(from, 0, va_to_mfn(kernel_l4()), 0, 8) < 0);
    CHECK_EQ(copy(va_to_mfn(kernel_l4()), 4088, to, 0, 8), GNTST_okay);
    CHECK_EQ(*(uint64_t *)(void *)b, kernel_l4()[511]);
    CHECK(copy(0xfee00, 0, to, 0, 8) < 0);
    CHECK(copy(from, 0, 0xfee00, 0, 8) < 0);
    CHECK(copy(~0UL, 0, to, 0, 8) < 0);
}
