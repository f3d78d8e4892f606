/*
 * mmu_update does what it was asked up to the first request that fails, tells
 * how many in `done`, and stays sane with addresses and counts that are not.
 */
#include "guest.h"

static uint64_t *l1;

static struct mmu_update request(unsigned slot, uint64_t value)
{
    return (struct mmu_update){va_to_maddr(&l1[slot]), value};
}

static void partial(void)
{
    uint64_t pte = pte_make(va_to_mfn(page_alloc()), PTE_RO_FLAGS);
    struct mmu_update u[4] = {request(0, pte), request(1, pte),
                              request(2, pte | 1UL << 51), request(3, pte)};
    unsigned done = 77;

    CHECK_EQ(mmu_update(u, 4, &done, DOMID_SELF), -EPERM);
    CHECK_EQ(done, 2);
    CHECK(l1[0] && l1[1] && !l1[2] && !l1[3]);
    CHECK_EQ(mmu_update(u, 2, NULL, DOMID_SELF), 0);
    CHECK_EQ(mmu_update(u, 0, &done, DOMID_SELF), 0);
    CHECK_EQ(done, 0);
    CHECK_EQ(mmu_update(NULL, 0, NULL, DOMID_SELF), 0);
}

static void pointers(void)
{
    struct mmu_update u = request(4, 0);
    unsigned done = 77;

    CHECK_EQ(mmu_update(NULL, 1, &done, DOMID_SELF), -EFAULT);
    CHECK_EQ(done, 0);
    CHECK_EQ(mmu_update(HV_START, 1, NULL, DOMID_SELF), -EFAULT);
    CHECK_EQ(mmu_update(HV_END - 16, 1, NULL, DOMID_SELF), -EFAULT);
    CHECK_EQ(mmu_update(0x800000000000, 1, NULL, DOMID_SELF), -EFAULT);
    CHECK_EQ(mmu_update(-16UL, 2, NULL, DOMID_SELF), -EFAULT);
    /* What cannot be told is not told; it is done all the same. */
    CHECK_EQ(mmu_update(&u, 1, HV_START, DOMID_SELF), 0);
    CHECK_EQ(mmu_update(&u, 1, 0x1000, DOMID_SELF), 0);
    CHECK_EQ(mmu_update(&u, 1, kernel_l4(), DOMID_SELF), 0);
    /* Over the end of a page, into nothing. */
    struct mmu_update *last = (void *)((char *)pages_alloc(2) + PAGE_SIZE);

    page_unmap(last);
    last[-1] = u;
    CHECK_EQ(mmu_update(last - 1, 2, &done, DOMID_SELF), -EFAULT);
    CHECK_EQ(done, 1);
    CHECK_EQ(mmu_update((char *)last - 8, 1, &done, DOMID_SELF), -EFAULT);
}

static void targets(void)
{
    struct mmu_update u = {~7UL, 0};

    CHECK_EQ(mmu_update(&u, 1, NULL, DOMID_SELF), -EINVAL);
    u.ptr = 0xfee00000;
    CHECK_EQ(mmu_update(&u, 1, NULL, DOMID_SELF), -EINVAL);
    u.ptr = va_to_maddr(&l1[0]) + 4; /* not at an entry */
    CHECK_EQ(mmu_update(&u, 1, NULL, DOMID_SELF), -ENOSYS);
    u = request(0, 0);
    CHECK_EQ(mmu_update(&u, 1, NULL, 77), -ESRCH);
    CHECK_EQ(mmu_update(&u, 1, NULL, 78 << 16 | DOMID_SELF), -ESRCH);
    CHECK_RIGHTS(mmu_update(&u, 1, NULL, 1 << 16 | DOMID_SELF), 0, -EPERM);
}

void test(void)
{
    l1 = page_alloc();
    page_protect(l1, false);
    CHECK_EQ(pin(1, l1), 0);
    partial();
    pointers();
    targets();
}
