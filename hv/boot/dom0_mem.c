/*
 * boot/dom0_mem.c - how much memory dom0 gets. Layer: boot. Pure.
 */
#include "boot/dom0_mem.h"

#include "abi/errno.h"
#include "lib/option.h"
#include "lib/string.h"

#define RESERVE_MAX_PAGES ((128UL << 20) >> PAGE_SHIFT)

/* BYTES or PERCENT%; each may come once. */
static bool parse_term(const char **text, struct dom0_mem_size *size,
                       bool *has_bytes, bool *has_percent)
{
    const char *end;
    uint64_t bytes, number = str_to_u64(*text, &end);

    if (end != *text && *end == '%') {
        if (number >= 100 || *has_percent)
            return false;
        size->percent = (uint8_t)number;
        *has_percent = true;
        *text = end + 1;
        return true;
    }
    if (*has_bytes || !option_parse_size(*text, text, &bytes))
        return false;
    size->pages = bytes >> PAGE_SHIFT;
    *has_bytes = true;
    return true;
}

static bool parse_size(const char *text, struct dom0_mem_size *size)
{
    struct dom0_mem_size s = {.given = true};
    bool has_bytes = false, has_percent = false;

    if (*text == '-') {
        s.all_but = true;
        text++;
    }
    while (parse_term(&text, &s, &has_bytes, &has_percent)) {
        if (*text == '\0') {
            *size = s;
            return true;
        }
        if (*text++ != '+')
            return false;
    }
    return false;
}

int dom0_mem_parse(const char *text, struct dom0_mem *mem)
{
    struct dom0_mem m = *mem;
    char item[48];

    while (option_next_item(&text, item, sizeof(item))) {
        bool good;

        if (strncmp(item, "min:", 4) == 0)
            good = parse_size(item + 4, &m.min);
        else if (strncmp(item, "max:", 4) == 0)
            good = parse_size(item + 4, &m.max);
        else
            good = parse_size(item, &m.size);
        if (!good)
            return -EINVAL;
    }
    *mem = m;
    return 0;
}

static uint64_t pages_of(const struct dom0_mem_size *size, uint64_t available)
{
    /* Not available * percent / 100: that could overflow. */
    uint64_t share =
        available / 100 * size->percent + available % 100 * size->percent / 100;
    uint64_t pages;

    if (__builtin_add_overflow(size->pages, share, &pages))
        pages = UINT64_MAX;
    if (!size->all_but)
        return pages;
    return pages < available ? available - pages : 0;
}

uint64_t dom0_mem_max_pages(const struct dom0_mem *mem,
                            uint64_t available_pages)
{
    return mem->max.given ? pages_of(&mem->max, available_pages) : UINT64_MAX;
}

uint64_t dom0_mem_pages(const struct dom0_mem *mem, uint64_t available_pages)
{
    uint64_t max = dom0_mem_max_pages(mem, available_pages);
    uint64_t pages;

    if (mem->size.given)
        pages = pages_of(&mem->size, available_pages);
    else
        pages = available_pages - MIN(available_pages / 16, RESERVE_MAX_PAGES);
    if (mem->min.given)
        pages = MAX(pages, pages_of(&mem->min, available_pages));
    pages = MIN(pages, max);
    return MIN(pages, available_pages);
}
