/*
 * boot/multiboot.h - what the boot loader tells. Layer: boot. Pure: physical
 * memory is read only through the accessor, and everything needed later is
 * copied. Sources: Multiboot Specification 0.6.96, Multiboot2 2.0.
 */
#ifndef BOOT_MULTIBOOT_H
#define BOOT_MULTIBOOT_H

#include "boot/e820.h"
#include "lib/types.h"

#define MULTIBOOT1_MAGIC 0x2badb002U /* eax at the entry */
#define MULTIBOOT2_MAGIC 0x36d76289U

#define BOOT_MODULES_MAX  32
#define BOOT_STRINGS_SIZE 16384

struct boot_module {
    paddr_t start;
    paddr_t end;        /* exclusive */
    const char *string; /* as the boot loader gave it, with a file name if so */
    const char *args;   /* the part of it behind the file name, if it has one */
};

enum boot_video_kind {
    BOOT_VIDEO_UNKNOWN, /* the boot loader says nothing: text mode on a PC */
    BOOT_VIDEO_TEXT,
    BOOT_VIDEO_INDEXED,
    BOOT_VIDEO_RGB,
};

struct boot_colour {
    uint8_t position;
    uint8_t size;
};

struct boot_video {
    enum boot_video_kind kind;
    paddr_t address;
    uint32_t pitch;         /* bytes a line */
    uint32_t width, height; /* characters for BOOT_VIDEO_TEXT, else pixels */
    uint8_t bits_per_pixel;
    struct boot_colour red, green, blue, reserved; /* BOOT_VIDEO_RGB only */
    bool has_vbe;
    uint16_t vbe_mode;
    uint16_t vbe_attributes;   /* of the mode information block */
    uint32_t vbe_capabilities; /* of the controller information block */
};

/* Not to be copied: it points into itself. */
struct boot_info {
    uint8_t protocol; /* 1 or 2 */
    const char *loader_name;
    const char *cmdline; /* without a file name in front */
    uint32_t module_count;
    uint32_t modules_lost; /* more than BOOT_MODULES_MAX */
    struct boot_module modules[BOOT_MODULES_MAX];
    struct e820_map memory;
    uint8_t rsdp[36];   /* a copy, unchecked */
    uint8_t rsdp_bytes; /* 0: the loader gave none; then 20 or 36 */
    struct boot_video video;
    bool is_efi;
    uint64_t efi_system_table;
    bool strings_cut; /* BOOT_STRINGS_SIZE was not enough */
    uint32_t strings_used;
    char strings[BOOT_STRINGS_SIZE];
};

/* Access to `bytes` of physical memory, or NULL; valid until the next call. */
typedef const void *boot_map_fn(paddr_t address, size_t bytes);

/*
 * Fills *info (all zero before) from what ebx pointed at. Returns NULL, or what
 * is wrong with it as a piece of a sentence; *info is then not to be used.
 */
const char *multiboot_parse(uint32_t magic, paddr_t address, boot_map_fn *map,
                            struct boot_info *info);

#endif
