/* memory.c - the calls about the address space. Layer: sys. */
#include <fcntl.h>
#include <sys/mman.h>

#include "mm/space.h"
#include "sys/sys.h"
#include "sys/user.h"
#include "vfs/file.h"
#include "xen/entropy.h"

#define BREAK_BASE   0x800000000UL
#define BREAK_PLACES (1UL << 22) /* pages, from one of which on it is */
#define BREAK_MAX    (256UL << 20)

static uint64_t break_base, program_break;

static long check_file(const struct file *f, int prot, int flags)
{
    int mode = f ? f->flags & O_ACCMODE : 0;

    if (!f)
        return -EBADF;
    if (f->ops != &regular_ops && !file_is_zero(f))
        return -ENODEV;
    if (mode == O_WRONLY || ((flags & MAP_TYPE) == MAP_SHARED &&
                             prot & PROT_WRITE && mode != O_RDWR))
        return -EACCES;
    return 0;
}

static long take_file(struct mapping *m, int fd)
{
    const struct file *f = fd_find_open(fd);
    int flags = (int)m->flags;
    long error = check_file(f, (int)m->prot, flags);

    if (error || file_is_zero(f))
        return error;
    m->backing = &f->node->backing;
    if ((flags & MAP_TYPE) == MAP_SHARED && (f->flags & O_ACCMODE) != O_RDWR)
        m->flags |= MAPPING_READ_ONLY;
    return 0;
}

/* MAP_SHARED as it is meant: with flags that are known. */
static long validate(int *flags)
{
    enum { KNOWN = 0x7ffff };

    if ((*flags & MAP_TYPE) != MAP_SHARED_VALIDATE || *flags & MAP_ANONYMOUS)
        return 0;
    if (*flags & ~KNOWN)
        return -EOPNOTSUPP;
    *flags = (*flags & ~MAP_TYPE) | MAP_SHARED;
    return 0;
}

long sys_mmap(uint64_t start, uint64_t length, int prot, int flags, int fd,
              uint64_t offset)
{
    long error = validate(&flags);
    struct mapping m = {.start = start,
                        .length = length,
                        .prot = (uint32_t)prot,
                        .flags = (uint32_t)flags & ~MAPPING_READ_ONLY,
                        .offset = offset};

    if (error)
        return error;
    if ((flags & MAP_TYPE) != MAP_SHARED && (flags & MAP_TYPE) != MAP_PRIVATE)
        return -EINVAL;
    if (!(flags & MAP_ANONYMOUS))
        error = take_file(&m, fd);
    return error ? error : space_map(&m);
}

long sys_munmap(uint64_t start, uint64_t length)
{
    return space_unmap(start, length);
}

long sys_mprotect(uint64_t start, uint64_t length, int prot)
{
    return space_protect(start, length, (uint32_t)prot);
}

long sys_mremap(uint64_t start, uint64_t old, uint64_t new, int flags)
{
    if (flags & ~MREMAP_MAYMOVE)
        return -EINVAL;
    return space_resize(start, old, new, flags & MREMAP_MAYMOVE);
}

long sys_madvise(uint64_t start, uint64_t length, int advice)
{
    if (start & 0xfff)
        return -EINVAL;
    switch (advice) {
    case MADV_DONTNEED:
        return space_discard(start, length);
    case MADV_NORMAL:
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_WILLNEED:
    case MADV_FREE:
    case MADV_DONTFORK:
    case MADV_DOFORK:
    case MADV_MERGEABLE:
    case MADV_UNMERGEABLE:
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
    case MADV_DONTDUMP:
    case MADV_DODUMP:
    case MADV_WIPEONFORK:
    case MADV_KEEPONFORK:
    case MADV_COLD:
    case MADV_PAGEOUT:
        return 0;
    default:
        return -EINVAL;
    }
}

static void choose_break(void)
{
    uint64_t random;

    entropy_fill(&random, sizeof(random));
    break_base = BREAK_BASE + random % BREAK_PLACES * PAGE_BYTES;
    program_break = break_base;
}

static long set_break(uint64_t end)
{
    struct mapping m = {.start = page_up(program_break),
                        .length = page_up(end) - page_up(program_break),
                        .prot = PROT_READ | PROT_WRITE,
                        .flags =
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE};
    uint64_t old = page_up(program_break), new = page_up(end);

    if (new < old)
        space_unmap(new, old - new);
    if (new > old && space_map(&m) < 0)
        return (long)program_break;
    program_break = end;
    return (long)end;
}

long sys_brk(uint64_t end)
{
    if (!break_base)
        choose_break();
    if (end < break_base || end > break_base + BREAK_MAX)
        return (long)program_break;
    return set_break(end);
}

/* A mapping of a file is the file's memory. */
long sys_msync(uint64_t start, uint64_t length, int flags)
{
    if (start & PAGE_MASK || flags & ~(MS_ASYNC | MS_SYNC | MS_INVALIDATE) ||
        (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC))
        return -EINVAL;
    return page_up(length) >= length &&
                   space_allows((const void *)start, page_up(length), 0)
               ? 0
               : -ENOMEM;
}

/* ----------------------------------------------------- memory that is there */
static long lock_range(uint64_t start, uint64_t length)
{
    uint64_t end = page_up(start + length);

    if (start + length < start || end < start)
        return -EINVAL;
    start = page_down(start);
    return space_populate(start, end - start);
}

/* Nothing is ever taken out: it stays there without more ado. */
long sys_mlock(uint64_t start, uint64_t length)
{
    return lock_range(start, length);
}

long sys_mlock2(uint64_t start, uint64_t length, unsigned flags)
{
    enum { ON_FAULT = 1 };

    if (flags & ~(unsigned)ON_FAULT)
        return -EINVAL;
    return flags ? sys_munlock(start, length) : lock_range(start, length);
}

long sys_munlock(uint64_t start, uint64_t length)
{
    uint64_t end = page_up(start + length);

    if (start + length < start || end < start)
        return -EINVAL;
    start = page_down(start);
    return space_allows((const void *)start, end - start, 0) ? 0 : -ENOMEM;
}

long sys_mlockall(int flags)
{
    enum { ON_FAULT = 4 };

    if (!(flags & (MCL_CURRENT | MCL_FUTURE)) ||
        flags & ~(MCL_CURRENT | MCL_FUTURE | ON_FAULT))
        return -EINVAL;
    return 0;
}

long sys_munlockall(void)
{
    return 0;
}

long sys_mincore(uint64_t start, uint64_t length, unsigned char *out)
{
    if (start & PAGE_MASK)
        return -EINVAL;
    if (page_up(length) < length ||
        !space_allows((const void *)start, page_up(length), 0))
        return -ENOMEM;
    if (!user_writes(out, page_up(length) >> 12))
        return -EFAULT;
    for (uint64_t at = 0; at < length; at += PAGE_BYTES)
        out[at >> 12] = space_has(start + at);
    return 0;
}
