/* args.h - the domain's command line, as words. Layer: boot. Pure. */
#ifndef UK_BOOT_ARGS_H
#define UK_BOOT_ARGS_H

#include "lib/types.h"

/*
 * Splits `line` into words as a shell would: blanks part, '...' and "..." and
 * \ quote. They are written to `out`, each with a zero byte behind it; `ends`
 * gets what lies behind the last one. Gives their number; -1 for an open quote,
 * -2 if they do not fit.
 */
int args_split(const char *line, char *out, size_t size, char **end);

/* How many of the `count` words at `words` are NAME=value, before any other. */
int args_count_environment(const char *words, int count);

#endif
