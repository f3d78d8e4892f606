/*
 * A call gate in a guest's GDT never takes anybody to where the hypervisor does
 * not know of: it is refused, or has a DPL that ring 3 cannot use.
 */
#include "guest.h"

/* To fn, through selector 0xe033, DPL 3. */
static uint64_t call_gate(uint64_t fn, uint64_t selector)
{
    return (fn & 0xffff) | selector << 16 | 0xecUL << 40 |
           (fn >> 16 & 0xffff) << 48;
}

static struct {
    uint32_t offset;
    uint16_t selector;
} target = {0, 0x10};

static void far_call(void)
{
    __asm__ volatile("lcall *%0" : : "m"(target));
}

static void landed(void)
{
    __asm__ volatile("int3");
}

void test(void)
{
    uint64_t *gdt = page_alloc(), frame = va_to_mfn(gdt);
    const struct frame *f;
    long rc;

    page_protect(gdt, false);
    CHECK_EQ(set_gdt(&frame, 16), 0);
    rc = update_descriptor(va_to_maddr(&gdt[2]),
                           call_gate((uint64_t)landed, 0xe033));
    CHECK(rc == 0 || rc == -EINVAL);
    rc |= update_descriptor(va_to_maddr(&gdt[3]), (uint64_t)landed >> 32);
    f = catch_code(far_call);
    REQUIRE(f);
    CHECK_EQ(f->vector, VECTOR_GP);
    CHECK(f->error == 0x10 || f->error == 0);
    /* Ring 0's selectors are not to be had by a far jump either. */
    target.selector = 0xe008;
    f = catch_code(far_call);
    REQUIRE(f);
    CHECK_EQ(f->vector, VECTOR_GP);
    target.selector = 0xe010;
    CHECK_EQ(catch_code(far_call)->vector, VECTOR_GP);
}
