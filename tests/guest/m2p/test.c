/*
 * The machine-to-physical table is right for every frame of the guest, can be
 * read in kernel mode, by no instruction of user mode, written by nobody, and
 * faults where no memory is.
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

    CHECK_EQ(memory_op(XENMEM_machphys_mapping, &m), 0);
    CHECK_EQ(m.v_start, HV_START);
    CHECK_EQ(m.v_end, HV_START + (256UL << 30));
    CHECK_EQ(m.max_mfn + 1, memory_op(XENMEM_maximum_ram_page, NULL));
    /* Far behind the last frame, and the last that could be. */
    CHECK_EQ(try_read(&M2P[m.max_mfn + (1UL << 30)]), VECTOR_PF);
    CHECK_EQ(last_fault()->fault_cr2, (uint64_t)&M2P[m.max_mfn + (1UL << 30)]);
    CHECK_EQ(last_fault()->fault.error, 0);
    CHECK_EQ(try_read((char *)m.v_end - 8), VECTOR_PF);
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
    from_user_mode();
}
