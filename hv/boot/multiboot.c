/*
 * boot/multiboot.c - what the boot loader tells: the part common to Multiboot 1
 * and 2. Layer: boot. Pure.
 */
#include "boot/multiboot.h"

#include "boot/cmdline.h"
#include "boot/multiboot_internal.h"
#include "lib/string.h"

const char *boot_keep_string(struct boot_info *info, const char *text, size_t n)
{
    size_t room = sizeof(info->strings) - info->strings_used;
    char *copy = info->strings + info->strings_used;

    n = strnlen(text, n);
    if (n >= room) {
        info->strings_cut = true;
        if (room == 0)
            return "";
        n = room - 1;
    }
    memcpy(copy, text, n);
    copy[n] = '\0';
    info->strings_used += (uint32_t)n + 1;
    return copy;
}

void boot_add_module(struct boot_info *info, paddr_t start, paddr_t end,
                     const char *string)
{
    if (info->module_count == BOOT_MODULES_MAX) {
        info->modules_lost++;
        return;
    }
    info->modules[info->module_count++] = (struct boot_module){
        .start = start,
        .end = end,
        .string = string,
        .args = string,
    };
}

void boot_add_basic_memory(struct boot_info *info, uint32_t lower_kib,
                           uint32_t upper_kib)
{
    e820_add(&info->memory, 0, (uint64_t)lower_kib << 10, E820_RAM);
    e820_add(&info->memory, 1UL << 20, (uint64_t)upper_kib << 10, E820_RAM);
}

void boot_set_framebuffer(struct boot_info *info,
                          const struct boot_framebuffer *fb)
{
    static const enum boot_video_kind kinds[] = {
        BOOT_VIDEO_INDEXED, BOOT_VIDEO_RGB, BOOT_VIDEO_TEXT};
    struct boot_video *video = &info->video;

    if (fb->type >= ARRAY_SIZE(kinds))
        return;
    video->kind = kinds[fb->type];
    video->address = fb->address;
    video->pitch = fb->pitch;
    video->width = fb->width;
    video->height = fb->height;
    video->bits_per_pixel = fb->bits_per_pixel;
    if (video->kind != BOOT_VIDEO_RGB)
        return;
    video->red = (struct boot_colour){fb->colours[0], fb->colours[1]};
    video->green = (struct boot_colour){fb->colours[2], fb->colours[3]};
    video->blue = (struct boot_colour){fb->colours[4], fb->colours[5]};
}

/* Offsets: VESA BIOS Extension 3.0, VbeInfoBlock and ModeInfoBlock. */
void boot_set_vbe(struct boot_info *info, uint16_t mode, const uint8_t *control,
                  const uint8_t *mode_info)
{
    struct boot_video *video = &info->video;

    video->has_vbe = true;
    video->vbe_mode = mode;
    memcpy(&video->vbe_capabilities, control + 10, 4);
    memcpy(&video->vbe_attributes, mode_info, 2);
    video->reserved = (struct boot_colour){mode_info[38], mode_info[37]};
}

/*
 * Multiboot 1 loaders (GRUB 0.x, QEMU, iPXE, syslinux) put the file's name in
 * front of the arguments; GRUB from version 1 on does not.
 */
static bool loader_gives_file_names(const struct boot_info *info)
{
    const char *grub = strstr(info->loader_name, "GRUB ");

    if (info->protocol != 1)
        return false;
    return !grub || grub[5] == '0';
}

static void skip_file_names(struct boot_info *info)
{
    info->cmdline = cmdline_skip_word(info->cmdline);
    for (uint32_t i = 0; i < info->module_count; i++) {
        struct boot_module *module = &info->modules[i];

        module->args = cmdline_skip_word(module->string);
    }
}

const char *multiboot_parse(uint32_t magic, paddr_t address, boot_map_fn *map,
                            struct boot_info *info)
{
    const char *error;

    info->loader_name = "";
    info->cmdline = "";
    if (magic == MULTIBOOT1_MAGIC)
        error = multiboot1_parse(address, map, info);
    else if (magic == MULTIBOOT2_MAGIC)
        error = multiboot2_parse(address, map, info);
    else
        error = "not started by a multiboot boot loader";
    if (error)
        return error;
    if (info->memory.count == 0)
        return "the boot loader gave no memory map";
    if (loader_gives_file_names(info))
        skip_file_names(info);
    return NULL;
}
