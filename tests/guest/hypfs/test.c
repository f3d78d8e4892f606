/*
 * hypfs: a tree of directories and values, read by path, one entry a call; with
 * too little room only what would be there is told. Nothing here is written.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"
#include <xen/hypfs.h>

#define hypfs_op(cmd, path, n, to, room)                                       \
    hypercall(__HYPERVISOR_hypfs_op, cmd, U(path), n, U(to), room)

static struct {
    struct xen_hypfs_direntry e;
    uint8_t data[4084];
} got;

static long read(const char *path)
{
    memset(&got, 0, sizeof(got));
    return hypfs_op(XEN_HYPFS_OP_read, path, strlen(path) + 1, &got,
                    sizeof(got));
}

/* The entry of a directory that was read. */
static const struct xen_hypfs_dirlistentry *entry(const char *name)
{
    unsigned at = 0;

    for (;;) {
        const struct xen_hypfs_dirlistentry *e = (void *)(got.data + at);

        if (!strcmp(e->name, name))
            return e;
        if (!e->off_next || at + e->off_next >= got.e.content_len)
            return NULL;
        at += e->off_next;
    }
}

static void tree(void)
{
    CHECK_EQ(read("/"), 0);
    CHECK_EQ(got.e.type, XEN_HYPFS_TYPE_DIR);
    CHECK_EQ(got.e.max_write_len, 0);
    REQUIRE(entry("buildinfo"));
    CHECK_EQ(entry("buildinfo")->e.type, XEN_HYPFS_TYPE_DIR);
    CHECK(entry("params") != NULL);
    CHECK(entry("nothing") == NULL);
    CHECK_EQ(read("/buildinfo/"), 0);
    REQUIRE(entry("version"));
    CHECK_EQ(entry("version")->e.content_len, 66);
    CHECK_EQ(read("/buildinfo/version"), 0);
    CHECK_EQ(got.e.content_len, 66);
    CHECK_EQ(entry("major")->e.type, XEN_HYPFS_TYPE_UINT);
    CHECK_EQ(entry("extra")->e.type, XEN_HYPFS_TYPE_STRING);
    CHECK_EQ(read("/buildinfo/version/major"), 0);
    CHECK_EQ(got.e.content_len, 4);
    CHECK_EQ(*(uint32_t *)(void *)got.data, 4);
    CHECK_EQ(read("/buildinfo/version/minor"), 0);
    CHECK_EQ(*(uint32_t *)(void *)got.data, 17);
    CHECK_EQ(read("/buildinfo/version/extra"), 0);
    CHECK_EQ(got.e.content_len, strlen((char *)got.data) + 1);
    CHECK_EQ(got.data[0], '.');
    CHECK_EQ(read("/buildinfo/compileinfo/compiler"), 0);
    CHECK(got.e.content_len > 1);
}

static void refused(void)
{
    CHECK_EQ(read(""), -EINVAL);
    CHECK_EQ(read("buildinfo"), -EINVAL);
    CHECK_EQ(read("//"), -ENOENT);
    CHECK_EQ(read("/nothing"), -ENOENT);
    CHECK_EQ(read("/buildinfo/version/major/x"), -ENOENT);
    CHECK_EQ(hypfs_op(XEN_HYPFS_OP_read, "/", 1, &got, 4096), -EINVAL);
    CHECK_EQ(hypfs_op(XEN_HYPFS_OP_read, "/", 3, &got, 4096), -EINVAL);
    CHECK_EQ(hypfs_op(XEN_HYPFS_OP_read, "/", 0, &got, 4096), -EINVAL);
    CHECK_EQ(hypfs_op(XEN_HYPFS_OP_read, "/", ~0UL, &got, 4096), -EINVAL);
    CHECK_EQ(hypfs_op(XEN_HYPFS_OP_read, HV_START, 2, &got, 4096), -EFAULT);
    CHECK_EQ(hypfs_op(XEN_HYPFS_OP_read, "/", 2, HV_START, 4096), -EFAULT);
    CHECK_EQ(hypfs_op(XEN_HYPFS_OP_read, "/", 2, &got, 11), -EINVAL);
    memset(&got, 0, sizeof(got));
    CHECK_EQ(hypfs_op(XEN_HYPFS_OP_read, "/buildinfo/version", 19, &got, 77),
             -ENOBUFS);
    CHECK_EQ(got.e.content_len, 66);
    CHECK_EQ(got.data[0], 0);
    CHECK_EQ(hypfs_op(XEN_HYPFS_OP_read, "/buildinfo/version", 19, &got, 78),
             0);
    CHECK_EQ(hypfs_op(XEN_HYPFS_OP_write_contents, "/buildinfo/version", 19,
                      &got, 4),
             -EACCES);
    CHECK_EQ(hypfs_op(7, "/buildinfo", 11, &got, 4), -EOPNOTSUPP);
}

void test(void)
{
    CHECK_EQ(hypfs_op(XEN_HYPFS_OP_get_version, 0, 0, 0, 0), 1);
    CHECK_EQ(hypfs_op(XEN_HYPFS_OP_get_version, 0, 0, 0, 1), -EINVAL);
    CHECK_EQ(hypfs_op(XEN_HYPFS_OP_get_version, "/", 2, 0, 0), -EINVAL);
    tree();
    refused();
}
