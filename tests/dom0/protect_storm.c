/*
 * protect_storm.c - after each of 6,000 random changes of protection or
 * mapping every sampled page reads, writes and faults as a model says.
 */
#include "probe.h"

#define PAGES   1024
#define ROUNDS  6000
#define SAMPLES 8

enum access { ACCESS_NONE, ACCESS_READ, ACCESS_WRITE };

static struct {
    enum access access;
    unsigned char value;
} model[PAGES];
static unsigned char *memory;
static uint64_t seed = 88172645463325252ULL;

static unsigned pick(unsigned below)
{
    return (unsigned)(next_random(&seed) % below);
}

static unsigned char *page_at(unsigned page)
{
    return memory + page * PAGE_BYTES;
}

static void set_access(unsigned first, unsigned count, enum access access)
{
    static const int protections[] = {PROT_NONE, PROT_READ,
                                      PROT_READ | PROT_WRITE};

    CHECK(mprotect(page_at(first), count * PAGE_BYTES, protections[access]) ==
          0);
    for (unsigned i = first; i < first + count; i++)
        model[i].access = access;
}

static void remap(unsigned first, unsigned count)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

    CHECK(munmap(page_at(first), count * PAGE_BYTES) == 0);
    CHECK(probe_read(page_at(first)) == SIGSEGV);
    CHECK_EQUAL(probe_last.code, SEGV_MAPERR);
    CHECK(mmap(page_at(first), count * PAGE_BYTES, PROT_READ | PROT_WRITE,
               flags, -1, 0) == page_at(first));
    for (unsigned i = first; i < first + count; i++) {
        model[i].access = ACCESS_WRITE;
        model[i].value = 0;
    }
}

static void discard(unsigned first, unsigned count)
{
    CHECK(madvise(page_at(first), count * PAGE_BYTES, MADV_DONTNEED) == 0);
    for (unsigned i = first; i < first + count; i++)
        model[i].value = 0;
}

static void fill(unsigned first, unsigned count)
{
    unsigned char value = (unsigned char)(pick(255) + 1);

    for (unsigned i = first; i < first + count; i++) {
        if (model[i].access != ACCESS_WRITE)
            continue;
        memset(page_at(i), value, PAGE_BYTES);
        model[i].value = value;
    }
}

static void change(void)
{
    unsigned first = pick(PAGES);
    unsigned count = 1 + pick(pick(8) == 0 ? PAGES - first : 16);

    if (count > PAGES - first)
        count = PAGES - first;
    switch (pick(6)) {
    case 0:
        remap(first, count);
        break;
    case 1:
        discard(first, count);
        break;
    case 2:
        fill(first, count);
        break;
    default:
        set_access(first, count, (enum access)pick(3));
    }
}

static void verify_page(unsigned page)
{
    unsigned char *at = page_at(page) + pick(PAGE_BYTES);
    int can_read = probe_read(at) == 0;

    CHECK_EQUAL(can_read, model[page].access != ACCESS_NONE);
    if (can_read)
        CHECK_EQUAL(*at, model[page].value);
    if (model[page].access == ACCESS_WRITE) {
        *at = model[page].value;
        return;
    }
    CHECK_EQUAL(probe_write(at), SIGSEGV);
    CHECK_EQUAL(probe_last.code, SEGV_ACCERR);
    CHECK(probe_last.address == at);
}

int main(void)
{
    memory = map_anonymous(PAGES * PAGE_BYTES);
    for (unsigned i = 0; i < PAGES; i++)
        model[i].access = ACCESS_WRITE;
    probe_init();
    for (unsigned round = 0; round < ROUNDS; round++) {
        change();
        for (unsigned i = 0; i < SAMPLES; i++)
            verify_page(pick(PAGES));
    }
    for (unsigned i = 0; i < PAGES; i++)
        verify_page(i);
    return pass("%d changes of mappings, each as the model says", ROUNDS);
}
