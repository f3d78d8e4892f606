/*
 * boot/multiboot2.c - the tags of Multiboot 2. Layer: boot. Pure.
 */
#include "boot/multiboot_internal.h"
#include "lib/string.h"

#define INFO_MAX (16U << 20) /* no boot loader gives a hundredth of that */

/* Tag types, from section 3.6; those not handled here are skipped. */
enum mb2_tag_type {
    TAG_END = 0,
    TAG_CMDLINE = 1,
    TAG_LOADER_NAME = 2,
    TAG_MODULE = 3,
    TAG_BASIC_MEMORY = 4,
    TAG_MEMORY_MAP = 6,
    TAG_VBE = 7,
    TAG_FRAMEBUFFER = 8,
    TAG_EFI32 = 11,
    TAG_EFI64 = 12,
    TAG_RSDP_OLD = 14,
    TAG_RSDP_NEW = 15,
    TAG_EFI_MEMORY_MAP = 17,
    TAG_EFI_NOT_LEFT = 18,
};

struct mb2_tag {
    uint32_t type;
    uint32_t size; /* with this header, without padding */
};

/* What of the tags is needed while they are read. */
struct mb2_state {
    struct boot_info *info;
    bool has_memory_map;
    bool has_basic_memory;
    uint32_t lower_kib, upper_kib;
};

/* A tag's contents behind its header. */
struct payload {
    const uint8_t *bytes;
    size_t n;
};

/* Copies n bytes from `at` on; the caller checked that they are there. */
static uint32_t get32(struct payload p, size_t at)
{
    uint32_t value;

    memcpy(&value, p.bytes + at, sizeof(value));
    return value;
}

static uint64_t get64(struct payload p, size_t at)
{
    return get32(p, at) | (uint64_t)get32(p, at + 4) << 32;
}

static const char *keep_string(struct boot_info *info, struct payload p,
                               size_t at)
{
    return boot_keep_string(info, (const char *)p.bytes + at, p.n - at);
}

static const char *take_cmdline(struct mb2_state *s, struct payload p)
{
    s->info->cmdline = keep_string(s->info, p, 0);
    return NULL;
}

static const char *take_loader_name(struct mb2_state *s, struct payload p)
{
    s->info->loader_name = keep_string(s->info, p, 0);
    return NULL;
}

static const char *take_module(struct mb2_state *s, struct payload p)
{
    uint32_t start = get32(p, 0), end = get32(p, 4);

    if (end < start)
        return "a module ends before it starts";
    boot_add_module(s->info, start, end, keep_string(s->info, p, 8));
    return NULL;
}

static const char *take_basic_memory(struct mb2_state *s, struct payload p)
{
    s->has_basic_memory = true;
    s->lower_kib = get32(p, 0);
    s->upper_kib = get32(p, 4);
    return NULL;
}

static const char *take_memory_map(struct mb2_state *s, struct payload p)
{
    uint32_t entry_size = get32(p, 0);

    if (entry_size < 24 || entry_size % 8)
        return "the memory map has entries of a wrong size";
    s->has_memory_map = true;
    for (size_t at = 8; p.n - at >= entry_size; at += entry_size)
        e820_add(&s->info->memory, get64(p, at), get64(p, at + 8),
                 get32(p, at + 16));
    return NULL;
}

static const char *take_vbe(struct mb2_state *s, struct payload p)
{
    boot_set_vbe(s->info, (uint16_t)get32(p, 0), p.bytes + 8,
                 p.bytes + 8 + 512);
    return NULL;
}

static const char *take_framebuffer(struct mb2_state *s, struct payload p)
{
    struct boot_framebuffer fb = {
        .address = get64(p, 0),
        .pitch = get32(p, 8),
        .width = get32(p, 12),
        .height = get32(p, 16),
        .bits_per_pixel = p.bytes[20],
        .type = p.bytes[21],
    };

    memcpy(fb.colours, p.bytes + 24, MIN(p.n - 24, sizeof(fb.colours)));
    boot_set_framebuffer(s->info, &fb);
    return NULL;
}

static const char *take_efi32(struct mb2_state *s, struct payload p)
{
    s->info->is_efi = true;
    s->info->efi_system_table = get32(p, 0);
    return NULL;
}

static const char *take_efi64(struct mb2_state *s, struct payload p)
{
    s->info->is_efi = true;
    s->info->efi_system_table = get64(p, 0);
    return NULL;
}

static const char *take_efi_memory_map(struct mb2_state *s, struct payload p)
{
    (void)p; /* the boot loader has turned it into the ordinary map */
    s->info->is_efi = true;
    return NULL;
}

static const char *take_efi_not_left(struct mb2_state *s, struct payload p)
{
    (void)s;
    (void)p;
    return "the boot loader has not left EFI's boot services";
}

static const char *take_rsdp(struct mb2_state *s, struct payload p)
{
    struct boot_info *info = s->info;
    size_t n = p.n >= sizeof(info->rsdp) ? sizeof(info->rsdp) : 20;

    if (n > info->rsdp_bytes) {
        memcpy(info->rsdp, p.bytes, n);
        info->rsdp_bytes = (uint8_t)n;
    }
    return NULL;
}

static const struct {
    uint32_t type;
    uint32_t min_bytes;
    const char *(*take)(struct mb2_state *s, struct payload p);
} handlers[] = {
    {TAG_CMDLINE, 0, take_cmdline},
    {TAG_LOADER_NAME, 0, take_loader_name},
    {TAG_MODULE, 8, take_module},
    {TAG_BASIC_MEMORY, 8, take_basic_memory},
    {TAG_MEMORY_MAP, 8, take_memory_map},
    {TAG_VBE, 8 + 512 + 256, take_vbe},
    {TAG_FRAMEBUFFER, 24, take_framebuffer},
    {TAG_EFI32, 4, take_efi32},
    {TAG_EFI64, 8, take_efi64},
    {TAG_RSDP_OLD, 20, take_rsdp},
    {TAG_RSDP_NEW, 20, take_rsdp},
    {TAG_EFI_MEMORY_MAP, 0, take_efi_memory_map},
    {TAG_EFI_NOT_LEFT, 0, take_efi_not_left},
};

static const char *take_tag(struct mb2_state *s, uint32_t type,
                            struct payload p)
{
    for (size_t i = 0; i < ARRAY_SIZE(handlers); i++) {
        if (handlers[i].type != type)
            continue;
        if (p.n < handlers[i].min_bytes)
            return "a multiboot2 tag is too short";
        return handlers[i].take(s, p);
    }
    return NULL;
}

/* `bytes` has the tags: n bytes, beginning at a multiple of eight. */
static const char *take_tags(struct mb2_state *s, const uint8_t *bytes,
                             size_t n)
{
    size_t at = 0;

    while (n - at >= sizeof(struct mb2_tag)) {
        struct payload p;
        struct mb2_tag tag;
        const char *error;

        memcpy(&tag, bytes + at, sizeof(tag));
        if (tag.type == TAG_END)
            return NULL;
        if (tag.size < sizeof(tag) || tag.size > n - at)
            return "a multiboot2 tag has a wrong size";
        p = (struct payload){bytes + at + sizeof(tag), tag.size - sizeof(tag)};
        error = take_tag(s, tag.type, p);
        if (error)
            return error;
        at += MIN(ROUND_UP((size_t)tag.size, 8UL), n - at);
    }
    return "the multiboot2 information has no end";
}

const char *multiboot2_parse(paddr_t address, boot_map_fn *map,
                             struct boot_info *info)
{
    struct mb2_state s = {.info = info};
    const uint8_t *p = map(address, 8);
    const char *error;
    uint32_t size;

    info->protocol = 2;
    if (!p)
        return "the multiboot information is outside of memory";
    memcpy(&size, p, sizeof(size));
    if (size < 8 || size > INFO_MAX)
        return "the multiboot information has a wrong size";
    p = map(address, size);
    if (!p)
        return "the multiboot information is outside of memory";
    error = take_tags(&s, p + 8, size - 8);
    if (!error && !s.has_memory_map && s.has_basic_memory)
        boot_add_basic_memory(info, s.lower_kib, s.upper_kib);
    return error;
}
