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

/* Where a toolstack finds the list of frames: it would not dump without. */
static void tell_frames(void)
{
    uint64_t *list = page_alloc(), *lists = page_alloc();

    events_init();
    for (unsigned i = 0; i * PTES < start_info->nr_pages; i++)
        list[i] = va_to_mfn(p2m + i * PTES);
    lists[0] = va_to_mfn(list);
    shared_info->arch.pfn_to_mfn_frame_list_list = va_to_mfn(lists);
    shared_info->arch.max_pfn = start_info->nr_pages;
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
    tell_frames();
    print("stays, the pages are at pfn %#lx\n", va_to_pfn(pages));
    print_finish();
    for (;;)
        yield();
}
