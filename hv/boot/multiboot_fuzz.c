/*
 * boot/multiboot_fuzz.c - any bytes as all the memory a boot loader filled. The
 * first byte is the protocol; the information starts at address 0.
 */
/* link: hv/boot/multiboot.c hv/boot/multiboot1.c hv/boot/multiboot2.c
 * hv/boot/e820.c hv/boot/cmdline.c hv/lib/option.c hv/lib/string.c */
/* covers: hv/boot/multiboot.c hv/boot/multiboot1.c hv/boot/multiboot2.c */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "boot/multiboot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const uint8_t *memory;
static size_t memory_bytes;
static struct boot_info info;

/* A copy of just these bytes, so that reading more is noticed. */
static const void *map(paddr_t address, size_t bytes)
{
    static void *copy;

    if (address > memory_bytes || memory_bytes - address < bytes)
        return NULL;
    free(copy);
    copy = malloc(bytes ? bytes : 1);
    memcpy(copy, memory + address, bytes);
    return copy;
}

static void check_string(const char *s)
{
    if (strlen(s) >= BOOT_STRINGS_SIZE)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    uint32_t magic = MULTIBOOT1_MAGIC;

    if (n == 0)
        return 0;
    if (data[0] != '1')
        magic = data[0] == '2' ? MULTIBOOT2_MAGIC : 0;
    memory = data + 1;
    memory_bytes = n - 1;
    memset(&info, 0, sizeof(info));
    if (multiboot_parse(magic, 0, map, &info))
        return 0;
    if (info.module_count > BOOT_MODULES_MAX || info.memory.count == 0)
        abort();
    check_string(info.cmdline);
    check_string(info.loader_name);
    for (uint32_t i = 0; i < info.module_count; i++) {
        if (info.modules[i].start > info.modules[i].end)
            abort();
        check_string(info.modules[i].string);
        check_string(info.modules[i].args);
    }
    return 0;
}
