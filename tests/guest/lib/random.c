/* random.c - see random.h. Source: Steele, Lea and Flood, "Fast splittable
 * pseudorandom number generators" (2014). */
#include "guest.h"

void random_seed(struct random *r, uint64_t seed)
{
    r->state = seed;
}

uint64_t random_next(struct random *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15UL;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9UL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebUL;
    return z ^ z >> 31;
}

unsigned random_below(struct random *r, unsigned n)
{
    return (unsigned)((random_next(r) >> 32) * n >> 32);
}

bool random_once_in(struct random *r, unsigned n)
{
    return random_below(r, n) == 0;
}

static bool is_ours(uint64_t mfn)
{
    uint64_t pfn = ((const uint64_t *)HV_START)[mfn];

    return pfn < start_info->nr_pages && p2m[pfn] == mfn;
}

uint64_t random_foreign_mfn(struct random *r)
{
    uint64_t ram = (uint64_t)memory_op(XENMEM_maximum_ram_page, NULL);
    uint64_t mfn = random_next(r) >> random_below(r, 64);

    if (random_once_in(r, 2))
        mfn = random_next(r) % ram;
    return mfn < ram && is_ours(mfn) ? ram + mfn : mfn;
}

uint64_t option_number(const char *name, uint64_t usual)
{
    const char *p = (const char *)start_info->cmd_line;
    size_t n = strlen(name);
    uint64_t value = 0;

    for (; *p; p++)
        if (p[0] == ' ' && !memcmp(p + 1, name, n) && p[n + 1] == '=') {
            for (p += n + 2; *p >= '0' && *p <= '9'; p++)
                value = value * 10 + (uint64_t)(*p - '0');
            return value;
        }
    return usual;
}
