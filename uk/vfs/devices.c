/* devices.c - the files of /dev, and what a new domain has open. Layer: vfs. */
#include <errno.h>
#include <fcntl.h>
#include <sys/sysmacros.h>

#include "mm/limits.h"
#include "lib/string.h"
#include "vfs/file.h"
#include "xen/console.h"
#include "xen/entropy.h"

static long null_read(struct file *f, void *to, size_t size, uint64_t at)
{
    (void)f, (void)to, (void)size, (void)at;
    return 0;
}

static long null_write(struct file *f, const void *from, size_t size,
                       uint64_t at)
{
    (void)f, (void)from, (void)at;
    return (long)size;
}

static long zero_read(struct file *f, void *to, size_t size, uint64_t at)
{
    (void)f, (void)at;
    memset(to, 0, size);
    return (long)size;
}

static long full_write(struct file *f, const void *from, size_t size,
                       uint64_t at)
{
    (void)f, (void)from, (void)at;
    return size ? -ENOSPC : 0;
}

static long random_read(struct file *f, void *to, size_t size, uint64_t at)
{
    (void)f, (void)at;
    entropy_fill(to, size);
    return (long)size;
}

static long random_write(struct file *f, const void *from, size_t size,
                         uint64_t at)
{
    const unsigned char *in = from;

    (void)f, (void)at;
    for (size_t i = 0; i < size; i++)
        entropy_stir(in[i]);
    return (long)size;
}

static const struct file_ops null_ops = {
    .read = null_read, .write = null_write, .has_position = true};
static const struct file_ops zero_ops = {
    .read = zero_read, .write = null_write, .has_position = true};
static const struct file_ops full_ops = {
    .read = zero_read, .write = full_write, .has_position = true};
static const struct file_ops random_ops = {.read = random_read,
                                           .write = random_write};

bool file_is_zero(const struct file *f)
{
    return f->ops == &zero_ops;
}

const struct device devices[] = {
    {"null", &null_ops, makedev(1, 3)},
    {"zero", &zero_ops, makedev(1, 5)},
    {"full", &full_ops, makedev(1, 7)},
    {"random", &random_ops, makedev(1, 8)},
    {"urandom", &random_ops, makedev(1, 9)},
    {"console", &console_ops, makedev(5, 1)},
    {"tty", &console_ops, makedev(5, 0)},
};
const unsigned devices_count = array_size(devices);

static struct node *make(struct node *in, const char *name, mode_t mode)
{
    struct node *n = node_create(mode);

    if (!n || directory_add(in, name, strlen(name), n) < 0)
        console_panic("no memory for /%s", name);
    node_put(n);
    return n;
}

void vfs_init(void)
{
    struct node *root = path_root(), *dev = make(root, "dev", S_IFDIR | 0755);
    struct node *console = NULL;
    struct file *f;

    limit_is_fixed(RLIMIT_NOFILE, FDS, FDS);
    console_file_init();
    make(root, "tmp", S_IFDIR | S_ISVTX | 0777);
    make(dev, "shm", S_IFDIR | S_ISVTX | 0777);
    for (unsigned i = 0; i < devices_count; i++) {
        struct node *n = make(dev, devices[i].name, S_IFCHR | 0666);

        n->device = devices[i].ops;
        n->stat.st_rdev = devices[i].number;
        if (n->device == &console_ops)
            console = n;
    }
    node_get(console);
    f = file_create(&console_ops, console, O_RDWR);
    f->uses = 3;
    for (int fd = 0; fd < 3; fd++)
        fd_add(f, fd, false);
}
