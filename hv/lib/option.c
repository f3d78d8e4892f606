/*
 * lib/option.c - what parsers of option values share. Layer: lib. Pure.
 */
#include "lib/option.h"

#include "lib/string.h"

static bool is_one_of(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(text, words[i]) == 0)
            return true;
    }
    return false;
}

int option_parse_bool(const char *text)
{
    static const char *const yes[] = {"", "yes", "on", "true", "enable", "1"};
    static const char *const no[] = {"no", "off", "false", "disable", "0"};

    if (is_one_of(text, yes, ARRAY_SIZE(yes)))
        return 1;
    return is_one_of(text, no, ARRAY_SIZE(no)) ? 0 : -1;
}

/* Returns the power of two of a unit's letter, or -1. */
static int unit_shift(char c)
{
    switch (c | 0x20) {
    case 'b':
        return 0;
    case 'k':
        return 10;
    case 'm':
        return 20;
    case 'g':
        return 30;
    case 't':
        return 40;
    default:
        return -1;
    }
}

bool option_parse_size(const char *text, const char **end, uint64_t *bytes)
{
    uint64_t value = str_to_u64(text, end);
    int shift = unit_shift(**end);

    if (*end == text)
        return false;
    if (shift < 0)
        shift = 10;
    else
        ++*end;
    if (value > UINT64_MAX >> shift)
        *bytes = UINT64_MAX;
    else
        *bytes = value << shift;
    return true;
}

bool option_next_item(const char **list, char *item, size_t size)
{
    const char *p = *list;
    size_t n = 0;

    if (!*p)
        return false;
    for (; *p && *p != ','; p++) {
        if (n + 1 < size)
            item[n++] = *p;
    }
    item[n] = '\0';
    *list = *p ? p + 1 : p;
    return true;
}
