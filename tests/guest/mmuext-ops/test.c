/*
 * The operations of mmuext_op that are no pins: flushes, clear and copy of
 * frames, cache flushes, the LDT, super pages; and those that do not exist.
 */
#include "guest.h"

static void frames(void)
{
    uint64_t *a = page_alloc(), *b = page_alloc();

    memset(a, 0x5a, PAGE_SIZE);
    CHECK_EQ(mmuext(MMUEXT_COPY_PAGE, va_to_mfn(b), va_to_mfn(a)), 0);
    CHECK(!memcmp(a, b, PAGE_SIZE));
    CHECK_EQ(mmuext(MMUEXT_CLEAR_PAGE, va_to_mfn(a), 0), 0);
    CHECK_EQ(a[0] | a[511], 0);
    CHECK_EQ(mmuext(MMUEXT_CLEAR_PAGE, 0xa0, 0), -EINVAL);
    CHECK_EQ(mmuext(MMUEXT_CLEAR_PAGE, ~0UL, 0), -EINVAL);
    CHECK_EQ(mmuext(MMUEXT_CLEAR_PAGE, va_to_mfn(kernel_l4()), 0), IN_USE);
    CHECK_EQ(mmuext(MMUEXT_COPY_PAGE, va_to_mfn(kernel_l4()), va_to_mfn(a)),
             IN_USE);
    CHECK_EQ(mmuext(MMUEXT_COPY_PAGE, va_to_mfn(a), 0xa0), -EINVAL);
    CHECK_EQ(mmuext(MMUEXT_COPY_PAGE, va_to_mfn(a), 1UL << 40), -EINVAL);
    /* A table can be read. */
    CHECK_EQ(mmuext(MMUEXT_COPY_PAGE, va_to_mfn(a), va_to_mfn(kernel_l4())), 0);
    CHECK_EQ(a[511], kernel_l4()[511]);
}

static void flushes(void)
{
    uint64_t vcpus = ~0UL;

    CHECK_EQ(mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0), 0);
    CHECK_EQ(mmuext(MMUEXT_TLB_FLUSH_ALL, 0, 0), 0);
    CHECK_EQ(mmuext(MMUEXT_INVLPG_LOCAL, (uint64_t)&vcpus, 0), 0);
    CHECK_EQ(mmuext(MMUEXT_INVLPG_LOCAL, HV_START, 0), 0);
    CHECK_EQ(mmuext(MMUEXT_INVLPG_LOCAL, 1UL << 63, 0), 0);
    CHECK_EQ(mmuext(MMUEXT_INVLPG_ALL, (uint64_t)&vcpus, 0), 0);
    CHECK_EQ(mmuext(MMUEXT_TLB_FLUSH_MULTI, 0, (uint64_t)&vcpus), 0);
    CHECK_EQ(mmuext(MMUEXT_INVLPG_MULTI, 0x1000, (uint64_t)&vcpus), 0);
    CHECK_EQ(mmuext(MMUEXT_TLB_FLUSH_MULTI, 0, 0x1000), -EINVAL);
    CHECK_EQ(mmuext(MMUEXT_INVLPG_MULTI, 0x1000, HV_START), -EINVAL);
    CHECK_RIGHTS(mmuext(MMUEXT_FLUSH_CACHE, 0, 0), 0, -EACCES);
    CHECK_RIGHTS(mmuext(MMUEXT_FLUSH_CACHE_GLOBAL, 0, 0), 0, -EINVAL);
}

void test(void)
{
    frames();
    flushes();
    CHECK_EQ(mmuext(MMUEXT_MARK_SUPER, va_to_mfn(page_alloc()), 0),
             -EOPNOTSUPP);
    CHECK_EQ(mmuext(MMUEXT_UNMARK_SUPER, 0, 0), -EOPNOTSUPP);
    CHECK_EQ(mmuext(14, 0, 0), -ENOSYS);
    CHECK_EQ(mmuext(99, 0, 0), -ENOSYS);
}
