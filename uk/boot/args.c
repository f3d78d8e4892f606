/* args.c - see args.h. */
#include "boot/args.h"
#include "lib/string.h"

enum { OPEN_QUOTE = -1, NO_ROOM = -2 };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/*
 * One character of a word, with what quotes it. `quote` is the quote that is
 * open, or 0. Gives the character, -1 for none.
 */
static int next_character(const char **line, char *quote)
{
    char c = *(*line)++;

    if (*quote ? c == *quote : c == '\'' || c == '"') {
        *quote = *quote ? 0 : c;
        return -1;
    }
    if (c == '\\' && *quote != '\'' && **line &&
        (!*quote || **line == '"' || **line == '\\'))
        c = *(*line)++;
    return (unsigned char)c;
}

int args_split(const char *line, char *out, size_t size, char **end)
{
    const char *limit = out + size;
    int words = 0;

    for (;;) {
        char quote = 0;

        while (is_blank(*line))
            line++;
        if (!*line)
            break;
        while (*line && (quote || !is_blank(*line))) {
            int c = next_character(&line, &quote);

            if (c >= 0 && out == limit)
                return NO_ROOM;
            if (c >= 0)
                *out++ = (char)c;
        }
        if (quote)
            return OPEN_QUOTE;
        if (out == limit)
            return NO_ROOM;
        *out++ = 0;
        words++;
    }
    *end = out;
    return words;
}

static bool is_name_character(char c, bool first)
{
    return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (!first && c >= '0' && c <= '9');
}

static bool is_assignment(const char *word)
{
    const char *c = word;

    while (is_name_character(*c, c == word))
        c++;
    return c > word && *c == '=';
}

int args_count_environment(const char *words, int count)
{
    int n = 0;

    for (; n < count && is_assignment(words); n++)
        words += strlen(words) + 1;
    return n;
}
