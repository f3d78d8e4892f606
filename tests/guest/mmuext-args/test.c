/*
 * mmuext_op stops at the first operation that fails, tells how many were done,
 * and refuses arguments that cannot be read, and domains that are not there.
 */
#include "guest.h"

static void domains(void)
{
    struct mmuext_op op = {.cmd = MMUEXT_TLB_FLUSH_LOCAL};

    CHECK_RIGHTS(mmuext_op(&op, 1, NULL, 0), -ESRCH, -EPERM);
    CHECK_EQ(mmuext_op(&op, 1, NULL, 77), -ESRCH);
    CHECK_EQ(mmuext_op(&op, 1, NULL, DOMID_XEN), -EPERM);
    CHECK_EQ(mmuext_op(&op, 1, NULL, DOMID_IO), -EPERM);
}

static void pointers(void)
{
    unsigned done = 7;
    struct mmuext_op op = {.cmd = MMUEXT_TLB_FLUSH_LOCAL};

    CHECK_EQ(mmuext_op(NULL, 1, &done, DOMID_SELF), -EFAULT);
    CHECK_EQ(done, 0);
    CHECK_EQ(mmuext_op(HV_START, 1, NULL, DOMID_SELF), -EFAULT);
    CHECK_EQ(mmuext_op(0x800000000000, 1, NULL, DOMID_SELF), -EFAULT);
    CHECK_EQ(mmuext_op(&op, 1, HV_START, DOMID_SELF), 0);
    CHECK_EQ(mmuext_op(&op, 0, &done, DOMID_SELF), 0);
}

void test(void)
{
    struct mmuext_op ops[3] = {{.cmd = MMUEXT_TLB_FLUSH_LOCAL},
                               {.cmd = MMUEXT_UNPIN_TABLE},
                               {.cmd = MMUEXT_TLB_FLUSH_LOCAL}};
    unsigned done = 9;

    ops[1].arg1.mfn = va_to_mfn(page_alloc());
    CHECK_EQ(mmuext_op(ops, 3, &done, DOMID_SELF), -EINVAL);
    CHECK_EQ(done, 1);
    CHECK_EQ(mmuext_op(ops, 1, &done, DOMID_SELF), 0);
    CHECK_EQ(done, 1);
    domains();
    pointers();
    /* Frames that are not there or not ours. */
    CHECK_EQ(mmuext(MMUEXT_PIN_L1_TABLE, 0xa0, 0), -EINVAL);
    CHECK_EQ(mmuext(MMUEXT_PIN_L4_TABLE, ~0UL, 0), -EINVAL);
    CHECK_EQ(mmuext(MMUEXT_UNPIN_TABLE, ~0UL, 0), -EINVAL);
    CHECK_EQ(mmuext(MMUEXT_PIN_L1_TABLE, 0xfee00, 0), -EINVAL);
    CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, 0, 0), -EINVAL);
    CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, ~0UL, 0), -EINVAL);
    CHECK_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, 0xa0, 0), -EINVAL);
}
