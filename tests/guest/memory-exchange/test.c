/*
 * XENMEM_exchange trades frames for contiguous or aligned ones: the old leave
 * the M2P, the new enter it, the count stays; what cannot be is refused without
 * a trade.
 */
#include "guest.h"

static struct xen_memory_exchange e;
static uint64_t in[512], out[512];

static void prepare(uint64_t n_in, unsigned order_in, uint64_t n_out,
                    unsigned order_out)
{
    memset(&e, 0, sizeof(e));
    e.in.nr_extents = n_in;
    e.in.extent_order = order_in;
    e.in.domid = DOMID_SELF;
    e.out.nr_extents = n_out;
    e.out.extent_order = order_out;
    e.out.domid = DOMID_SELF;
    set_xen_guest_handle(e.in.extent_start, (xen_pfn_t *)in);
    set_xen_guest_handle(e.out.extent_start, (xen_pfn_t *)out);
}

static long pages(void)
{
    domid_t self = DOMID_SELF;

    return memory_op(XENMEM_current_reservation, &self);
}

static void contiguous(void)
{
    uint64_t first = start_info->nr_pages - 16;
    long before = pages();

    for (unsigned i = 0; i < 16; i++)
        in[i] = p2m[first + i];
    out[0] = first;
    prepare(16, 0, 1, 4);
    CHECK_EQ(memory_op(XENMEM_exchange, &e), 0);
    CHECK_EQ(e.nr_exchanged, 16);
    CHECK_EQ(pages(), before);
    CHECK_EQ(out[0] % 16, 0);
    for (unsigned i = 0; i < 16; i++)
        CHECK_EQ(M2P[out[0] + i], first + i);
}

static void one_by_one(void)
{
    uint64_t *page = page_alloc(), old = va_to_mfn(page);

    *page = 5;
    page_unmap(page);
    in[0] = old;
    out[0] = va_to_pfn(page);
    prepare(1, 0, 1, 0);
    CHECK_EQ(memory_op(XENMEM_exchange, &e), 0);
    CHECK_EQ(e.nr_exchanged, 1);
    CHECK_EQ(M2P[out[0]], va_to_pfn(page));
    CHECK_EQ(page_map(page, pte_make(out[0], PTE_RW_FLAGS)), 0);
    if (out[0] != old)
        CHECK(page_map(page_alloc(), pte_make(old, PTE_RW_FLAGS)) != 0);
}

static void refused(void)
{
    in[0] = va_to_mfn(page_alloc());
    out[0] = M2P[in[0]];
    prepare(1, 0, 2, 0);
    CHECK_EQ(memory_op(XENMEM_exchange, &e), -EINVAL);
    prepare(1, 0, 1, 1);
    CHECK_EQ(memory_op(XENMEM_exchange, &e), -EINVAL);
    prepare(1UL << 62, 0, 1UL << 62, 0);
    CHECK(memory_op(XENMEM_exchange, &e) < 0);
    prepare(1, 40, 1, 40);
    CHECK(memory_op(XENMEM_exchange, &e) < 0);
    prepare(1, 0, 1, 0);
    e.nr_exchanged = 2;
    CHECK_EQ(memory_op(XENMEM_exchange, &e), -EINVAL);
    prepare(1, 0, 1, 0);
    e.out.domid = 7;
    CHECK(memory_op(XENMEM_exchange, &e) < 0);
    in[0] = 0xfee00;
    prepare(1, 0, 1, 0);
    CHECK_EQ(memory_op(XENMEM_exchange, &e), -EINVAL);
    in[0] = ~0UL;
    CHECK_EQ(memory_op(XENMEM_exchange, &e), -EINVAL);
    CHECK_EQ(e.nr_exchanged, 0);
}

void test(void)
{
    contiguous();
    one_by_one();
    refused();
}
