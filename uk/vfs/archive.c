/*
 * archive.c - unpacks the domain's module, a cpio archive ("newc") or a tar
 * (ustar), into the root directory. What is broken ends the domain with a
 * message. Layer: vfs. Source: cpio(5), POSIX.1-2017 pax, "ustar".
 */
#include <errno.h>

#include "lib/string.h"
#include "vfs/file.h"
#include "xen/console.h"

enum { CPIO_HEADER = 110, CPIO_DIGITS = 8, TAR_BLOCK = 512, PATH_BYTES = 1024 };

/* One file of an archive. */
struct member {
    const char *path, *data, *target;
    size_t size, target_length;
    struct node *same; /* another name of it, that came before; or NULL */
    mode_t mode;
    uint32_t uid, gid, mtime;
};

static bool number(const char *at, unsigned digits, unsigned base,
                   uint32_t *value)
{
    *value = 0;
    for (; digits > 0; digits--, at++) {
        uint32_t d = (uint32_t)*at - '0';

        if (d > 9)
            d = ((uint32_t)*at | 0x20) - 'a' + 10;
        if (d >= base)
            return false;
        *value = *value * base + d;
    }
    return true;
}

/* The directories above it are made if the archive did not name them. */
static struct node *parent_of(const char *path, const char **name)
{
    struct node *d = path_root();

    for (;;) {
        size_t n = 0;
        struct node *next;

        while (*path == '/')
            path++;
        while (path[n] && path[n] != '/')
            n++;
        if (!path[n] || !path[n + 1]) {
            *name = path;
            return d;
        }
        next = directory_find(d, path, n);
        if (!next) {
            next = node_create(S_IFDIR | 0755);
            if (!next || directory_add(d, path, n, next) < 0)
                return NULL;
            node_put(next);
        }
        if (!S_ISDIR(next->stat.st_mode))
            return NULL;
        d = next;
        path += n;
    }
}

static void set_attributes(struct node *n, const struct member *m)
{
    n->stat.st_mode = m->mode;
    n->stat.st_uid = m->uid;
    n->stat.st_gid = m->gid;
    n->stat.st_mtim.tv_sec = m->mtime;
    n->stat.st_mtim.tv_nsec = 0;
}

static bool fill(struct node *n, const struct member *m)
{
    if (S_ISLNK(m->mode))
        return node_set_target(n, m->target, m->target_length) == 0;
    return !S_ISREG(m->mode) || m->size == 0 ||
           node_write(n, m->data, m->size, 0) == (long)m->size;
}

/* Gives its node. Kinds that a program cannot use are left out. */
static struct node *add(const struct member *m)
{
    const char *name;
    struct node *d = parent_of(m->path, &name), *old, *n = m->same;
    size_t length;

    if (!d)
        console_panic("archive: no room for %s", m->path);
    for (length = 0; name[length] && name[length] != '/';)
        length++;
    old = length ? directory_find(d, name, length) : d;
    if (old && S_ISDIR(old->stat.st_mode) && S_ISDIR(m->mode))
        set_attributes(old, m);
    if (old || !(S_ISDIR(m->mode) || S_ISREG(m->mode) || S_ISLNK(m->mode)))
        return old;
    if (!n)
        n = node_create(m->mode);
    if (!n || !fill(n, m) || directory_add(d, name, length, n) < 0)
        console_panic("archive: no room for %s", m->path);
    set_attributes(n, m);
    if (!m->same)
        node_put(n);
    return n;
}

static size_t aligned(size_t n, size_t to)
{
    return (n + to - 1) & ~(to - 1);
}

/* Gives the size of the member at `at`; 0 for the end, -1 if it is broken. */
static long unpack_cpio(const char *at, size_t left)
{
    static struct node *last; /* names of one file follow each other, */
    static uint32_t last_ino; /* and the last one has its data */
    uint32_t f[13], data, end;
    struct member m;

    if (left < CPIO_HEADER || memcmp(at, "07070", 5) != 0)
        return -1;
    for (unsigned i = 0; i < array_size(f); i++)
        if (!number(at + 6 + i * CPIO_DIGITS, CPIO_DIGITS, 16, &f[i]))
            return -1;
    if (f[11] == 0 || f[11] > left - CPIO_HEADER ||
        at[CPIO_HEADER + f[11] - 1] != 0)
        return -1;
    data = (uint32_t)aligned(CPIO_HEADER + f[11], 4);
    if (data > left || f[6] > left - data)
        return -1;
    m = (struct member){
        .path = at + CPIO_HEADER,
        .data = at + data,
        .size = f[6],
        .target = at + data,
        .target_length = f[6],
        .same = S_ISREG(f[1]) && f[4] > 1 && f[0] == last_ino ? last : NULL,
        .mode = f[1],
        .uid = f[2],
        .gid = f[3],
        .mtime = f[5]};
    if (strcmp(m.path, "TRAILER!!!") == 0)
        return 0;
    last = add(&m);
    if (last && (!S_ISREG(m.mode) || !S_ISREG(last->stat.st_mode)))
        last = NULL;
    last_ino = f[0];
    end = (uint32_t)aligned(data + f[6], 4);
    return (long)minimum((size_t)end, left);
}

static mode_t tar_kind(char type)
{
    switch (type) {
    case 0:
    case '0':
    case '1':
        return S_IFREG;
    case '2':
        return S_IFLNK;
    case '5':
        return S_IFDIR;
    default:
        return 0;
    }
}

/* A number of tar ends at the first character that is no digit. */
static uint32_t tar_number(const char *at, unsigned digits)
{
    uint32_t value = 0;

    while (digits > 0 && *at == ' ')
        at++, digits--;
    for (; digits > 0 && *at >= '0' && *at <= '7'; at++, digits--)
        value = value * 8 + (uint32_t)(*at - '0');
    return value;
}

static void tar_path(const char *at, char *path)
{
    size_t n = 0, prefix = 0;

    while (prefix < 155 && at[345 + prefix])
        prefix++;
    memcpy(path, at + 345, prefix);
    if (prefix)
        path[prefix++] = '/';
    while (n < 100 && at[n])
        n++;
    memcpy(path + prefix, at, n);
    path[prefix + n] = 0;
}

/* The checksum itself counts as blanks. */
static bool tar_sum_holds(const char *at)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < TAR_BLOCK; i++)
        sum += i >= 148 && i < 156 ? ' ' : (uint8_t)at[i];
    return sum == tar_number(at + 148, 8);
}

/* The file that another name is of, which came before. */
static struct node *tar_same(const struct member *m)
{
    char path[101] = "";
    struct place p;

    memcpy(path, m->target, m->target_length);
    if (path_walk(path_root(), path, PATH_LINK, &p) != 0 || !p.node)
        return NULL;
    return S_ISREG(p.node->stat.st_mode) ? p.node : NULL;
}

static long unpack_tar(const char *at, size_t left)
{
    char path[PATH_BYTES];
    struct member m = {.path = path, .data = at + TAR_BLOCK};

    if (left < TAR_BLOCK)
        return -1;
    if (!at[0])
        return 0;
    if (memcmp(at + 257, "ustar", 5) != 0 || !tar_sum_holds(at))
        return -1;
    tar_path(at, path);
    m.size = tar_number(at + 124, 12);
    m.mode = tar_kind(at[156]) | (tar_number(at + 100, 8) & 07777);
    m.uid = tar_number(at + 108, 8);
    m.gid = tar_number(at + 116, 8);
    m.mtime = tar_number(at + 136, 12);
    m.target = at + 157;
    while (m.target_length < 100 && m.target[m.target_length])
        m.target_length++;
    if (m.size > left - TAR_BLOCK)
        return -1;
    if (at[156] == '1') {
        m.same = tar_same(&m);
        if (!m.same)
            return -1;
    }
    add(&m);
    return (long)minimum(aligned(TAR_BLOCK + m.size, TAR_BLOCK), left);
}

void archive_unpack(const char *data, size_t size)
{
    bool cpio = size >= 6 && memcmp(data, "07070", 5) == 0;
    size_t at = 0;

    while (at < size) {
        long n = cpio ? unpack_cpio(data + at, size - at)
                      : unpack_tar(data + at, size - at);

        if (n < 0)
            console_panic("archive: broken at byte %lu", at);
        if (n == 0)
            return;
        at += (size_t)n;
    }
}
