/*
 * loader/elf_test.c - segments and notes are found, and every malformation
 * named.
 */
/* link: hv/loader/elf.c */
#include "loader/files_test.h"

#include "abi/errno.h"
#include "loader/elf.h"

/* Places in the sound kernel; see elf() of make_corpus.py. */
#define PROGRAM_HEADER(n) (64 + 56 * (size_t)(n))
#define P_TYPE            0
#define P_OFFSET          8
#define P_PADDR           24
#define P_FILESZ          32
#define P_MEMSZ           40
#define NOTES_AT          0x100
#define TEXT_AT           0x500
#define DATA_AT           0x600

static struct elf_image elf;
static const char *error;

static int parse(const struct test_file *file)
{
    error = NULL;
    return elf_parse(file->data, file->bytes, &elf, &error);
}

static void assert_refused(const struct test_file *file, const char *text)
{
    assert_int_equal(parse(file), -EINVAL);
    assert_string_equal(error, text);
}

/* The sound kernel with one field changed. */
static void assert_field(size_t at, size_t size, uint64_t value,
                         const char *text)
{
    struct test_file file = test_file_read("elf/good");

    test_file_poke(&file, at, size, value);
    assert_refused(&file, text);
    test_file_free(&file);
}

static void assert_segment(size_t n, size_t field, uint64_t value,
                           const char *text)
{
    assert_field(PROGRAM_HEADER(n) + field, 8, value, text);
}

static void test_segments_are_found(void **state)
{
    struct test_file file = test_file_read("elf/good");

    (void)state;
    assert_int_equal(parse(&file), 0);
    assert_int_equal(elf.segments_count, 2);
    assert_ptr_equal(elf.segments[0].data, file.data + TEXT_AT);
    assert_int_equal(elf.segments[0].file_bytes, 0x100);
    assert_int_equal(elf.segments[0].mem_bytes, 0x3000);
    assert_int_equal(elf.segments[0].paddr, 0x1000000);
    assert_ptr_equal(elf.segments[1].data, file.data + DATA_AT);
    assert_int_equal(elf.paddr_start, 0x1000000);
    assert_int_equal(elf.paddr_end, 0x1004000);
    assert_int_equal(elf.entry, 0x1000000);
    test_file_free(&file);
}

static void test_notes_of_segments_are_read(void **state)
{
    struct test_file file = test_file_read("elf/good");
    struct elf_note note;
    size_t at = 0;
    int count = 0;

    (void)state;
    assert_int_equal(parse(&file), 0);
    assert_int_equal(elf.notes_count, 1);
    assert_int_equal(elf_next_note(&elf.notes[0], &at, &note), 1);
    assert_string_equal(note.name, "GNU");
    assert_int_equal(note.desc_bytes, 20);
    while (elf_next_note(&elf.notes[0], &at, &note) == 1) {
        assert_string_equal(note.name, "Xen");
        count++;
    }
    assert_int_equal(count, 17);
    assert_int_equal(at, elf.notes[0].bytes);
    test_file_free(&file);
}

static void test_notes_of_sections_are_found(void **state)
{
    struct test_file file = test_file_read("elf/sections");

    (void)state;
    assert_int_equal(parse(&file), 0);
    assert_int_equal(elf.notes_count, 0);
    assert_int_equal(elf_find_note_sections(&elf, &error), 0);
    assert_int_equal(elf.notes_count, 1);
    assert_ptr_equal(elf.notes[0].data, file.data + NOTES_AT);
    test_file_free(&file);
}

static void test_sections_may_be_missing_or_outside(void **state)
{
    struct test_file file = test_file_read("elf/sections");

    (void)state;
    test_file_poke(&file, 60, 2, 0);
    assert_int_equal(parse(&file), 0);
    assert_int_equal(elf_find_note_sections(&elf, &error), 0);
    assert_int_equal(elf.notes_count, 0);
    test_file_poke(&file, 60, 2, 3);
    assert_int_equal(elf_find_note_sections(&elf, &error), -EINVAL);
    assert_string_equal(error, "is a truncated ELF file (section headers)");
    test_file_poke(&file, 60, 2, 2);
    test_file_poke(&file, 58, 2, 40);
    assert_int_equal(elf_find_note_sections(&elf, &error), -EINVAL);
    test_file_free(&file);
}

static void test_notes_may_be_aligned_to_8(void **state)
{
    static const uint8_t data[] = {
        4, 0, 0, 0, 2, 0, 0, 0, 7, 0, 0, 0, 'X', 'e', 'n', 0, 1,   2,   0,   0,
        0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 9,   0,   0,   0, 'X', 'e', 'n', 0};
    struct elf_note_slice slice = {data, sizeof(data), 8};
    struct elf_note note;
    size_t at = 0;

    (void)state;
    assert_int_equal(elf_next_note(&slice, &at, &note), 1);
    assert_int_equal(note.type, 7);
    assert_int_equal(note.desc_bytes, 2);
    assert_int_equal(note.desc[1], 2);
    assert_int_equal(elf_next_note(&slice, &at, &note), 1);
    assert_int_equal(note.type, 9);
    assert_int_equal(elf_next_note(&slice, &at, &note), 0);
}

static void test_notes_beyond_their_slice_are_errors(void **state)
{
    struct test_file file = test_file_read("elf/good");
    struct elf_note note;
    size_t at = 0;

    (void)state;
    test_file_poke(&file, NOTES_AT, 4, 0xffffffff);
    assert_int_equal(parse(&file), 0);
    assert_int_equal(elf_next_note(&elf.notes[0], &at, &note), -EINVAL);
    test_file_poke(&file, NOTES_AT, 4, 4);
    test_file_poke(&file, NOTES_AT + 4, 4, 0xfffffffd);
    assert_int_equal(elf_next_note(&elf.notes[0], &at, &note), -EINVAL);
    test_file_free(&file);
}

static void test_other_machines_are_named(void **state)
{
    (void)state;
    assert_field(0, 1, 0, "is not an ELF file");
    assert_field(4, 1, 1, "is a 32-bit ELF kernel");
    assert_field(4, 1, 9, "is an ELF file of an unknown class");
    assert_field(5, 1, 2, "is a big-endian ELF file");
    assert_field(18, 2, 3, "is a 32-bit ELF kernel");
    assert_field(18, 2, 183, "is an ELF file for another machine than x86-64");
    assert_field(16, 2, 1, "is an ELF file that is no executable");
}

static void test_headers_outside_are_named(void **state)
{
    (void)state;
    assert_field(56, 2, 0, "is an ELF file without program headers");
    assert_field(54, 2, 32, "is an ELF file with damaged program headers");
    assert_field(56, 2, 0xffff, "is a truncated ELF file (program headers)");
    assert_field(32, 8, UINT64_MAX - 7,
                 "is a truncated ELF file (program headers)");
}

static void test_segments_outside_are_named(void **state)
{
    const char *outside = "is a truncated ELF file (a segment lies outside)";
    const char *beyond = "has a segment beyond all physical memory";

    (void)state;
    assert_segment(0, P_OFFSET, 0x601, outside);
    assert_segment(0, P_OFFSET, UINT64_MAX, outside);
    assert_segment(0, P_FILESZ, 0x300, outside);
    assert_segment(0, P_PADDR, UINT64_MAX - 4095, beyond);
    assert_segment(0, P_MEMSZ, ELF_MAX_PADDR, beyond);
    assert_segment(0, P_MEMSZ, UINT64_MAX, beyond);
    assert_segment(0, P_MEMSZ, 0,
                   "has a segment that is larger in the file than in memory");
    assert_segment(0, P_MEMSZ, 0x3001, "has segments that overlap");
    assert_segment(1, P_PADDR, 0x1002fff, "has segments that overlap");
    assert_segment(2, P_OFFSET, UINT64_MAX,
                   "is a truncated ELF file (notes lie outside)");
}

static void test_every_cut_is_noticed(void **state)
{
    struct test_file file = test_file_read("elf/good");

    (void)state;
    for (size_t bytes = 0x67f; bytes > 3; bytes--) {
        test_file_cut(&file, bytes);
        assert_int_equal(parse(&file), -EINVAL);
        assert_memory_equal(error, "is a truncated ELF file", 23);
    }
    test_file_cut(&file, 3);
    assert_refused(&file, "is not an ELF file");
    test_file_free(&file);
}

static void test_crowds_are_refused(void **state)
{
    struct test_file file = test_file_read("elf/many-1");

    (void)state;
    assert_refused(&file, "is an ELF file with more than 16 segments");
    test_file_free(&file);
    file = test_file_read("elf/many-4");
    assert_refused(&file, "is an ELF file with more than 16 groups of notes");
    test_file_free(&file);
}

static void test_nothing_to_load_is_named(void **state)
{
    struct test_file file = test_file_read("elf/good");

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        test_file_poke(&file, PROGRAM_HEADER(i) + P_FILESZ, 8, 0);
        test_file_poke(&file, PROGRAM_HEADER(i) + P_MEMSZ, 8, 0);
    }
    assert_refused(&file, "is an ELF file with nothing to load");
    test_file_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_segments_are_found),
        cmocka_unit_test(test_notes_of_segments_are_read),
        cmocka_unit_test(test_notes_of_sections_are_found),
        cmocka_unit_test(test_sections_may_be_missing_or_outside),
        cmocka_unit_test(test_notes_may_be_aligned_to_8),
        cmocka_unit_test(test_notes_beyond_their_slice_are_errors),
        cmocka_unit_test(test_other_machines_are_named),
        cmocka_unit_test(test_headers_outside_are_named),
        cmocka_unit_test(test_segments_outside_are_named),
        cmocka_unit_test(test_every_cut_is_noticed),
        cmocka_unit_test(test_crowds_are_refused),
        cmocka_unit_test(test_nothing_to_load_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
