/*
 * XENMEM_exchange looks at each element it reads or writes, not at the first of
 * the array alone: one that is told to be far on in an array that begins
 * anywhere reaches nothing of the hypervisor's (XSA-212).
 */
#include "guest.h"

static uint64_t in[1];

static long exchange(uint64_t target)
{
    uint64_t *page = page_alloc(), done = target / 8;
    struct xen_memory_exchange e = {.nr_exchanged = done};

    e.in.nr_extents = e.out.nr_extents = done + 1;
    e.in.domid = e.out.domid = DOMID_SELF;
    set_xen_guest_handle(e.in.extent_start,
                         (xen_pfn_t *)((uint64_t)in - done * 8));
    in[0] = va_to_mfn(page);
    page_unmap(page);
    return memory_op(XENMEM_exchange, &e);
}

void test(void)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) idt, gdt;
    domid_t self = DOMID_SELF;
    long pages = memory_op(XENMEM_current_reservation, &self);

    __asm__("sidt %0" : "=m"(idt));
    __asm__("sgdt %0" : "=m"(gdt));
    CHECK(exchange(idt.base) < 0);
    CHECK(exchange(gdt.base & ~7UL) < 0);
    CHECK(exchange(HV_START) < 0);
    CHECK(exchange(HV_END - 8) < 0);
    CHECK(exchange(0x800000000000) < 0);
    CHECK(exchange(-8UL) < 0);
    CHECK_EQ(memory_op(XENMEM_current_reservation, &self), pages);
    /* Exceptions still find their way. */
    CHECK_EQ(try_read((void *)0x1000), VECTOR_PF);
}
