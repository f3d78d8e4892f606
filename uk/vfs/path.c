/* path.c - see file.h: from a path to a node. Source: POSIX.1-2017, 4.13. */
#include <errno.h>
#include <limits.h>

#include "lib/string.h"
#include "vfs/file.h"

enum { LINKS_MAX = 40 };

static struct node *root, *here;

struct node *path_root(void)
{
    if (!root) {
        root = node_create(S_IFDIR | 0755);
        root->directory.parent = root;
    }
    return root;
}

struct node *path_here(void)
{
    if (!here)
        path_enter(path_root());
    return here;
}

void path_enter(struct node *directory)
{
    node_get(directory);
    if (here)
        node_put(here);
    here = directory;
}

static size_t component_length(const char *path)
{
    size_t n = 0;

    while (path[n] && path[n] != '/')
        n++;
    return n;
}

static const char *skip_slashes(const char *path)
{
    while (*path == '/')
        path++;
    return path;
}

/* One component: sets what there is of `p`, whose parent is set. */
static long step(struct place *p)
{
    if (!S_ISDIR(p->parent->stat.st_mode))
        return -ENOTDIR;
    if (p->length > NAME_MAX)
        return -ENAMETOOLONG;
    if (p->parent->directory.update)
        p->parent->directory.update(p->parent);
    p->node = directory_find(p->parent, p->name, p->length);
    return 0;
}

static long walk(struct node *from, const char *path, enum path_end end,
                 struct place *p, unsigned *links);

/* Replaces a symbolic link by what it points to. `last`: a name that is not
 * there yet may come of it. */
static long follow_link(struct place *p, bool last, unsigned *links)
{
    struct place there;
    long error;

    if (++*links > LINKS_MAX)
        return -ELOOP;
    if (p->node->link.jump) {
        p->node = p->node->link.jump;
        return 0;
    }
    error = walk(p->parent, p->node->link.target, PATH_FOLLOW, &there, links);
    if (error)
        return error;
    if (!there.node && !last)
        return -ENOENT;
    if (last) {
        there.slash |= p->slash;
        *p = there;
    } else {
        p->node = there.node;
    }
    return 0;
}

static bool is_followed(const struct place *p, bool last, enum path_end end)
{
    return p->node && S_ISLNK(p->node->stat.st_mode) &&
           (!last || end == PATH_FOLLOW || (end == PATH_LINK && p->slash));
}

static long walk(struct node *from, const char *path, enum path_end end,
                 struct place *p, unsigned *links)
{
    if (!*path)
        return -ENOENT;
    *p = (struct place){.parent = *path == '/' ? path_root() : from};
    p->name = skip_slashes(path);
    p->node = p->parent;
    if (!*p->name) {
        p->name = ".";
        p->length = 1;
        return 0;
    }
    for (;;) {
        const char *rest;
        long error;
        bool last;

        p->length = component_length(p->name);
        rest = skip_slashes(p->name + p->length);
        last = !*rest;
        p->slash = p->name[p->length] == '/';
        error = step(p);
        if (error)
            return error;
        if (is_followed(p, last, end)) {
            error = follow_link(p, last, links);
            if (error)
                return error;
        }
        if (last)
            break;
        if (!p->node)
            return -ENOENT;
        p->parent = p->node;
        p->name = rest;
    }
    return end != PATH_NAME && p->slash && p->node &&
                   !S_ISDIR(p->node->stat.st_mode)
               ? -ENOTDIR
               : 0;
}

long path_walk(struct node *from, const char *path, enum path_end end,
               struct place *place)
{
    unsigned links = 0;

    return walk(from, path, end, place, &links);
}

static const struct entry *entry_in_parent(const struct node *d)
{
    const struct entry *e = d->directory.parent->directory.entries;

    while (e && e->node != d)
        e = e->next;
    return e;
}

/* With its end, or 0 where there is none. */
static size_t length_of_path(const struct node *d)
{
    size_t sum = 1;

    if (d == root)
        return 2;
    for (; d != root; d = d->directory.parent) {
        if (d->stat.st_nlink == 0)
            return 0;
        sum += entry_in_parent(d)->length + 1U;
    }
    return sum;
}

/* Written from the end. */
long path_of(struct node *d, char *out, size_t size)
{
    size_t length = length_of_path(d), at = length;

    if (!length)
        return -ENOENT;
    if (length > PATH_MAX)
        return -ENAMETOOLONG;
    if (length > size)
        return -ERANGE;
    out[--at] = 0;
    for (; d != root; d = d->directory.parent) {
        const struct entry *e = entry_in_parent(d);

        at -= e->length;
        memcpy(out + at, e->name, e->length);
        out[--at] = '/';
    }
    out[0] = '/';
    return (long)length;
}
