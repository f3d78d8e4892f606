/*
 * boot/cmdline.c - the hypervisor's command line. Layer: boot. Pure.
 */
#include "boot/cmdline.h"

#include "abi/errno.h"
#include "lib/string.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *skip_blanks(const char *p)
{
    while (is_blank(*p))
        p++;
    return p;
}

static const char *word_end(const char *p)
{
    while (*p && !is_blank(*p))
        p++;
    return p;
}

const char *cmdline_skip_word(const char *line)
{
    return skip_blanks(word_end(skip_blanks(line)));
}

static bool is_separator(const char *word)
{
    return strncmp(word, "--", 2) == 0 && word_end(word) == word + 2;
}

const char *cmdline_guest_part(const char *line)
{
    for (line = skip_blanks(line); *line; line = cmdline_skip_word(line)) {
        if (is_separator(line))
            return skip_blanks(line + 2);
    }
    return line;
}

/* `value` is NULL for "no-name" in the following functions. */
static int set_bool(const struct cmdline_option *option, const char *value)
{
    int flag = value ? option_parse_bool(value) : 0;

    if (flag < 0)
        return -EINVAL;
    *(bool *)option->target = flag;
    return 0;
}

static int set_number(const struct cmdline_option *option, const char *value)
{
    const char *end;
    uint64_t number;

    if (!value)
        return -EINVAL;
    number = str_to_u64(value, &end);
    if (end == value || *end || number > UINT32_MAX)
        return -EINVAL;
    *(uint32_t *)option->target = (uint32_t)number;
    return 0;
}

static int set_option(const struct cmdline_option *option, const char *value)
{
    switch (option->kind) {
    case OPTION_BOOL:
        return set_bool(option, value);
    case OPTION_U32:
        return set_number(option, value);
    case OPTION_CUSTOM:
        return option->parse(value);
    }
    return -EINVAL;
}

/* Sets every option of that name; -ENOENT when there is none. */
static int set_named(const struct cmdline_option *options, size_t count,
                     const char *name, const char *value)
{
    int result = -ENOENT;

    for (size_t i = 0; i < count; i++) {
        if (strcmp(options[i].name, name) == 0) {
            result = set_option(&options[i], value);
            if (result < 0)
                return result;
        }
    }
    return result;
}

/* `word` may be written to: "name=value", "name" or "no-name". */
static int take_word(const struct cmdline_option *options, size_t count,
                     char *word)
{
    char *value = strchr(word, '=');
    int result;

    if (value)
        *value = '\0';
    result = set_named(options, count, word, value ? value + 1 : "");
    if (result == -ENOENT && !value && strncmp(word, "no-", 3) == 0)
        result = set_named(options, count, word + 3, NULL);
    if (value)
        *value = '=';
    return result;
}

void cmdline_parse(const char *line, const struct cmdline_option *options,
                   size_t count,
                   void (*report)(const char *word, enum cmdline_problem why))
{
    char word[CMDLINE_WORD_MAX + 1];

    for (line = skip_blanks(line); *line && !is_separator(line);
         line = cmdline_skip_word(line)) {
        size_t n = (size_t)(word_end(line) - line);
        int result;

        str_copy(word, line, MIN(n + 1, sizeof(word)));
        if (n >= sizeof(word)) {
            report(word, CMDLINE_TOO_LONG);
            continue;
        }
        result = take_word(options, count, word);
        if (result == -ENOENT)
            report(word, CMDLINE_UNKNOWN);
        else if (result < 0)
            report(word, CMDLINE_MALFORMED);
    }
}
