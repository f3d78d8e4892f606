/*
 * boot/multiboot_test.c - what QEMU, GRUB 1 and GRUB 2 pass, and what no boot
 * loader should.
 */
/* link: hv/boot/multiboot.c hv/boot/multiboot1.c hv/boot/multiboot2.c
 * hv/boot/e820.c hv/boot/cmdline.c hv/lib/option.c hv/lib/string.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boot/multiboot.h"

/* The only physical memory there is. */
#define MEMORY_BYTES 0x8000U
#define INFO         0x1000U

static uint8_t memory[MEMORY_BYTES];
static struct boot_info info;

static const void *map(paddr_t address, size_t bytes)
{
    if (address > MEMORY_BYTES || MEMORY_BYTES - address < bytes)
        return NULL;
    return memory + address;
}

static int clear(void **state)
{
    (void)state;
    memset(memory, 0, sizeof(memory));
    return 0;
}

static void put32(uint32_t at, uint32_t value)
{
    memcpy(memory + at, &value, sizeof(value));
}

static void put64(uint32_t at, uint64_t value)
{
    memcpy(memory + at, &value, sizeof(value));
}

static void put_text(uint32_t at, const char *text)
{
    memcpy(memory + at, text, strlen(text) + 1);
}

static const char *parse(uint32_t magic)
{
    memset(&info, 0, sizeof(info));
    return multiboot_parse(magic, INFO, map, &info);
}

/* Multiboot 1: offsets of the specification's section 3.3. */

static void put_range1(uint32_t at, uint64_t start, uint64_t bytes,
                       uint32_t type)
{
    put32(at, 20);
    put64(at + 4, start);
    put64(at + 12, bytes);
    put32(at + 20, type);
}

/* As QEMU's -kernel, -append and -initrd make it. */
static void make_multiboot1(const char *loader)
{
    put32(INFO, 1 | 4 | 8 | 0x40 | 0x200);
    put32(INFO + 4, 639);
    put32(INFO + 8, 1024);
    put32(INFO + 16, 0x2000);
    put_text(0x2000, "build/paravane com1=115200 dom0_mem=1G");
    put32(INFO + 20, 2);
    put32(INFO + 24, 0x3000);
    put32(0x3000, 0x400000);
    put32(0x3004, 0x500000);
    put32(0x3008, 0x2100);
    put_text(0x2100, "vmlinuz console=hvc0 quiet");
    put32(0x3010, 0x500000);
    put32(0x3014, 0x600123);
    put32(0x3018, 0);
    put32(INFO + 44, 48);
    put32(INFO + 48, 0x4000);
    put_range1(0x4000, 0, 0x9fc00, 1);
    put_range1(0x4018, 0x100000, 0x7f00000, 1);
    put32(INFO + 64, 0x2200);
    put_text(0x2200, loader);
}

static void qemu(void **state)
{
    (void)state;
    make_multiboot1("qemu");
    assert_null(parse(MULTIBOOT1_MAGIC));
    assert_int_equal(info.protocol, 1);
    assert_string_equal(info.loader_name, "qemu");
    assert_string_equal(info.cmdline, "com1=115200 dom0_mem=1G");
    assert_int_equal(info.module_count, 2);
    assert_int_equal(info.modules[0].start, 0x400000);
    assert_int_equal(info.modules[0].end, 0x500000);
    assert_string_equal(info.modules[0].string, "vmlinuz console=hvc0 quiet");
    assert_string_equal(info.modules[0].args, "console=hvc0 quiet");
    assert_int_equal(info.modules[1].end, 0x600123);
    assert_string_equal(info.modules[1].args, "");
    assert_int_equal(e820_ram_bytes(&info.memory), 0x9f000 + 0x7f00000);
    assert_int_equal(info.rsdp_bytes, 0);
    assert_int_equal(info.video.kind, BOOT_VIDEO_UNKNOWN);
    assert_false(info.strings_cut || info.is_efi);
}

static void grub_versions(void **state)
{
    (void)state;
    make_multiboot1("GNU GRUB 0.97");
    assert_null(parse(MULTIBOOT1_MAGIC));
    assert_string_equal(info.cmdline, "com1=115200 dom0_mem=1G");
    make_multiboot1("GRUB 2.06-13");
    assert_null(parse(MULTIBOOT1_MAGIC));
    assert_string_equal(info.cmdline, "build/paravane com1=115200 dom0_mem=1G");
    assert_string_equal(info.modules[0].args, "vmlinuz console=hvc0 quiet");
}

static void memory_without_map(void **state)
{
    (void)state;
    make_multiboot1("qemu");
    put32(INFO, 1);
    assert_null(parse(MULTIBOOT1_MAGIC));
    assert_int_equal(e820_ram_bytes(&info.memory), (1024 + 636) << 10);
    assert_string_equal(info.cmdline, "");
    put32(INFO, 0);
    assert_string_equal(parse(MULTIBOOT1_MAGIC),
                        "the boot loader gave no memory map");
}

static void screens1(void **state)
{
    (void)state;
    make_multiboot1("GRUB 2.06");
    put32(INFO, 1 | 0x800 | 0x1000);
    put32(INFO + 72, 0x5000);
    put32(INFO + 76, 0x6000);
    put32(INFO + 80, 0x4118);
    put32(0x5000 + 10, 5);
    put32(0x6000, 0xbb);
    memory[0x6000 + 37] = 8;
    memory[0x6000 + 38] = 24;
    put64(INFO + 88, 0xfd000000);
    put32(INFO + 96, 4096);
    put32(INFO + 100, 1024);
    put32(INFO + 104, 768);
    memory[INFO + 108] = 32;
    memory[INFO + 109] = 1;
    memcpy(memory + INFO + 110, "\x10\x08\x08\x08\x00\x08", 6);
    assert_null(parse(MULTIBOOT1_MAGIC));
    assert_int_equal(info.video.kind, BOOT_VIDEO_RGB);
    assert_int_equal(info.video.address, 0xfd000000);
    assert_int_equal(info.video.pitch, 4096);
    assert_int_equal(info.video.width, 1024);
    assert_int_equal(info.video.height, 768);
    assert_int_equal(info.video.bits_per_pixel, 32);
    assert_int_equal(info.video.red.position, 16);
    assert_int_equal(info.video.blue.size, 8);
    assert_int_equal(info.video.reserved.position, 24);
    assert_true(info.video.has_vbe);
    assert_int_equal(info.video.vbe_mode, 0x4118);
    assert_int_equal(info.video.vbe_attributes, 0xbb);
    assert_int_equal(info.video.vbe_capabilities, 5);
    memory[INFO + 109] = 2;
    assert_null(parse(MULTIBOOT1_MAGIC));
    assert_int_equal(info.video.kind, BOOT_VIDEO_TEXT);
    memory[INFO + 109] = 3;
    assert_null(parse(MULTIBOOT1_MAGIC));
    assert_int_equal(info.video.kind, BOOT_VIDEO_UNKNOWN);
}

/* Each is one field of the good structure made bad. */
static void wrong_multiboot1(void **state)
{
    static const struct {
        uint32_t at, value;
        const char *error;
    } cases[] = {
        {INFO + 16, 0xffffffff, "the command line is outside of memory"},
        {INFO + 64, 0x9000, "the boot loader's name is outside of memory"},
        {INFO + 24, 0x9000, "the list of modules is outside of memory"},
        {INFO + 20, 9999, "the list of modules is outside of memory"},
        {0x3000, 0x700000, "a module ends before it starts"},
        {0x3008, 0x8000, "a module's string is outside of memory"},
        {INFO + 48, 0x7ff0, "the memory map is outside of memory"},
        {0x4000, 19, "the memory map has an entry of a wrong size"},
        {0x4000, 0xffffffff, "the memory map has an entry of a wrong size"},
        {INFO, 0x841, "the VBE information is outside of memory"},
        {INFO + 44, 23, "the boot loader gave no memory map"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        clear(NULL);
        make_multiboot1("qemu");
        put32(0x7ff8, 0x7000); /* the list of modules goes on forever */
        put32(INFO + 72, 0x5000);
        put32(INFO + 76, 0x7f80);
        if (cases[i].value == 9999)
            put32(INFO + 24, 0x7fe8);
        put32(cases[i].at, cases[i].value);
        assert_string_equal(parse(MULTIBOOT1_MAGIC), cases[i].error);
    }
}

static void outside(void **state)
{
    (void)state;
    assert_string_equal(multiboot_parse(MULTIBOOT1_MAGIC, 0x7fff, map, &info),
                        "the multiboot information is outside of memory");
    put32(0x7fb0, 0x1000);
    assert_string_equal(multiboot_parse(MULTIBOOT1_MAGIC, 0x7fb0, map, &info),
                        "the multiboot information is outside of memory");
    assert_string_equal(multiboot_parse(MULTIBOOT2_MAGIC, 0x7ffc, map, &info),
                        "the multiboot information is outside of memory");
    put32(0x7ff0, 64);
    assert_string_equal(multiboot_parse(MULTIBOOT2_MAGIC, 0x7ff0, map, &info),
                        "the multiboot information is outside of memory");
    assert_string_equal(multiboot_parse(0x1234, INFO, map, &info),
                        "not started by a multiboot boot loader");
}

static void many_modules(void **state)
{
    (void)state;
    make_multiboot1("qemu");
    memset(memory + 0x3000, 0, 0x1000);
    put32(INFO + 20, 40);
    assert_null(parse(MULTIBOOT1_MAGIC));
    assert_int_equal(info.module_count, BOOT_MODULES_MAX);
    assert_int_equal(info.modules_lost, 40 - BOOT_MODULES_MAX);
}

static void long_strings(void **state)
{
    (void)state;
    make_multiboot1("qemu");
    memset(memory + 0x5000, 'x', 0x2000);
    memset(memory + 0x3000, 0, 0x1000);
    put32(INFO + 20, 5);
    for (uint32_t i = 0; i < 5; i++)
        put32(0x3008 + 16 * i, 0x5000);
    assert_null(parse(MULTIBOOT1_MAGIC));
    assert_true(info.strings_cut);
    assert_int_equal(strlen(info.modules[0].string), 4096);
    assert_string_equal(info.modules[4].string, "");
    assert_int_equal(info.strings_used, BOOT_STRINGS_SIZE);
}

/* Multiboot 2: tags are put one behind the other. */

static uint32_t next_tag;

static int start2(void **state)
{
    clear(state);
    next_tag = INFO + 8;
    return 0;
}

/* Returns where the contents are. */
static uint32_t tag(uint32_t type, uint32_t bytes)
{
    uint32_t at = next_tag;

    put32(at, type);
    put32(at + 4, bytes + 8);
    next_tag += ROUND_UP(bytes + 8, 8U);
    return at + 8;
}

static void tag_text(uint32_t type, const char *text)
{
    put_text(tag(type, (uint32_t)strlen(text) + 1), text);
}

static void tag_module(uint32_t start, uint32_t end, const char *text)
{
    uint32_t at = tag(3, 8 + (uint32_t)strlen(text) + 1);

    put32(at, start);
    put32(at + 4, end);
    put_text(at + 8, text);
}

static void tag_memory_map(void)
{
    uint32_t at = tag(6, 8 + 48);

    put32(at, 24);
    put64(at + 8, 0);
    put64(at + 16, 0x9f000);
    put32(at + 24, 1);
    put64(at + 32, 0x100000);
    put64(at + 40, 0x1000000);
    put32(at + 48, 1);
}

static const char *parse2(void)
{
    tag(0, 0);
    put32(INFO, next_tag - INFO);
    return parse(MULTIBOOT2_MAGIC);
}

static void grub2(void **state)
{
    (void)state;
    tag_text(1, "placeholder noreboot");
    tag_text(2, "GRUB 2.06");
    tag_module(0x400000, 0x500000, "placeholder root=/dev/sda1");
    tag(10, 20);
    put32(tag(4, 8) + 4, 1024);
    tag_memory_map();
    memcpy(memory + tag(14, 20), "RSD PTR old", 11);
    memcpy(memory + tag(15, 36), "RSD PTR new", 11);
    memcpy(memory + tag(14, 20), "RSD PTR old", 11);
    assert_null(parse2());
    assert_int_equal(info.protocol, 2);
    assert_string_equal(info.loader_name, "GRUB 2.06");
    assert_string_equal(info.cmdline, "placeholder noreboot");
    assert_int_equal(info.module_count, 1);
    assert_string_equal(info.modules[0].args, "placeholder root=/dev/sda1");
    assert_int_equal(e820_ram_bytes(&info.memory), 0x109f000);
    assert_int_equal(info.rsdp_bytes, 36);
    assert_memory_equal(info.rsdp, "RSD PTR new", 11);
}

static void basic_memory2(void **state)
{
    uint32_t at = tag(4, 8);

    (void)state;
    put32(at, 640);
    put32(at + 4, 2048);
    assert_null(parse2());
    assert_int_equal(e820_ram_bytes(&info.memory), (640 + 2048) << 10);
}

static void screens2(void **state)
{
    uint32_t at;

    (void)state;
    tag_memory_map();
    at = tag(7, 8 + 512 + 256);
    put32(at, 0x118);
    put32(at + 8 + 10, 3);
    put32(at + 8 + 512, 0x99);
    at = tag(8, 30);
    put64(at, 0xc0000000);
    put32(at + 12, 1280);
    memory[at + 20] = 24;
    memory[at + 21] = 1;
    memory[at + 24] = 16;
    assert_null(parse2());
    assert_int_equal(info.video.kind, BOOT_VIDEO_RGB);
    assert_int_equal(info.video.width, 1280);
    assert_int_equal(info.video.red.position, 16);
    assert_int_equal(info.video.vbe_mode, 0x118);
    assert_int_equal(info.video.vbe_capabilities, 3);
    assert_int_equal(info.video.vbe_attributes, 0x99);
}

static void efi(void **state)
{
    (void)state;
    tag_memory_map();
    tag(17, 40);
    put32(tag(11, 4), 0x1234);
    put64(tag(12, 8), 0x7fffeeee0000);
    assert_null(parse2());
    assert_true(info.is_efi);
    assert_true(info.efi_system_table == 0x7fffeeee0000);
    start2(NULL);
    tag_memory_map();
    tag(18, 0);
    assert_string_equal(parse2(),
                        "the boot loader has not left EFI's boot services");
}

static void wrong_multiboot2(void **state)
{
    (void)state;
    tag_module(5, 4, "");
    assert_string_equal(parse2(), "a module ends before it starts");
    start2(NULL);
    tag(3, 4);
    assert_string_equal(parse2(), "a multiboot2 tag is too short");
    start2(NULL);
    put32(tag(1, 4) - 4, 7);
    assert_string_equal(parse2(), "a multiboot2 tag has a wrong size");
    start2(NULL);
    put32(tag(1, 4) - 4, 0x1000);
    assert_string_equal(parse2(), "a multiboot2 tag has a wrong size");
    start2(NULL);
    put32(tag(6, 8), 20);
    assert_string_equal(parse2(), "the memory map has entries of a wrong size");
    start2(NULL);
    tag_memory_map();
    put32(INFO, next_tag - INFO);
    assert_string_equal(parse(MULTIBOOT2_MAGIC),
                        "the multiboot2 information has no end");
    put32(INFO, 7);
    assert_string_equal(parse(MULTIBOOT2_MAGIC),
                        "the multiboot information has a wrong size");
    put32(INFO, 17 << 20);
    assert_string_equal(parse(MULTIBOOT2_MAGIC),
                        "the multiboot information has a wrong size");
    start2(NULL);
    assert_string_equal(parse2(), "the boot loader gave no memory map");
}

static void many_modules2(void **state)
{
    (void)state;
    tag_memory_map();
    for (uint32_t i = 0; i < BOOT_MODULES_MAX + 3; i++)
        tag_module(i, i, "");
    assert_null(parse2());
    assert_int_equal(info.module_count, BOOT_MODULES_MAX);
    assert_int_equal(info.modules_lost, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(qemu, clear),
        cmocka_unit_test_setup(grub_versions, clear),
        cmocka_unit_test_setup(memory_without_map, clear),
        cmocka_unit_test_setup(screens1, clear),
        cmocka_unit_test_setup(wrong_multiboot1, clear),
        cmocka_unit_test_setup(outside, clear),
        cmocka_unit_test_setup(many_modules, clear),
        cmocka_unit_test_setup(long_strings, clear),
        cmocka_unit_test_setup(grub2, start2),
        cmocka_unit_test_setup(basic_memory2, start2),
        cmocka_unit_test_setup(screens2, start2),
        cmocka_unit_test_setup(efi, start2),
        cmocka_unit_test_setup(wrong_multiboot2, start2),
        cmocka_unit_test_setup(many_modules2, start2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
