/*
 * VCPUOP_initialise with tables that have to be checked first, while an event
 * is pending that calls it off in between, ends as if there were none
 * (XSA-296).
 */
/* hv-args: dom0_max_vcpus=2 */
#include "guest.h"

static struct vcpu_guest_context ctx;

__asm__(".pushsection .text; .globl initialise_pending;"
        "initialise_pending: mov %rdx, %r9; mov $24, %eax; mov %rdi, %rdx;"
        "xor %edi, %edi; movb $1, (%r9); movb $0, 1(%r9); mov $1, %esi;"
        "syscall; ret; .popsection");
/* The last: evtchn_upcall_pending, with the mask behind it. */
long initialise_pending(void *context, uint64_t unused, uint8_t *pending);

_Static_assert(offsetof(struct vcpu_info, evtchn_upcall_mask) ==
                   offsetof(struct vcpu_info, evtchn_upcall_pending) + 1,
               "both bytes");

void test(void)
{
    uint64_t *l4 = page_alloc(), *l3 = page_alloc();

    events_init();
    events_mask();
    l4[3] = pte_make(va_to_mfn(l3), PTE_P);
    page_protect(l3, false);
    page_protect(l4, false);
    ctx.flags = VGCF_IN_KERNEL;
    ctx.ctrlreg[3] = va_to_maddr(l4);
    CHECK_EQ(initialise_pending(&ctx, 0, &vcpu_info(0)->evtchn_upcall_pending),
             0);
    CHECK(upcalls > 0);
    CHECK_EQ(vcpu_op(VCPUOP_is_up, 1, NULL), 0);
    CHECK_EQ(vcpu_op(VCPUOP_initialise, 1, &ctx), -EEXIST);
    CHECK_EQ(page_protect(l3, true), -EBUSY);
}
