/*
 * main.c - lets minigzip pack a file of 50 MB and unpack it again, in one
 * domain: what comes back is what was there, to the byte.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int minigzip_main(int argc, char **argv);

enum { SIZE = 50000000, PART = 65536 };

#define FILE_NAME "/tmp/file"

/* Words of a few kinds, in no order: it shrinks to about a third. */
static size_t next_part(char *at, size_t left, uint64_t *seed)
{
    static const char *const words[] = {"guest ", "page ", "event ", "grant ",
                                        "frame ", "ring ", "\n",     "port "};
    size_t size = left < PART ? left : PART;

    for (size_t i = 0; i < size;) {
        const char *word;
        size_t n;

        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        word = words[*seed >> 61];
        n = strlen(word);
        if (n > size - i)
            n = size - i;
        memcpy(at + i, word, n);
        i += n;
        if (i < size)
            at[i++] = (char)('0' + (*seed >> 40) % 10);
    }
    return size;
}

static int write_file(void)
{
    FILE *f = fopen(FILE_NAME, "w");
    uint64_t seed = 1;
    char part[PART];

    for (size_t done = 0, n; f && done < SIZE; done += n) {
        n = next_part(part, SIZE - done, &seed);
        if (fwrite(part, 1, n, f) != n)
            return 0;
    }
    return f && fclose(f) == 0;
}

static int is_same(void)
{
    FILE *f = fopen(FILE_NAME, "r");
    char part[PART], there[PART];
    uint64_t seed = 1;

    for (size_t done = 0, n; f && done < SIZE; done += n) {
        n = next_part(part, SIZE - done, &seed);
        if (fread(there, 1, n, f) != n || memcmp(part, there, n) != 0)
            return 0;
    }
    return f && getc(f) == EOF && fclose(f) == 0;
}

int main(void)
{
    struct stat s;

    if (!write_file())
        return 1;
    minigzip_main(2, (char *[]){"minigzip", FILE_NAME, NULL});
    if (stat(FILE_NAME, &s) == 0 || stat(FILE_NAME ".gz", &s) != 0)
        return 2;
    printf("packed: %s\n", s.st_size < SIZE / 2 ? "smaller" : "not smaller");
    minigzip_main(3, (char *[]){"minigzip", "-d", FILE_NAME ".gz", NULL});
    if (stat(FILE_NAME ".gz", &s) == 0)
        return 3;
    puts(is_same() ? "the same" : "not the same");
    return 0;
}
