/*
 * boot/multiboot_internal.h - what the parsers of both protocols share. Layer:
 * boot. Pure.
 */
#ifndef BOOT_MULTIBOOT_INTERNAL_H
#define BOOT_MULTIBOOT_INTERNAL_H

#include "boot/multiboot.h"

const char *multiboot1_parse(paddr_t address, boot_map_fn *map,
                             struct boot_info *info);
const char *multiboot2_parse(paddr_t address, boot_map_fn *map,
                             struct boot_info *info);

/* Copies `n` characters, or fewer if there is a NUL; never NULL. */
const char *boot_keep_string(struct boot_info *info, const char *text,
                             size_t n);

/* A module; what is behind BOOT_MODULES_MAX is counted only. */
void boot_add_module(struct boot_info *info, paddr_t start, paddr_t end,
                     const char *string);

/* Without a memory map: KiB from 0 and KiB from 1 MiB on. */
void boot_add_basic_memory(struct boot_info *info, uint32_t lower_kib,
                           uint32_t upper_kib);

/* What both protocols have at the end of their framebuffer descriptions. */
struct boot_framebuffer {
    uint64_t address;
    uint32_t pitch, width, height;
    uint8_t bits_per_pixel;
    uint8_t type;
    uint8_t colours[6]; /* red, green, blue: position, size */
};

void boot_set_framebuffer(struct boot_info *info,
                          const struct boot_framebuffer *fb);

/* The two VBE blocks: 512 bytes each in what is copied, 512 and 256 in use. */
void boot_set_vbe(struct boot_info *info, uint16_t mode, const uint8_t *control,
                  const uint8_t *mode_info);

#endif
