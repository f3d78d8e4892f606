/*
 * node.c - see node.h: nodes and directories. Source: POSIX.1-2017, 4.
 */
#include <errno.h>
#include <limits.h>

#include "lib/string.h"
#include "mm/heap.h"
#include "mm/pages.h"
#include "vfs/node.h"
#include "vfs/node_internal.h"
#include "xen/clock.h"

enum { DEVICE = 1, BLOCK = 4096 };

void node_touch(struct node *n, unsigned what)
{
    uint64_t now = clock_wall_ns();
    struct timespec t = {.tv_sec = (time_t)(now / NS_PER_S),
                         .tv_nsec = (long)(now % NS_PER_S)};

    if (what & TOUCH_ACCESS)
        n->stat.st_atim = t;
    if (what & TOUCH_MODIFY)
        n->stat.st_mtim = t;
    if (what & TOUCH_CHANGE)
        n->stat.st_ctim = t;
}

static void backing_get(struct backing *b)
{
    node_get((struct node *)b);
}

static void backing_put(struct backing *b)
{
    node_put((struct node *)b);
}

struct node *node_create(mode_t mode)
{
    static ino_t next_number = 2;
    struct node *n = heap_alloc(sizeof(*n));

    if (!n)
        return NULL;
    n->backing = (struct backing){.get_frame = node_get_frame,
                                  .read_page = node_read_page,
                                  .next_page = node_next_page,
                                  .get = backing_get,
                                  .put = backing_put};
    n->uses = 1;
    n->stat.st_dev = DEVICE;
    n->stat.st_ino = next_number++;
    n->stat.st_mode = mode;
    n->stat.st_blksize = BLOCK;
    if (S_ISDIR(mode)) {
        n->stat.st_nlink = 2;
        n->directory.last = &n->directory.entries;
        n->directory.next_cookie = 3; /* behind . and .. */
    }
    node_touch(n, TOUCH_ACCESS | TOUCH_MODIFY | TOUCH_CHANGE);
    return n;
}

void node_get(struct node *n)
{
    n->uses++;
}

void node_put(struct node *n)
{
    if (--n->uses > 0)
        return;
    if (S_ISREG(n->stat.st_mode))
        node_free_data(n);
    if (S_ISLNK(n->stat.st_mode))
        heap_free(n->link.target, (size_t)n->stat.st_size + 1);
    heap_free(n, sizeof(*n));
}

static struct entry **find_place(struct node *d, const char *name,
                                 size_t length)
{
    struct entry **at = &d->directory.entries;

    while (*at &&
           ((*at)->length != length || memcmp((*at)->name, name, length) != 0))
        at = &(*at)->next;
    return at;
}

struct node *directory_find(struct node *d, const char *name, size_t length)
{
    struct entry *e;

    if (length == 1 && name[0] == '.')
        return d;
    if (length == 2 && name[0] == '.' && name[1] == '.')
        return d->directory.parent;
    e = *find_place(d, name, length);
    return e ? e->node : NULL;
}

bool directory_is_empty(const struct node *d)
{
    return !d->directory.entries;
}

struct entry *entry_create(const char *name, size_t length)
{
    struct entry *e = heap_alloc(sizeof(*e) + length + 1);

    if (!e)
        return NULL;
    e->length = (uint8_t)length;
    memcpy(e->name, name, length);
    return e;
}

void directory_insert(struct node *d, struct entry *e, struct node *n)
{
    e->node = n;
    e->cookie = d->directory.next_cookie++;
    *d->directory.last = e;
    d->directory.last = &e->next;
    node_get(n);
    if (S_ISDIR(n->stat.st_mode)) {
        n->directory.parent = d;
        d->stat.st_nlink++;
    } else {
        n->stat.st_nlink++;
    }
    node_touch(d, TOUCH_MODIFY | TOUCH_CHANGE);
    node_touch(n, TOUCH_CHANGE);
}

long directory_add(struct node *d, const char *name, size_t length,
                   struct node *n)
{
    struct entry *e;

    if (length > NAME_MAX)
        return -ENAMETOOLONG;
    e = entry_create(name, length);
    if (!e)
        return -ENOSPC;
    directory_insert(d, e, n);
    return 0;
}

/* The name must be there. */
void directory_remove(struct node *d, const char *name, size_t length)
{
    struct entry **at = find_place(d, name, length), *e = *at;
    struct node *n = e->node;

    *at = e->next;
    if (!*at)
        d->directory.last = at;
    heap_free(e, sizeof(*e) + length + 1);
    if (S_ISDIR(n->stat.st_mode)) {
        d->stat.st_nlink--;
        n->directory.parent = n; /* for who stands in it */
    } else {
        n->stat.st_nlink--;
    }
    node_touch(d, TOUCH_MODIFY | TOUCH_CHANGE);
    node_touch(n, TOUCH_CHANGE);
    node_put(n);
}

long node_set_target(struct node *n, const char *target, size_t length)
{
    n->link.target = heap_alloc(length + 1);
    if (!n->link.target)
        return -ENOSPC;
    memcpy(n->link.target, target, length);
    n->stat.st_size = (off_t)length;
    return 0;
}
