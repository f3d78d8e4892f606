/*
 * proc.c - see proc.h. A file of /proc is written when it is first read, and
 * read from that; /proc/1/fd is brought up to date whenever a path leads
 * through it. Layer: vfs. Locks: events are masked. Source: proc(5).
 */
#include <errno.h>
#include <sys/mman.h>

#include "lib/format.h"
#include "lib/string.h"
#include "mm/heap.h"
#include "mm/pages.h"
#include "mm/stack.h"
#include "sched/signal.h"
#include "vfs/proc.h"
#include "xen/clock.h"

enum { FIRST_ROOM = 1024, LINE_BYTES = 256 };

struct text {
    char *at;
    size_t length, room;
    bool cut; /* there was no memory for all of it */
};

static const char *arguments = "program";
static size_t arguments_length = sizeof("program");

static bool make_room(struct text *t, size_t more)
{
    size_t room = t->room ? t->room : FIRST_ROOM;
    char *at;

    if (more <= t->room - t->length)
        return true;
    while (room - t->length < more)
        room *= 2;
    at = heap_alloc(room);
    if (!at)
        return false;
    memcpy(at, t->at, t->length);
    heap_free(t->at, t->room);
    t->at = at;
    t->room = room;
    return true;
}

static void put(struct text *t, const char *from, size_t n)
{
    t->cut |= !make_room(t, n);
    if (t->cut)
        return;
    memcpy(t->at + t->length, from, n);
    t->length += n;
}

static void put_text(struct text *t, const char *format, ...) format_(2, 3);

static void put_text(struct text *t, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list args;

    va_start(args, format);
    put(t, line, format_list(line, sizeof(line), format, args));
    va_end(args);
}

/* ------------------------------------------------------------ the contents */
static void write_meminfo(struct text *t)
{
    unsigned long all = pages_frames()->count * 4UL;
    unsigned long free = pages_frames()->free * 4UL;

    put_text(t, "MemTotal: %15lu kB\nMemFree: %16lu kB\n", all, free);
    put_text(t, "MemAvailable: %11lu kB\nBuffers: %16u kB\n", free, 0U);
    put_text(t, "Cached: %17u kB\nSwapTotal: %14u kB\nSwapFree: %15u kB\n", 0U,
             0U, 0U);
}

static void write_cpuinfo(struct text *t)
{
    uint32_t name[13] = {0};

    for (uint32_t i = 0; i < 3; i++) {
        uint32_t a = 0x80000002 + i, b, c = 0, d;

        __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
        memcpy(&name[4 * i], (uint32_t[]){a, b, c, d}, 16);
    }
    for (unsigned i = 0; i < cpus_count(); i++)
        put_text(t, "processor\t: %u\nmodel name\t: %s\ncpu cores\t: %u\n\n", i,
                 (const char *)name, cpus_count());
}

static void write_uptime(struct text *t)
{
    unsigned long centi = clock_monotonic_ns() / (NS_PER_S / 100);

    put_text(t, "%lu.%02lu 0.00\n", centi / 100, centi % 100);
}

static void write_version(struct text *t)
{
    put_text(t, "Linux version 6.1.0-paravane (Unix layer)\n");
}

static void write_mounts(struct text *t)
{
    put_text(t, "rootfs / ramfs rw 0 0\nproc /proc proc ro 0 0\n");
}

static void write_cmdline(struct text *t)
{
    put(t, arguments, arguments_length);
}

/* What follows the last slash of the program's name, as Linux cuts it. */
static const char *comm(char *out)
{
    const char *from = arguments;
    size_t n = 0;

    for (const char *at = arguments; *at; at++)
        if (*at == '/')
            from = at + 1;
    for (; n < 15 && from[n]; n++)
        out[n] = from[n];
    out[n] = 0;
    return out;
}

static void write_comm(struct text *t)
{
    char name[16];

    put_text(t, "%s\n", comm(name));
}

static unsigned long program_pages(void)
{
    return pages_frames()->count - pages_frames()->free;
}

static void write_statm(struct text *t)
{
    put_text(t, "%lu %lu 0 0 0 %lu 0\n", space_bytes() / PAGE_BYTES,
             program_pages(), program_pages());
}

static void write_stat(struct text *t)
{
    char name[16];
    unsigned long ticks = clock_monotonic_ns() / (NS_PER_S / 100);

    put_text(t, "1 (%s) R 0 1 1 1281 1 0 0 0 0 0 %lu 0 0 0 20 0 %u 0 0 ",
             comm(name), ticks, threads_count());
    put_text(t, "%lu %lu 18446744073709551615", space_bytes(), program_pages());
    for (int i = 0; i < 27; i++)
        put_text(t, " 0");
    put_text(t, "\n");
}

static void write_status(struct text *t)
{
    const struct thread *me = thread_current();
    char name[16];

    put_text(t, "Name:\t%s\nState:\tR (running)\nTgid:\t1\nPid:\t1\nPPid:\t0\n",
             comm(name));
    put_text(t, "VmSize:\t%8lu kB\nVmRSS:\t%8lu kB\nThreads:\t%u\n",
             space_bytes() >> 10, program_pages() * 4, threads_count());
    put_text(t, "SigPnd:\t%016lx\nSigBlk:\t%016lx\n", signal_pending(),
             me->signal_mask);
    put_text(t, "Cpus_allowed:\t1\nCpus_allowed_list:\t0\n");
}

static void write_maps(struct text *t)
{
    struct space_part p;

    for (uint64_t at = 0; space_next(at, &p); at = p.end) {
        put_text(t, "%08lx-%08lx %c%c%c%c %08lx 00:00 %lu", p.start, p.end,
                 p.prot & PROT_READ ? 'r' : '-',
                 p.prot & PROT_WRITE ? 'w' : '-',
                 p.prot & PROT_EXEC ? 'x' : '-', p.shared ? 's' : 'p', p.offset,
                 p.backing ? ((struct node *)p.backing)->stat.st_ino : 0UL);
        put_text(t, stack_is_at(p.end) ? " [stack]\n" : "\n");
    }
}

/* ---------------------------------------------------------------- the files */
static const struct content {
    const char *name;
    void (*write)(struct text *t);
    bool of_process;
} contents[] = {
    {"meminfo", write_meminfo, false}, {"cpuinfo", write_cpuinfo, false},
    {"uptime", write_uptime, false},   {"version", write_version, false},
    {"mounts", write_mounts, false},   {"cmdline", write_cmdline, true},
    {"comm", write_comm, true},        {"statm", write_statm, true},
    {"stat", write_stat, true},        {"status", write_status, true},
    {"maps", write_maps, true},
};

static const struct node *nodes[array_size(contents)];

static void proc_release(struct file *f)
{
    struct text *t = f->data;

    f->data = NULL;
    if (!t)
        return;
    heap_free(t->at, t->room);
    heap_free(t, sizeof(*t));
}

/* All of it or nothing. */
static long write_text(struct file *f)
{
    struct text *t = f->data = heap_alloc(sizeof(*t));
    unsigned i = 0;

    if (!t)
        return -ENOMEM;
    while (nodes[i] != f->node)
        i++;
    contents[i].write(t);
    if (!t->cut)
        return 0;
    proc_release(f);
    return -ENOMEM;
}

/* The text may have taken the memory that there was for the program's. */
static long proc_read(struct file *f, void *to, size_t size, uint64_t at)
{
    long error = f->data ? 0 : write_text(f);
    const struct text *t = f->data;

    if (error)
        return error;
    if (at >= t->length)
        return 0;
    size = minimum(size, t->length - at);
    if (!space_allows(to, size, PROT_WRITE))
        return -EFAULT;
    memcpy(to, t->at + at, size);
    return (long)size;
}

static const struct file_ops proc_ops = {
    .read = proc_read, .release = proc_release, .has_position = true};

/* ------------------------------------------------------ what a file is named
 */
/* Looks for the node below a directory; writes the path from its end. */
static bool find_below(const struct node *d, const struct node *n, char *out,
                       size_t *at, unsigned depth)
{
    for (const struct entry *e = d->directory.entries; e; e = e->next) {
        bool here = e->node == n;

        if (!here && (depth == 0 || !S_ISDIR(e->node->stat.st_mode) ||
                      !find_below(e->node, n, out, at, depth - 1)))
            continue;
        if (*at < e->length + 1U)
            return false;
        *at -= e->length;
        memcpy(out + *at, e->name, e->length);
        out[--*at] = '/';
        return true;
    }
    return false;
}

static size_t name_of(const struct node *n, char *out, size_t size)
{
    enum { DEPTH = 16 };
    size_t at = size - 1;

    out[at] = 0;
    if (n == path_root())
        return format_text(out, size, "/");
    if (find_below(path_root(), n, out, &at, DEPTH)) {
        memmove(out, out + at, size - at);
        return size - 1 - at;
    }
    return format_text(out, size,
                       S_ISFIFO(n->stat.st_mode)     ? "pipe:[%lu]"
                       : S_ISSOCK(n->stat.st_mode)   ? "socket:[%lu]"
                       : !(n->stat.st_mode & S_IFMT) ? "anon_inode:[%lu]"
                                                     : "/#%lu (deleted)",
                       n->stat.st_ino);
}

/* To a node, or none (NULL); `jumps`: it is followed there whatever its name.
 * A link is only touched if it leads elsewhere or the node has another name, so
 * that a walk that is under way does not lose what it looks at. */
static void update_link(struct node *d, const char *name, struct node *to,
                        bool jumps)
{
    char target[LINE_BYTES];
    size_t length = strlen(name), n;
    struct node *link = directory_find(d, name, length);
    struct node *jump = jumps ? to : NULL;

    n = to ? name_of(to, target, sizeof(target)) : 0;
    if (link && to && S_ISLNK(link->stat.st_mode) && link->link.jump == jump &&
        (size_t)link->stat.st_size == n &&
        memcmp(link->link.target, target, n) == 0)
        return;
    if (link)
        directory_remove(d, name, length);
    link = to ? node_create(S_IFLNK | 0700) : NULL;
    if (!link)
        return;
    link->stat.st_dev = PROC_DEVICE;
    link->link.jump = jump;
    if (node_set_target(link, target, n) == 0)
        directory_add(d, name, length, link);
    node_put(link);
}

static bool can_be_opened(const struct file *f)
{
    return f->ops == &regular_ops || f->ops == &directory_ops ||
           S_ISCHR(f->node->stat.st_mode);
}

static void update_descriptors(struct node *d)
{
    char name[8];

    for (int fd = 0; fd < FDS; fd++) {
        const struct file *f = fd_find(fd);

        format_text(name, sizeof(name), "%d", fd);
        update_link(d, name, f ? f->node : NULL, f && can_be_opened(f));
    }
}

static void update_here(struct node *self)
{
    update_link(self, "cwd", path_here(), true);
}

/* ------------------------------------------------------------------- making */
static struct node *make(struct node *d, const char *name, mode_t mode)
{
    struct node *n = directory_find(d, name, strlen(name));

    if (n)
        return (n->stat.st_mode & S_IFMT) == (mode & S_IFMT) ? n : NULL;
    n = node_create(mode);
    if (n && directory_add(d, name, strlen(name), n) == 0)
        node_put(n);
    return n;
}

static struct node *make_in_proc(struct node *d, const char *name, mode_t mode)
{
    struct node *n = make(d, name, mode);

    if (n)
        n->stat.st_dev = PROC_DEVICE;
    return n;
}

static void make_link(struct node *d, const char *name, const char *target)
{
    struct node *n;

    if (directory_find(d, name, strlen(name)))
        return;
    n = make(d, name, S_IFLNK | 0777);
    if (n)
        n->stat.st_dev = d->stat.st_dev;
    if (n && node_set_target(n, target, strlen(target)))
        directory_remove(d, name, strlen(name));
}

static void make_etc(void)
{
    static const char *const files[][2] = {
        {"passwd", "root:x:0:0:root:/:/bin/sh\n"
                   "nobody:x:65534:65534:nobody:/:/bin/false\n"},
        {"group", "root:x:0:\nnogroup:x:65534:\n"},
        {"hosts", "127.0.0.1 localhost\n"},
        {"hostname", "paravane\n"},
    };
    struct node *etc = make(path_root(), "etc", S_IFDIR | 0755), *n;

    for (unsigned i = 0; i < array_size(files) && etc; i++) {
        const char *text = files[i][1];

        if (directory_find(etc, files[i][0], strlen(files[i][0])))
            continue;
        n = make(etc, files[i][0], S_IFREG | 0644);
        if (n)
            node_write(n, text, strlen(text), 0);
    }
}

static void make_proc(void)
{
    struct node *proc = make_in_proc(path_root(), "proc", S_IFDIR | 0555);
    struct node *self = proc ? make_in_proc(proc, "1", S_IFDIR | 0555) : NULL;
    struct node *fd = self ? make_in_proc(self, "fd", S_IFDIR | 0500) : NULL;
    char exe[32] = "/";

    if (!fd)
        return;
    fd->directory.update = update_descriptors;
    self->directory.update = update_here;
    make_link(proc, "self", "1");
    comm(exe + 1);
    make_link(self, "exe", exe);
    make_link(self, "root", "/");
    for (unsigned i = 0; i < array_size(contents); i++) {
        struct node *n = make_in_proc(contents[i].of_process ? self : proc,
                                      contents[i].name, S_IFREG | 0444);

        if (n)
            n->special = &proc_ops;
        nodes[i] = n;
    }
}

void proc_init(const char *words, int argc)
{
    struct node *dev = make(path_root(), "dev", S_IFDIR | 0755);

    arguments = words;
    arguments_length = 0;
    for (; argc > 0; argc--)
        arguments_length += strlen(words + arguments_length) + 1;
    make_etc();
    make_proc();
    make_link(dev, "fd", "/proc/self/fd");
    make_link(dev, "stdin", "/proc/self/fd/0");
    make_link(dev, "stdout", "/proc/self/fd/1");
    make_link(dev, "stderr", "/proc/self/fd/2");
}
