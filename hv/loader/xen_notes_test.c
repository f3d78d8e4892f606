/*
 * loader/xen_notes_test.c - what a kernel's notes say, and which are refused.
 */
/* link: hv/loader/xen_notes.c hv/loader/elf.c */
#include "loader/files_test.h"

#include "abi/errno.h"
#include "abi/xen.h"
#include "loader/xen_notes.h"

static struct elf_image elf;
static struct xen_notes notes;
static const char *error;

static int parse(const struct test_file *file)
{
    error = NULL;
    assert_int_equal(elf_parse(file->data, file->bytes, &elf, &error), 0);
    return xen_notes_parse(&elf, &notes, &error);
}

/* Reads the kernel whose notes are those of a seed. */
static int parse_seed(const char *name)
{
    struct test_file file;
    char path[64];
    int rc;

    snprintf(path, sizeof(path), "xen_notes/%s", name);
    file = test_file_read(path);
    rc = parse(&file);
    test_file_free(&file);
    return rc;
}

static void assert_refused(const char *seed, const char *text)
{
    assert_int_equal(parse_seed(seed), -EINVAL);
    assert_string_equal(error, text);
}

/* Sets the note's number in a sound kernel, of which file is a copy. */
static void set_note(struct test_file *file, uint32_t type, uint64_t value)
{
    struct elf_note note;
    size_t at = 0;

    assert_int_equal(elf_parse(file->data, file->bytes, &elf, &error), 0);
    do
        assert_int_equal(elf_next_note(&elf.notes[0], &at, &note), 1);
    while (note.type != type || strcmp(note.name, "Xen"));
    test_file_poke(file, (size_t)(note.desc - file->data), note.desc_bytes,
                   value);
}

static int parse_with(uint32_t type, uint64_t value)
{
    struct test_file file = test_file_read("xen_notes/good");
    int rc;

    set_note(&file, type, value);
    rc = parse(&file);
    test_file_free(&file);
    return rc;
}

static void assert_value(uint32_t type, uint64_t value, const char *text)
{
    assert_int_equal(parse_with(type, value), -EINVAL);
    assert_string_equal(error, text);
}

static void assert_debian_numbers(void)
{
    assert_int_equal(notes.virt_base, 0xffffffff80000000);
    assert_int_equal(notes.paddr_offset, 0);
    assert_int_equal(notes.entry, 0xffffffff810001c0);
    assert_int_equal(notes.init_p2m, 0x8000000000);
    assert_int_equal(notes.hypercall_page, 0xffffffff81001000);
    assert_int_equal(notes.hv_start_low, 0xffff800000000000);
    assert_int_equal(notes.phys32_entry, 0x1000850);
    assert_int_equal(notes.l1_mfn_mask, 1);
    assert_int_equal(notes.l1_mfn_value, 1);
    assert_true(notes.mod_start_pfn);
    assert_true(notes.suspend_cancel);
    assert_int_equal(notes.kernel_start, 0xffffffff81000000);
    assert_int_equal(notes.kernel_end, 0xffffffff81004000);
}

static void test_debian_notes_are_read(void **state)
{
    (void)state;
    assert_int_equal(parse_seed("good"), 0);
    assert_debian_numbers();
    assert_string_equal(notes.guest_os, "linux");
    assert_string_equal(notes.guest_version, "2.6");
    assert_string_equal(notes.xen_version, "xen-3.0");
    assert_string_equal(notes.loader, "generic");
    assert_string_equal(notes.pae_mode, "yes");
    assert_int_equal(notes.features_supported, 0x8811);
    assert_int_equal(notes.features_required, 1);
    assert_true(xen_notes_have(&notes, XEN_ELFNOTE_INIT_P2M));
    assert_false(xen_notes_have(&notes, XEN_ELFNOTE_CRASH_INFO));
    assert_false(xen_notes_have(&notes, 32));
    assert_int_equal(xen_notes_check_dom0(&notes, &error), 0);
}

static void test_sections_serve_when_segments_have_none(void **state)
{
    (void)state;
    assert_int_equal(parse_seed("sections"), 0);
    assert_debian_numbers();
}

static void test_missing_notes_have_defaults(void **state)
{
    (void)state;
    assert_int_equal(parse_seed("few"), 0);
    assert_false(xen_notes_have(&notes, XEN_ELFNOTE_INIT_P2M));
    assert_false(xen_notes_have(&notes, XEN_ELFNOTE_HYPERCALL_PAGE));
    assert_false(notes.mod_start_pfn);
    assert_string_equal(notes.guest_os, "");
    assert_int_equal(notes.features_supported, 0);
    assert_int_equal(xen_notes_check_dom0(&notes, &error), 0);
    assert_int_equal(parse_seed("unknown"), 0);
}

static void test_a_kernel_without_notes_is_named(void **state)
{
    (void)state;
    assert_refused("none", "has no Xen notes");
    assert_refused("none-sections", "has no Xen notes");
    assert_refused("bad-sections", "is a truncated ELF file (section headers)");
    assert_refused("long-note", "has an ELF note that runs beyond its end");
}

static void test_the_interface_is_checked(void **state)
{
    const char *version = "is not built for Xen's interface xen-3.0 (Xen note "
                          "XEN_VERSION)";

    (void)state;
    assert_refused("xen-4", version);
    assert_refused("no-version", version);
    assert_refused("loader", "is built for another loader than the generic "
                             "one (Xen note LOADER)");
    assert_int_equal(parse_seed("loader-linux"), 0);
    assert_value(XEN_ELFNOTE_HV_START_LOW, 0xffff800000000001,
                 "wants addresses that are the hypervisor's (Xen note "
                 "HV_START_LOW)");
}

static void test_dom0_is_a_feature(void **state)
{
    (void)state;
    assert_int_equal(parse_seed("not-dom0"), 0);
    assert_int_equal(xen_notes_check_dom0(&notes, &error), -EINVAL);
    assert_string_equal(error, "does not support being dom0 (XENFEAT_dom0)");
    assert_int_equal(parse_seed("features-only"), 0);
    assert_int_equal(notes.features_supported, 1U << XENFEAT_dom0);
    assert_int_equal(xen_notes_check_dom0(&notes, &error), 0);
}

static void test_features_are_parsed(void **state)
{
    (void)state;
    assert_int_equal(parse_seed("features-1"), 0); /* "!dom0" */
    assert_int_equal(notes.features_required, 1U << XENFEAT_dom0);
    assert_int_equal(parse_seed("features-4"), 0); /* "" */
    assert_int_equal(notes.features_required, 0);
    assert_int_equal(parse_seed("features-10"), 0);
    assert_int_equal(notes.features_supported,
                     0x8801 | 1U << XENFEAT_writable_descriptor_tables);
    assert_refused("features-2", "requires a feature that nobody knows (Xen "
                                 "note FEATURES)");
    assert_refused("features-6", "requires a feature that nobody knows (Xen "
                                 "note FEATURES)");
    assert_refused("features-8",
                   "requires to run without paravirtualized page tables (Xen "
                   "note FEATURES)");
}

static void test_impossible_sizes_are_refused(void **state)
{
    const char *size = "has a Xen note of an impossible size";

    (void)state;
    assert_refused("size-1", size);
    assert_refused("size-14", size);
    assert_refused("size-16", size);
    assert_refused("size-17", size);
    assert_refused("short-l1", size);
    assert_int_equal(parse_seed("long-text"), 0);
    assert_int_equal(strlen(notes.guest_version), XEN_NOTE_TEXT_BYTES - 1);
}

static void test_the_entry_lies_in_the_kernel(void **state)
{
    const char *outside = "has its entry outside itself (Xen note ENTRY)";

    (void)state;
    assert_value(XEN_ELFNOTE_ENTRY, 0, outside);
    assert_value(XEN_ELFNOTE_ENTRY, 0xffffffff80ffffff, outside);
    assert_value(XEN_ELFNOTE_ENTRY, 0xffffffff81004000, outside);
    assert_int_equal(parse_with(XEN_ELFNOTE_ENTRY, 0xffffffff81003fff), 0);
    /* Without the note it is the ELF header's. */
    assert_int_equal(parse_seed("entry-missing"), 0);
    assert_int_equal(notes.entry, 0xffffffff81000000);
    assert_refused("entry-e_entry", outside);
}

static void test_the_hypercall_page_lies_in_the_kernel(void **state)
{
    const char *outside = "has its hypercall page outside itself or not "
                          "aligned (Xen note HYPERCALL_PAGE)";

    (void)state;
    assert_value(XEN_ELFNOTE_HYPERCALL_PAGE, 0xffffffff81001001, outside);
    assert_value(XEN_ELFNOTE_HYPERCALL_PAGE, 0xffffffff81004000, outside);
    assert_value(XEN_ELFNOTE_HYPERCALL_PAGE, 0xffff800000000000, outside);
    assert_int_equal(parse_with(XEN_ELFNOTE_HYPERCALL_PAGE, 0xffffffff81003000),
                     0);
}

static void test_the_p2m_lies_in_guest_space(void **state)
{
    const char *outside = "wants its p2m list outside guest addresses or not "
                          "aligned (Xen note INIT_P2M)";

    (void)state;
    assert_value(XEN_ELFNOTE_INIT_P2M, 0xffff800000000000, outside);
    assert_value(XEN_ELFNOTE_INIT_P2M, 0xffff87fffffff000, outside);
    assert_value(XEN_ELFNOTE_INIT_P2M, 0x800000000000, outside);
    assert_value(XEN_ELFNOTE_INIT_P2M, 0x8000000800, outside);
    assert_int_equal(parse_with(XEN_ELFNOTE_INIT_P2M, 0xffff880000000000), 0);
}

static void test_the_kernel_lies_in_guest_space(void **state)
{
    const char *outside = "lies outside guest addresses (Xen note VIRT_BASE)";

    (void)state;
    assert_value(XEN_ELFNOTE_VIRT_BASE, 0xffff800000000000, outside);
    assert_value(XEN_ELFNOTE_VIRT_BASE, 0xffff87ffff000000, outside);
    assert_value(XEN_ELFNOTE_VIRT_BASE, 0x7fffff000000, outside);
    assert_value(XEN_ELFNOTE_VIRT_BASE, 0xfffffffffefff000, outside);
    assert_value(XEN_ELFNOTE_VIRT_BASE, 0xffffffff80000001,
                 "starts inside a page (Xen notes VIRT_BASE, PADDR_OFFSET)");
    assert_value(XEN_ELFNOTE_PADDR_OFFSET, 0x1001000,
                 "has a segment below its start (Xen note PADDR_OFFSET)");
    assert_value(XEN_ELFNOTE_PADDR_OFFSET, 0xfffffffffffff000,
                 "has a segment below its start (Xen note PADDR_OFFSET)");
    /* The base is fine, but the entry stayed where it was. */
    assert_value(XEN_ELFNOTE_VIRT_BASE, 0,
                 "has its entry outside itself (Xen note ENTRY)");
}

/* A kernel may end where the addresses do. */
static void test_a_kernel_may_end_at_the_top(void **state)
{
    struct test_file file = test_file_read("xen_notes/good");

    (void)state;
    set_note(&file, XEN_ELFNOTE_VIRT_BASE, 0xfffffffffeffc000);
    set_note(&file, XEN_ELFNOTE_ENTRY, UINT64_MAX);
    set_note(&file, XEN_ELFNOTE_HYPERCALL_PAGE, 0xfffffffffffff000);
    assert_int_equal(parse(&file), 0);
    assert_int_equal(notes.kernel_end, 0);
    test_file_free(&file);
}

static void test_guest_ranges(void **state)
{
    (void)state;
    assert_true(guest_range_is_valid(0, 0));
    assert_true(guest_range_is_valid(0, 0x800000000000));
    assert_false(guest_range_is_valid(0, 0x800000000001));
    assert_false(guest_range_is_valid(0x800000000000, 1));
    assert_false(guest_range_is_valid(0xffff800000000000, 1));
    assert_false(guest_range_is_valid(0xffff87ffffffffff, 2));
    assert_true(guest_range_is_valid(0xffff880000000000, 0x780000000000));
    assert_false(guest_range_is_valid(0xffff880000000000, 0x780000000001));
    assert_false(guest_range_is_valid(0, UINT64_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_debian_notes_are_read),
        cmocka_unit_test(test_sections_serve_when_segments_have_none),
        cmocka_unit_test(test_missing_notes_have_defaults),
        cmocka_unit_test(test_a_kernel_without_notes_is_named),
        cmocka_unit_test(test_the_interface_is_checked),
        cmocka_unit_test(test_dom0_is_a_feature),
        cmocka_unit_test(test_features_are_parsed),
        cmocka_unit_test(test_impossible_sizes_are_refused),
        cmocka_unit_test(test_the_entry_lies_in_the_kernel),
        cmocka_unit_test(test_the_hypercall_page_lies_in_the_kernel),
        cmocka_unit_test(test_the_p2m_lies_in_guest_space),
        cmocka_unit_test(test_the_kernel_lies_in_guest_space),
        cmocka_unit_test(test_a_kernel_may_end_at_the_top),
        cmocka_unit_test(test_guest_ranges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
