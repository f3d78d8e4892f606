/*
 * The machine-to-physical table is right for every frame of the guest, can be
 * read in kernel mode, by no instruction of user mode, written by nobody, and
 * faults where no memory is. Who may name DOMID_XEN finds its frames by
 * XENMEM_machphys_mfn_list, and maps them to read.
 */
#include "guest.h"

static void read_as_user(void)
{
    uint64_t value;

    __asm__ volatile("mov (%%rdi), %0; syscall" : "=a"(value));
}

static const struct frame *user_reads(const void *address)
{
    struct frame start = user_start(read_as_user);

    start.rdi = (uint64_t)address;
    return user_run(&start);
}

static void from_user_mode(void)
{
    const uint64_t *entry = &M2P[va_to_mfn(image_start)];
    const struct frame *f;

    user_init();
    f = user_reads(entry);
    CHECK_EQ(f->vector, VECTOR_PF);
    CHECK_EQ(f->error, PF_U);
    CHECK_EQ(last_fault()->fault_cr2, (uint64_t)entry);
}

static void holes(void)
{
    struct xen_machphys_mapping m = {0};
    uint64_t top = (uint64_t)memory_op(XENMEM_maximum_ram_page, NULL);

    CHECK_EQ(memory_op(XENMEM_machphys_mapping, &m), 0);
    CHECK_EQ(m.v_start, HV_START);
    CHECK_EQ(m.v_end, HV_START + (256UL << 30));
    /* Who may go elsewhere is told of all that might be there. */
    CHECK_RIGHTS(m.max_mfn + 1, top, (m.v_end - m.v_start) / 8);
    /* Far behind the last frame, and the last that could be. */
    CHECK_EQ(try_read(&M2P[top + (1UL << 30)]), VECTOR_PF);
    CHECK_EQ(last_fault()->fault_cr2, (uint64_t)&M2P[top + (1UL << 30)]);
    CHECK_EQ(last_fault()->fault.error, 0);
    CHECK_EQ(try_read((char *)m.v_end - 8), VECTOR_PF);
}

static void by_frames(void)
{
    uint64_t list[4] = {0}, *window = page_alloc();
    struct xen_machphys_mfn_list l = {.max_extents = 4};
    uint64_t mfn = va_to_mfn(image_start), frame;

    set_xen_guest_handle(l.extent_start, list);
    CHECK_EQ(memory_op(XENMEM_machphys_mfn_list, &l), 0);
    frame = list[0] + mfn / 512;
    if (!is_initial) {
        CHECK_EQ(update_va_mapping_otherdomain(window,
                                               pte_make(frame, PTE_RO_FLAGS),
                                               UVMF_INVLPG, DOMID_XEN),
                 -EPERM);
        return;
    }
    CHECK_EQ(l.nr_extents, 1); /* this machine has 128 MiB */
    CHECK_EQ(update_va_mapping_otherdomain(
                 window, pte_make(frame, PTE_RO_FLAGS), UVMF_INVLPG, DOMID_XEN),
             0);
    CHECK_EQ(window[mfn % 512], va_to_pfn(image_start));
    CHECK_EQ(try_write(window, 1), VECTOR_PF);
    CHECK(update_va_mapping_otherdomain(window, pte_make(frame, PTE_RW_FLAGS),
                                        UVMF_INVLPG, DOMID_XEN) < 0);
    CHECK_EQ(update_va_mapping(window, pte_make(frame + 1, PTE_RO_FLAGS),
                               UVMF_INVLPG),
             NOT_OURS);
    page_protect(window, true);
    l.max_extents = 0;
    CHECK_EQ(memory_op(XENMEM_machphys_mfn_list, &l), 0);
    CHECK_EQ(l.nr_extents, 0);
    l.max_extents = 1;
    set_xen_guest_handle(l.extent_start, (uint64_t *)0x1000);
    CHECK_EQ(memory_op(XENMEM_machphys_mfn_list, &l), -EFAULT);
    CHECK_EQ(memory_op(XENMEM_machphys_mfn_list, 0x1000), -EFAULT);
    /* And this one stays, for the audit. */
    CHECK_EQ(update_va_mapping_otherdomain(
                 window, pte_make(frame, PTE_RO_FLAGS), UVMF_INVLPG, DOMID_XEN),
             0);
}

void test(void)
{
    volatile uint64_t *entry = (void *)(uintptr_t)&M2P[va_to_mfn(image_start)];

    for (uint64_t pfn = 0; pfn < start_info->nr_pages; pfn++)
        if (M2P[p2m[pfn]] != pfn)
            CHECK_EQ(M2P[p2m[pfn]], pfn);
    CHECK_EQ(try_write(entry, 1), VECTOR_PF);
    CHECK_EQ(last_fault()->fault.error, PF_P | PF_W);
    CHECK_EQ(try_execute(entry), VECTOR_PF);
    CHECK_EQ(*entry, va_to_pfn(image_start));
    holes();
    by_frames();
    from_user_mode();
}
