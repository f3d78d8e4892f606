/*
 * Each page keeps what is written to it, and only that. With `stay` on its
 * command line the guest then waits for ever, to be looked at from outside.
 */
#include "guest.h"

#define N 256

static bool has_word(const char *line, const char *word)
{
    for (unsigned n = (unsigned)strlen(word); *line; line++)
        if (!memcmp(line, word, n))
            return true;
    return false;
}

/* A number for each eight bytes of each page. */
static uint64_t value(const uint64_t *p)
{
    return 0x5061706572000000UL * va_to_pfn(p) + (uint64_t)p % PAGE_SIZE;
}

void test(void)
{
    uint64_t *pages = pages_alloc(N);
    unsigned wrong = 0;

    for (unsigned i = 0; i < N * PTES; i++)
        pages[i] = value(pages + i);
    for (unsigned i = 0; i < N * PTES; i++)
        wrong += pages[i] != value(pages + i);
    CHECK_EQ(wrong, 0);
    if (!has_word((char *)start_info->cmd_line, "stay"))
        return;
    print("stays, the pages are at pfn %#lx\n", va_to_pfn(pages));
    print_finish();
    for (;;)
        yield();
}
