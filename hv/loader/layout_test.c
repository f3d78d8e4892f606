/*
 * loader/layout_test.c - the layout of known kernels, and what does not fit.
 */
/* link: hv/loader/layout.c hv/loader/xen_notes.c hv/loader/elf.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "abi/errno.h"
#include "abi/xen.h"
#include "loader/layout.h"

#define MIB ((uint64_t)1 << 20)

static struct dom0_layout layout;
static const char *error;

/* Debian 12's kernel 6.1. */
static struct xen_notes debian_6_1(void)
{
    return (struct xen_notes){
        .present = 1U << XEN_ELFNOTE_INIT_P2M | 1U << XEN_ELFNOTE_MOD_START_PFN,
        .virt_base = 0xffffffff80000000,
        .init_p2m = 0x8000000000,
        .mod_start_pfn = true,
        .kernel_start = 0xffffffff81000000,
        .kernel_end = 0xffffffff84a00000,
    };
}

/* A kernel of 64 KiB at address 0 with an old kernel's wishes. */
static struct xen_notes small_kernel(void)
{
    return (struct xen_notes){.present = 1U << XEN_ELFNOTE_XEN_VERSION,
                              .virt_base = 0,
                              .kernel_start = 0,
                              .kernel_end = 0x10000};
}

static int compute(const struct xen_notes *notes, uint64_t initrd,
                   uint64_t pages)
{
    error = NULL;
    return layout_compute(notes, initrd, pages, &layout, &error);
}

static void assert_region(struct layout_region region, uint64_t first,
                          uint64_t frames, vaddr_t va)
{
    assert_int_equal(region.first.n, first);
    assert_int_equal(region.frames, frames);
    assert_int_equal(region.va, va);
}

/* All regions lie back to back, in this order, from the kernel on. */
static void assert_no_gap(void)
{
    const struct layout_region none = {.frames = 0};
    const struct layout_region all[] = {
        layout.kernel,
        layout.initrd_is_mapped ? layout.initrd : none,
        layout.p2m_is_apart ? none : layout.p2m,
        layout.start_info,
        layout.tables.all,
        layout.stack,
        layout.slack,
        layout.initrd_is_mapped ? none : layout.initrd,
        layout.p2m_is_apart ? layout.p2m : none,
        layout.p2m_tables.all,
    };
    uint64_t next = layout.kernel.first.n;

    for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
        if (all[i].frames)
            assert_int_equal(all[i].first.n, next);
        next += all[i].frames;
    }
    assert_int_equal(layout.used_frames, next);
    assert_true(layout.used_frames <= layout.nr_pages);
}

/* The numbers that Xen 4.17 prints for the same kernel. */
static void test_debian_kernel_is_laid_out_as_by_xen(void **state)
{
    struct xen_notes notes = debian_6_1();

    (void)state;
    assert_int_equal(compute(&notes, 0x1a00ba, 262144), 0);
    assert_region(layout.kernel, 0x1000, 0x3a00, 0xffffffff81000000);
    assert_region(layout.start_info, 0x4a00, 1, 0xffffffff84a00000);
    assert_region(layout.tables.all, 0x4a01, 0x29, 0xffffffff84a01000);
    assert_region(layout.stack, 0x4a2a, 1, 0xffffffff84a2a000);
    assert_int_equal(layout.stack_end, 0xffffffff84a2b000);
    assert_int_equal(layout.virt_base, 0xffffffff80000000);
    assert_int_equal(layout.virt_end, 0xffffffff84c00000);
    assert_int_equal(layout.mapped_frames, 0x4c00);
    assert_no_gap();
}

static void test_tables_are_counted_by_level(void **state)
{
    struct xen_notes notes = debian_6_1();

    (void)state;
    assert_int_equal(compute(&notes, 0, 262144), 0);
    assert_int_equal(layout.tables.l4_frames, 1);
    assert_int_equal(layout.tables.l3_frames, 1);
    assert_int_equal(layout.tables.l2_frames, 1);
    assert_int_equal(layout.tables.l1_frames, 38);
    assert_int_equal(layout.tables.l4.n, 0x4a01);
    assert_int_equal(layout.tables.l3.n, 0x4a02);
    assert_int_equal(layout.tables.l2.n, 0x4a03);
    assert_int_equal(layout.tables.l1.n, 0x4a04);
}

static void test_initrd_and_p2m_lie_behind_the_mapping(void **state)
{
    struct xen_notes notes = debian_6_1();

    (void)state;
    assert_int_equal(compute(&notes, 0x1a00ba, 262144), 0);
    assert_region(layout.initrd, 0x4c00, 0x1a1, 0);
    assert_false(layout.initrd_is_mapped);
    /* 262,144 entries are 512 pages, mapped by one table of each level. */
    assert_true(layout.p2m_is_apart);
    assert_region(layout.p2m, 0x4da1, 512, 0x8000000000);
    assert_region(layout.p2m_tables.all, 0x4fa1, 3, 0);
    assert_int_equal(layout.p2m_tables.l4_frames, 0);
    assert_int_equal(layout.p2m_tables.l3.n, 0x4fa1);
    assert_int_equal(layout.p2m_tables.l2.n, 0x4fa2);
    assert_int_equal(layout.p2m_tables.l1.n, 0x4fa3);
    assert_int_equal(layout.used_frames, 0x4fa4);
}

/* libxl's domU of 65,000-odd pages had 0x83 frames of p2m. */
static void test_p2m_frames_match_those_of_libxl(void **state)
{
    struct xen_notes notes = debian_6_1();

    (void)state;
    assert_int_equal(compute(&notes, 0, 65536), 0);
    assert_int_equal(layout.p2m.frames + layout.p2m_tables.all.frames, 0x83);
}

static void test_large_p2m_needs_many_tables(void **state)
{
    struct xen_notes notes = debian_6_1();
    uint64_t pages = (uint64_t)1 << 30;

    (void)state;
    assert_int_equal(compute(&notes, 0, pages), 0);
    assert_int_equal(layout.p2m.frames, (uint64_t)1 << 21);
    assert_int_equal(layout.p2m_tables.l3_frames, 1);
    assert_int_equal(layout.p2m_tables.l2_frames, 8);
    assert_int_equal(layout.p2m_tables.l1_frames, 4096);
    assert_int_equal(layout.p2m_tables.l2.n, layout.p2m_tables.l3.n + 1);
    assert_int_equal(layout.p2m_tables.l1.n, layout.p2m_tables.l2.n + 8);
    assert_no_gap();
}

static void test_old_kernel_has_all_in_its_mapping(void **state)
{
    struct xen_notes notes = small_kernel();

    (void)state;
    assert_int_equal(compute(&notes, 5000, 8192), 0);
    assert_region(layout.kernel, 0, 16, 0);
    assert_region(layout.initrd, 16, 2, 0x10000);
    assert_region(layout.p2m, 18, 16, 0x12000);
    assert_region(layout.start_info, 34, 1, 0x22000);
    assert_region(layout.tables.all, 35, 5, 0x23000);
    assert_region(layout.stack, 40, 1, 0x28000);
    assert_int_equal(layout.virt_end, 4 * MIB);
    assert_int_equal(layout.p2m_tables.all.frames, 0);
    assert_int_equal(layout.used_frames, 1024);
    assert_no_gap();
}

static void test_slack_is_at_least_512_kib(void **state)
{
    struct xen_notes notes = small_kernel();

    (void)state;
    for (uint64_t end = PAGE_SIZE; end < 10 * MIB; end += PAGE_SIZE) {
        notes.kernel_end = end;
        assert_int_equal(compute(&notes, 0, 8192), 0);
        assert_true(layout.slack.frames << PAGE_SHIFT >= MIB / 2);
        assert_true(layout.slack.frames << PAGE_SHIFT < 4 * MIB + MIB / 2);
        assert_int_equal(layout.virt_end % (4 * MIB), 0);
        assert_no_gap();
    }
}

static void test_unaligned_base_ends_aligned(void **state)
{
    struct xen_notes notes = small_kernel();

    (void)state;
    notes.virt_base = 0x3ff000;
    notes.kernel_start = 0x3ff800;
    notes.kernel_end = 0x400800;
    assert_int_equal(compute(&notes, 0, 8192), 0);
    assert_region(layout.kernel, 0, 2, 0x3ff000);
    assert_int_equal(layout.virt_end, 8 * MIB);
    /* From the last page of one table's range to the end of the third's. */
    assert_int_equal(layout.tables.l1_frames, 3);
    assert_no_gap();
}

static void test_mapping_may_cross_every_level(void **state)
{
    struct xen_notes notes = small_kernel();

    (void)state;
    notes.virt_base = ((uint64_t)1 << 39) - 2 * MIB;
    notes.kernel_start = notes.virt_base;
    notes.kernel_end = notes.virt_base + 4 * MIB;
    assert_int_equal(compute(&notes, 0, 8192), 0);
    assert_int_equal(layout.tables.l4_frames, 1);
    assert_int_equal(layout.tables.l3_frames, 2);
    assert_int_equal(layout.tables.l2_frames, 2);
    assert_int_equal(layout.tables.l1_frames, 3);
}

static void assert_refused(const struct xen_notes *notes, uint64_t initrd,
                           uint64_t pages, const char *text)
{
    assert_int_equal(compute(notes, initrd, pages), -EINVAL);
    assert_string_equal(error, text);
}

static void test_what_does_not_fit_is_named(void **state)
{
    struct xen_notes notes = debian_6_1();

    (void)state;
    assert_refused(&notes, 0, 0x4bff, "dom0_mem is too small for the kernel");
    assert_refused(&notes, 0, 0, "dom0_mem is too small for the kernel");
    assert_refused(&notes, 3 * MIB, 0x4c00 + 767,
                   "initrd does not fit into dom0_mem");
    assert_refused(&notes, UINT64_MAX, 0x8000,
                   "initrd does not fit into dom0_mem");
    assert_refused(&notes, 3 * MIB, 0x4c00 + 768,
                   "dom0_mem is too small for the p2m list");
    assert_refused(&notes, 0, LAYOUT_MAX_PAGES + 1,
                   "dom0_mem is more than a domain can have");
    notes.mod_start_pfn = false;
    assert_refused(&notes, 3 * MIB, 0x4bff,
                   "dom0_mem is too small for kernel and initrd");
}

static void test_addresses_that_run_out_are_named(void **state)
{
    struct xen_notes notes = debian_6_1();

    (void)state;
    notes.kernel_end = 0xffffffffffe00000;
    assert_refused(&notes, 0, 1 << 20,
                   "kernel leaves no addresses behind itself");
    notes = debian_6_1();
    notes.mod_start_pfn = false;
    assert_refused(&notes, 2048 * MIB, 1 << 20,
                   "initrd does not fit behind the kernel");
    notes = small_kernel();
    notes.kernel_end = 0x7fffffffff00;
    assert_refused(&notes, 0, 1 << 20,
                   "kernel leaves no addresses behind itself");
}

static void test_p2m_address_is_checked(void **state)
{
    struct xen_notes notes = debian_6_1();

    (void)state;
    notes.init_p2m = 0x7ffffffff000;
    assert_refused(&notes, 0, 1 << 20,
                   "p2m list does not fit at the kernel's INIT_P2M");
    notes.init_p2m = 0xffff7ffffffff000;
    assert_refused(&notes, 0, 1 << 20,
                   "p2m list does not fit at the kernel's INIT_P2M");
    notes.init_p2m = 0xffffff8000000000;
    assert_refused(&notes, 0, 1 << 20,
                   "wants its p2m list within 512 GiB of itself, which is not "
                   "supported (Xen note INIT_P2M)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_debian_kernel_is_laid_out_as_by_xen),
        cmocka_unit_test(test_tables_are_counted_by_level),
        cmocka_unit_test(test_initrd_and_p2m_lie_behind_the_mapping),
        cmocka_unit_test(test_p2m_frames_match_those_of_libxl),
        cmocka_unit_test(test_large_p2m_needs_many_tables),
        cmocka_unit_test(test_old_kernel_has_all_in_its_mapping),
        cmocka_unit_test(test_slack_is_at_least_512_kib),
        cmocka_unit_test(test_unaligned_base_ends_aligned),
        cmocka_unit_test(test_mapping_may_cross_every_level),
        cmocka_unit_test(test_what_does_not_fit_is_named),
        cmocka_unit_test(test_addresses_that_run_out_are_named),
        cmocka_unit_test(test_p2m_address_is_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
