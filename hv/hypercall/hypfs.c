/*
 * hypercall/hypfs.c - a read-only tree of what the hypervisor is. Layer:
 * hypercall. dom0 only (hypercalls.def). Source: Xen's public hypfs.h.
 */
#include "abi/xen.h"

#include "hypercall/hypercall.h"
#include "lib/string.h"
#include "version.h"

#define PATH_MAX_BYTES 1024
#define NAME_AT        offsetof(struct xen_hypfs_dirlistentry, name)

struct node {
    const char *path; /* without a slash at its end */
    const char *text; /* NULL: a number */
    uint32_t number;
    uint8_t type;
};

#define DIR(path)                                                              \
    {                                                                          \
        path, NULL, 0, XEN_HYPFS_TYPE_DIR                                      \
    }
#define TEXT(path, text)                                                       \
    {                                                                          \
        path, text, 0, XEN_HYPFS_TYPE_STRING                                   \
    }
#define NUMBER(path, n)                                                        \
    {                                                                          \
        path, NULL, n, XEN_HYPFS_TYPE_UINT                                     \
    }

/* A directory's entries follow it, in order. */
static const struct node nodes[] = {
    DIR(""),
    DIR("/buildinfo"),
    TEXT("/buildinfo/changeset", PARAVANE_CHANGESET),
    DIR("/buildinfo/compileinfo"),
    TEXT("/buildinfo/compileinfo/compile_by", "paravane"),
    TEXT("/buildinfo/compileinfo/compile_date", PARAVANE_DATE),
    TEXT("/buildinfo/compileinfo/compile_domain", ""),
    TEXT("/buildinfo/compileinfo/compiler", __VERSION__),
    DIR("/buildinfo/version"),
    TEXT("/buildinfo/version/extra", ".0-paravane"),
    NUMBER("/buildinfo/version/major", 4),
    NUMBER("/buildinfo/version/minor", 17),
    DIR("/params"),
};

#define for_each_node(n)                                                       \
    for (const struct node *n = nodes; n < nodes + ARRAY_SIZE(nodes); n++)

/* The name of `n` if it is an entry of the directory, or NULL. */
static const char *name_in(const struct node *dir, const struct node *n)
{
    size_t length = strlen(dir->path);
    const char *name;

    if (strncmp(n->path, dir->path, length) || n->path[length] != '/')
        return NULL;
    name = n->path + length + 1;
    for (const char *c = name; *c; c++)
        if (*c == '/')
            return NULL;
    return name;
}

static uint32_t entry_bytes(const char *name)
{
    return (uint32_t)(NAME_AT + ((strlen(name) + 4) & ~3UL));
}

static uint32_t content_bytes(const struct node *n)
{
    uint32_t bytes = 0;

    if (n->type == XEN_HYPFS_TYPE_STRING)
        return (uint32_t)strlen(n->text) + 1;
    if (n->type == XEN_HYPFS_TYPE_UINT)
        return sizeof(n->number);
    for_each_node(child)
    {
        const char *name = name_in(n, child);

        bytes += name ? entry_bytes(name) : 0;
    }
    return bytes;
}

static struct xen_hypfs_direntry describe(const struct node *n)
{
    return (struct xen_hypfs_direntry){.type = n->type,
                                       .content_len = content_bytes(n)};
}

static int put_list(const struct node *dir, uint64_t to)
{
    uint32_t left = content_bytes(dir);

    for_each_node(n)
    {
        const char *name = name_in(dir, n);
        struct xen_hypfs_direntry e;
        uint32_t bytes;
        uint16_t next;

        if (!name)
            continue;
        e = describe(n);
        bytes = entry_bytes(name);
        left -= bytes;
        next = left ? (uint16_t)bytes : 0;
        if (guest_put(to, &e) || guest_put(to + sizeof(e), &next) ||
            guest_write(guest_ptr(to + NAME_AT), name, strlen(name) + 1))
            return -EFAULT;
        to += bytes;
    }
    return 0;
}

static long read_node(const struct node *n, uint64_t to, uint64_t room)
{
    struct xen_hypfs_direntry e = describe(n);

    if (room < sizeof(e))
        return -EINVAL;
    if (guest_put(to, &e))
        return -EFAULT;
    if (room < sizeof(e) + e.content_len)
        return -ENOBUFS;
    to += sizeof(e);
    if (n->type == XEN_HYPFS_TYPE_DIR)
        return put_list(n, to);
    return guest_write(guest_ptr(to),
                       n->text ? (const void *)n->text : &n->number,
                       e.content_len);
}

/* A path, ended by a zero and, maybe, one slash: its node, or NULL and why. */
static const struct node *find(uint64_t arg, uint64_t bytes, long *error)
{
    char path[PATH_MAX_BYTES];
    size_t length;

    *error = -EINVAL;
    if (!bytes || bytes > sizeof(path))
        return NULL;
    if (guest_read(path, guest_ptr(arg), bytes)) {
        *error = -EFAULT;
        return NULL;
    }
    for (length = 0; length < bytes && path[length]; length++)
        ;
    if (path[0] != '/' || length != bytes - 1)
        return NULL;
    if (path[length - 1] == '/')
        path[--length] = '\0';
    for_each_node(n) if (!strcmp(n->path, path)) return n;
    *error = -ENOENT;
    return NULL;
}

long hypercall_hypfs_op(uint64_t cmd, uint64_t path, uint64_t path_bytes,
                        uint64_t to, uint64_t room)
{
    const struct node *n;
    long error;

    if ((uint32_t)cmd == XEN_HYPFS_OP_get_version)
        return path || path_bytes || to || room ? -EINVAL : XEN_HYPFS_VERSION;
    n = find(path, path_bytes, &error);
    if (!n)
        return error;
    switch ((uint32_t)cmd) {
    case XEN_HYPFS_OP_read:
        return read_node(n, to, room);
    case XEN_HYPFS_OP_write_contents:
        return -EACCES;
    default:
        return -EOPNOTSUPP;
    }
}
