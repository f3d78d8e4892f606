/*
 * lib/option.h - how a room declares its command-line options. Layer: lib.
 *
 * Each declaration puts one struct cmdline_option into the section
 * .init.options; the linker script bounds the section (aligned to eight) by
 * options_start and options_end. boot/cmdline.c parses the command line over
 * that array before the rooms are initialised. A later option of the same name
 * on the command line wins.
 */
#ifndef LIB_OPTION_H
#define LIB_OPTION_H

#include "lib/types.h"

enum option_kind {
    OPTION_BOOL,   /* bool: "name", "no-name", "name=yes" */
    OPTION_U32,    /* uint32_t: a number in the notation of C */
    OPTION_CUSTOM, /* parse(value) */
};

struct cmdline_option {
    const char *name;
    enum option_kind kind;
    union {
        void *target;
        /*
         * `value` is "" for a bare name and NULL for "no-name". A negative
         * errno value makes the option reported as malformed.
         */
        int (*parse)(const char *value);
    };
};

#define OPTION_DECLARE(name_, ...)                                             \
    static const struct cmdline_option option_##name_ __used __section(        \
        ".init.options") __aligned(8) = {__VA_ARGS__}

/*
 * `text` is the name on the command line, `var` the variable that it sets (and
 * that names the declaration): OPTION_DEFINE_BOOL("noreboot", noreboot);
 */
#define OPTION_DEFINE_BOOL(text, var)                                          \
    OPTION_DECLARE(var, .name = (text), .kind = OPTION_BOOL, .target = &(var))
#define OPTION_DEFINE_U32(text, var)                                           \
    OPTION_DECLARE(var, .name = (text), .kind = OPTION_U32, .target = &(var))
#define OPTION_DEFINE_CUSTOM(text, function)                                   \
    OPTION_DECLARE(function, .name = (text), .kind = OPTION_CUSTOM,            \
                   .parse = (function))

/* For parse functions. Pure. */

/* 1 for yes, on, true, enable, 1 and ""; 0 for their opposites; else -1. */
int option_parse_bool(const char *text);

/*
 * A number with B, K, M, G or T behind it (any case), K being assumed without
 * (as Xen does); *end is set behind it. A value beyond 64 bits saturates.
 * Returns false when there is no number.
 */
bool option_parse_size(const char *text, const char **end, uint64_t *bytes);

/*
 * Copies the next item of a comma-separated list to `item` and moves *list
 * behind it. Returns false at the end. An item that does not fit is cut.
 */
bool option_next_item(const char **list, char *item, size_t size);

#endif
