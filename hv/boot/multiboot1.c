/*
 * boot/multiboot1.c - the Multiboot 1 information structure. Layer: boot. Pure.
 */
#include "boot/multiboot_internal.h"
#include "lib/string.h"

#define FLAG_BASIC_MEMORY (1U << 0)
#define FLAG_CMDLINE      (1U << 2)
#define FLAG_MODULES      (1U << 3)
#define FLAG_MEMORY_MAP   (1U << 6)
#define FLAG_LOADER_NAME  (1U << 9)
#define FLAG_VBE          (1U << 11)
#define FLAG_FRAMEBUFFER  (1U << 12)

struct mb1_info {
    uint32_t flags;
    uint32_t lower_kib, upper_kib;
    uint32_t boot_device;
    uint32_t cmdline;
    uint32_t mods_count, mods_addr;
    uint32_t syms[4];
    uint32_t mmap_length, mmap_addr;
    uint32_t drives_length, drives_addr;
    uint32_t config_table;
    uint32_t loader_name;
    uint32_t apm_table;
    uint32_t vbe_control, vbe_mode_info;
    uint16_t vbe_mode, vbe_interface[3];
    uint64_t fb_address;
    uint32_t fb_pitch, fb_width, fb_height;
    uint8_t fb_bits_per_pixel, fb_type;
    uint8_t fb_colours[6];
} __packed;

_Static_assert(sizeof(struct mb1_info) == 116, "multiboot 0.6.96, 3.3");

/* The part that exists whatever the flags say. */
#define MB1_INFO_BASE offsetof(struct mb1_info, vbe_control)

struct mb1_module {
    uint32_t start, end, string, reserved;
};

struct mb1_range {
    uint32_t size; /* of what follows */
    uint64_t address, bytes;
    uint32_t type;
} __packed;

#define STRING_MAX 4096U

/* A string of unknown length, read in pieces that cross no page. */
static const char *keep_string_at(struct boot_info *info, boot_map_fn *map,
                                  paddr_t address)
{
    char text[STRING_MAX];
    size_t n = 0;

    while (n < sizeof(text)) {
        size_t piece = MIN(64 - (address + n) % 64, sizeof(text) - n);
        const char *p = map(address + n, piece);
        size_t length;

        if (!p)
            return NULL;
        length = strnlen(p, piece);
        memcpy(text + n, p, length);
        n += length;
        if (length < piece)
            break;
    }
    return boot_keep_string(info, text, n);
}

static const char *parse_strings(const struct mb1_info *mb, boot_map_fn *map,
                                 struct boot_info *info)
{
    if (mb->flags & FLAG_LOADER_NAME) {
        info->loader_name = keep_string_at(info, map, mb->loader_name);
        if (!info->loader_name)
            return "the boot loader's name is outside of memory";
    }
    if (mb->flags & FLAG_CMDLINE) {
        info->cmdline = keep_string_at(info, map, mb->cmdline);
        if (!info->cmdline)
            return "the command line is outside of memory";
    }
    return NULL;
}

static const char *parse_module(paddr_t address, boot_map_fn *map,
                                struct boot_info *info)
{
    const void *p = map(address, sizeof(struct mb1_module));
    const char *string = "";
    struct mb1_module module;

    if (!p)
        return "the list of modules is outside of memory";
    memcpy(&module, p, sizeof(module));
    if (module.end < module.start)
        return "a module ends before it starts";
    if (module.string)
        string = keep_string_at(info, map, module.string);
    if (!string)
        return "a module's string is outside of memory";
    boot_add_module(info, module.start, module.end, string);
    return NULL;
}

static const char *parse_modules(const struct mb1_info *mb, boot_map_fn *map,
                                 struct boot_info *info)
{
    uint32_t count = MIN(mb->mods_count, BOOT_MODULES_MAX);

    info->modules_lost = mb->mods_count - count;
    for (uint32_t i = 0; i < count; i++) {
        const char *error = parse_module(
            mb->mods_addr + (paddr_t)i * sizeof(struct mb1_module), map, info);

        if (error)
            return error;
    }
    return NULL;
}

static const char *parse_memory_map(const struct mb1_info *mb, boot_map_fn *map,
                                    struct boot_info *info)
{
    paddr_t at = mb->mmap_addr, end = at + mb->mmap_length;

    while (end - at >= sizeof(struct mb1_range)) {
        const void *p = map(at, sizeof(struct mb1_range));
        struct mb1_range range;

        if (!p)
            return "the memory map is outside of memory";
        memcpy(&range, p, sizeof(range));
        if (range.size < sizeof(range) - sizeof(range.size) ||
            range.size > end - at - sizeof(range.size))
            return "the memory map has an entry of a wrong size";
        e820_add(&info->memory, range.address, range.bytes, range.type);
        at += sizeof(range.size) + range.size;
    }
    return NULL;
}

static const char *parse_vbe(const struct mb1_info *mb, boot_map_fn *map,
                             struct boot_info *info)
{
    const void *p = map(mb->vbe_control, 512);
    uint8_t control[512];

    if (!p)
        return "the VBE information is outside of memory";
    memcpy(control, p, sizeof(control));
    p = map(mb->vbe_mode_info, 256);
    if (!p)
        return "the VBE information is outside of memory";
    boot_set_vbe(info, mb->vbe_mode, control, p);
    return NULL;
}

static void parse_framebuffer(const struct mb1_info *mb, struct boot_info *info)
{
    struct boot_framebuffer fb = {
        .address = mb->fb_address,
        .pitch = mb->fb_pitch,
        .width = mb->fb_width,
        .height = mb->fb_height,
        .bits_per_pixel = mb->fb_bits_per_pixel,
        .type = mb->fb_type,
    };

    memcpy(fb.colours, mb->fb_colours, sizeof(fb.colours));
    boot_set_framebuffer(info, &fb);
}

static const char *parse_memory(const struct mb1_info *mb, boot_map_fn *map,
                                struct boot_info *info)
{
    if (mb->flags & FLAG_MEMORY_MAP)
        return parse_memory_map(mb, map, info);
    if (mb->flags & FLAG_BASIC_MEMORY)
        boot_add_basic_memory(info, mb->lower_kib, mb->upper_kib);
    return NULL;
}

/* Reads as much of the structure as its flags say that there is. */
static bool read_info(paddr_t address, boot_map_fn *map, struct mb1_info *mb)
{
    const void *p = map(address, MB1_INFO_BASE);

    memset(mb, 0, sizeof(*mb));
    if (!p)
        return false;
    memcpy(mb, p, MB1_INFO_BASE);
    if (!(mb->flags & (FLAG_VBE | FLAG_FRAMEBUFFER)))
        return true;
    p = map(address, sizeof(*mb));
    if (!p)
        return false;
    memcpy(mb, p, sizeof(*mb));
    return true;
}

const char *multiboot1_parse(paddr_t address, boot_map_fn *map,
                             struct boot_info *info)
{
    const char *error;
    struct mb1_info mb;

    info->protocol = 1;
    if (!read_info(address, map, &mb))
        return "the multiboot information is outside of memory";
    error = parse_strings(&mb, map, info);
    if (!error && (mb.flags & FLAG_MODULES))
        error = parse_modules(&mb, map, info);
    if (!error)
        error = parse_memory(&mb, map, info);
    if (!error && (mb.flags & FLAG_VBE))
        error = parse_vbe(&mb, map, info);
    if (!error && (mb.flags & FLAG_FRAMEBUFFER))
        parse_framebuffer(&mb, info);
    return error;
}
