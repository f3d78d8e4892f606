/*
 * boot/cmdline.h - the hypervisor's command line. Layer: boot. Pure.
 * Source: xen-command-line (package xen-doc), section "Types of parameter".
 */
#ifndef BOOT_CMDLINE_H
#define BOOT_CMDLINE_H

#include "lib/option.h"

enum cmdline_problem {
    CMDLINE_UNKNOWN,   /* nobody declared an option of that name */
    CMDLINE_MALFORMED, /* its value is not what the option takes */
    CMDLINE_TOO_LONG,  /* more than CMDLINE_WORD_MAX characters */
};

#define CMDLINE_WORD_MAX 255

/*
 * Sets the declared options as the words of `line`, up to a word "--", say; the
 * last of several wins. A word that cannot be used is reported (`word` cut to
 * CMDLINE_WORD_MAX) and changes nothing.
 */
void cmdline_parse(const char *line, const struct cmdline_option *options,
                   size_t count,
                   void (*report)(const char *word, enum cmdline_problem why));

/* What follows a word "--": for dom0's kernel. "" without one. */
const char *cmdline_guest_part(const char *line);

/* Behind the first word: some boot loaders put the file's name there. */
const char *cmdline_skip_word(const char *line);

#endif
