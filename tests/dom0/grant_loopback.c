/*
 * grant_loopback.c - pages that dom0 grants to itself: mapped, they are the
 * same memory; read-only mappings are; a copy by grant has the same bytes; the
 * granter gets each page back.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>

typedef uint16_t domid_t;
typedef uint32_t grant_ref_t;
#include <xen/sys/gntalloc.h>
#include <xen/sys/gntdev.h>

#include "check.h"

#define ROUNDS      200
#define PAGES       4
#define WORDS       (PAGES * PAGE_BYTES / sizeof(uint32_t))
#define SOURCE_GREF 1 /* GNTCOPY_source_gref */

struct granted {
    uint32_t *memory;
    uint64_t index;
    uint32_t ref[PAGES];
};

static int allocator, mapper;
static sigjmp_buf after_fault;

static struct granted grant_pages(void)
{
    struct {
        struct ioctl_gntalloc_alloc_gref op;
        uint32_t more[PAGES];
    } a = {.op = {.domid = 0, .flags = GNTALLOC_FLAG_WRITABLE, .count = PAGES}};
    struct granted g;

    if (ioctl(allocator, IOCTL_GNTALLOC_ALLOC_GREF, &a))
        fail("no pages can be granted: %s", strerror(errno));
    g.index = a.op.index;
    memcpy(g.ref,
           (char *)&a + offsetof(struct ioctl_gntalloc_alloc_gref, gref_ids),
           sizeof(g.ref));
    g.memory = mmap(NULL, PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE,
                    MAP_SHARED, allocator, (off_t)g.index);
    if (g.memory == MAP_FAILED)
        fail("granted pages cannot be mapped by their owner");
    return g;
}

static void end_grant(struct granted *g)
{
    struct ioctl_gntalloc_dealloc_gref op = {.index = g->index, .count = PAGES};

    if (munmap(g->memory, PAGES * PAGE_BYTES) ||
        ioctl(allocator, IOCTL_GNTALLOC_DEALLOC_GREF, &op))
        fail("the grants cannot be ended");
}

static uint32_t *map_grants(const struct granted *g, int protection,
                            uint64_t *index)
{
    struct {
        struct ioctl_gntdev_map_grant_ref op;
        struct ioctl_gntdev_grant_ref more[PAGES];
    } m = {.op = {.count = PAGES}};
    struct ioctl_gntdev_grant_ref *refs =
        (void *)((char *)&m +
                 offsetof(struct ioctl_gntdev_map_grant_ref, refs));
    void *p;

    for (int i = 0; i < PAGES; i++)
        refs[i] = (struct ioctl_gntdev_grant_ref){.domid = 0, .ref = g->ref[i]};
    if (ioctl(mapper, IOCTL_GNTDEV_MAP_GRANT_REF, &m))
        fail("the grants are not taken");
    *index = m.op.index;
    p = mmap(NULL, PAGES * PAGE_BYTES, protection, MAP_SHARED, mapper,
             (off_t)m.op.index);
    if (p == MAP_FAILED)
        fail("the grants cannot be mapped: %s", strerror(errno));
    return p;
}

static void unmap_grants(uint32_t *theirs, uint64_t index)
{
    struct ioctl_gntdev_unmap_grant_ref op = {.index = index, .count = PAGES};

    if (munmap(theirs, PAGES * PAGE_BYTES) ||
        ioctl(mapper, IOCTL_GNTDEV_UNMAP_GRANT_REF, &op))
        fail("the grants cannot be unmapped");
}

static void on_fault(int signal)
{
    (void)signal;
    siglongjmp(after_fault, 1);
}

static void may_not_write(volatile uint32_t *p)
{
    signal(SIGSEGV, on_fault);
    if (!sigsetjmp(after_fault, 1)) {
        *p = 1;
        fail("a read-only mapping was written");
    }
    signal(SIGSEGV, SIG_DFL);
}

static void check_shared(struct granted *g, int round)
{
    int protection = round % 3 ? PROT_READ | PROT_WRITE : PROT_READ;
    uint64_t index;
    uint32_t *theirs = map_grants(g, protection, &index);

    for (size_t i = 0; i < WORDS; i++)
        if (theirs[i] != i * 7 + (uint32_t)round)
            fail("word %zu differs in round %d", i, round);
    g->memory[6] = 98;
    if (*(volatile uint32_t *)&theirs[6] != 98)
        fail("what the owner writes is not seen");
    if (protection & PROT_WRITE) {
        *(volatile uint32_t *)&theirs[5] = 99;
        if (g->memory[5] != 99)
            fail("what is written through the grant is not seen");
    } else {
        may_not_write(theirs);
    }
    unmap_grants(theirs, index);
}

static void check_copy(const struct granted *g)
{
    static char copy[PAGE_BYTES] __attribute__((aligned(4096)));
    struct ioctl_gntdev_grant_copy_segment s = {
        .source.foreign = {.ref = g->ref[1], .domid = 0},
        .dest.virt = copy,
        .len = PAGE_BYTES,
        .flags = SOURCE_GREF,
    };
    struct ioctl_gntdev_grant_copy op = {.count = 1, .segments = &s};

    if (ioctl(mapper, IOCTL_GNTDEV_GRANT_COPY, &op) || s.status)
        fail("a grant cannot be copied: %d", s.status);
    if (memcmp(copy, g->memory + PAGE_BYTES / sizeof(uint32_t), PAGE_BYTES))
        fail("the copy differs");
}

static void no_such_grant(void)
{
    struct ioctl_gntdev_map_grant_ref op = {.count = 1};

    op.refs[0].ref = 400;
    if (ioctl(mapper, IOCTL_GNTDEV_MAP_GRANT_REF, &op))
        fail("a reference is refused too early");
    if (mmap(NULL, PAGE_BYTES, PROT_READ, MAP_SHARED, mapper,
             (off_t)op.index) != MAP_FAILED)
        fail("a page that nobody granted is mapped");
}

int main(void)
{
    allocator = open("/dev/xen/gntalloc", O_RDWR);
    mapper = open("/dev/xen/gntdev", O_RDWR);
    if (allocator < 0 || mapper < 0)
        skip("no /dev/xen/gntalloc or no /dev/xen/gntdev");
    for (int round = 0; round < ROUNDS; round++) {
        struct granted g = grant_pages();

        for (size_t i = 0; i < WORDS; i++)
            g.memory[i] = (uint32_t)(i * 7) + (uint32_t)round;
        check_shared(&g, round);
        check_copy(&g);
        end_grant(&g);
    }
    no_such_grant();
    return pass("%d rounds of %d pages shared, copied and given back", ROUNDS,
                PAGES);
}
