/*
 * stack.c - see stack.h. All of it has memory, for the hypervisor writes to it
 * too; below it are addresses for more.
 */
#include <sys/mman.h>

#include "mm/limits.h"
#include "mm/pages.h"
#include "mm/space.h"
#include "mm/stack.h"

enum {
    LEAST = 128 << 10,
    MOST = 8 << 20,
    PART_OF_MEMORY = 32,
    PART_OF_FREE = 4,
    IN_USE = 64 << 10 /* below the stack pointer, for what it calls */
};

static uint64_t top, now;

uint64_t stack_init(void)
{
    struct mapping m = {.length = MOST, .flags = MAP_PRIVATE | MAP_ANONYMOUS};
    uint64_t share = pages_frames()->count * PAGE_BYTES / PART_OF_MEMORY;
    long start = space_map(&m);

    now = minimum((uint64_t)MOST, page_up(share < LEAST ? LEAST : share));
    if (start < 0)
        return 0;
    top = (uint64_t)start + MOST;
    limit_is_fixed(RLIMIT_STACK, now, RLIM_INFINITY);
    return space_protect(top - now, now, PROT_READ | PROT_WRITE) ? 0 : top;
}

bool stack_is_at(uint64_t end)
{
    return end == top;
}

static void grow(uint64_t bytes)
{
    uint64_t room = pages_frames()->free / PART_OF_FREE * PAGE_BYTES;
    uint64_t more = minimum(bytes - now, room);

    if (more && !space_protect(top - now - more, more, PROT_READ | PROT_WRITE))
        now += more;
}

static void shrink(uint64_t bytes, uint64_t sp)
{
    uint64_t used = page_up(top - sp + IN_USE);

    if (top - sp >= now)
        return;
    bytes = bytes > used ? bytes : used;
    if (bytes < now && !space_protect(top - now, now - bytes, PROT_NONE))
        now = bytes;
}

void stack_resize(uint64_t bytes, uint64_t sp)
{
    bytes = page_down(minimum(bytes, (uint64_t)MOST));
    if (bytes > now)
        grow(bytes);
    else
        shrink(bytes, sp);
}
