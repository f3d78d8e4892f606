/*
 * file.h - what a descriptor stands for, the table of descriptors, and paths.
 * Layer: vfs. Locks: events are masked. Errors are negative errno values.
 */
#ifndef UK_VFS_FILE_H
#define UK_VFS_FILE_H

#include "vfs/node.h"

struct file {
    const struct file_ops *ops;
    struct node *node;
    uint32_t uses;
    int flags; /* O_* */
    int lock;  /* flock()'s: LOCK_SH, LOCK_EX or 0 */
    int owner; /* F_SETOWN's, which nobody tells anything */
    uint64_t position;
    void *data; /* the operations' own */
    struct file *next_to_go;
};

/* What is NULL is not possible. `at` is NULL for what has no positions. */
struct file_ops {
    long (*read)(struct file *f, void *to, size_t size, uint64_t at);
    long (*write)(struct file *f, const void *from, size_t size, uint64_t at);
    long (*ioctl)(struct file *f, unsigned long request, void *argument);
    short (*poll)(struct file *f); /* POLL*; NULL: always ready */
    void (*release)(struct file *f);
    bool has_position;
};

enum { FDS = 1024 };

/* Used once; takes over the use of `node`. */
struct file *file_create(const struct file_ops *ops, struct node *node,
                         int flags);
void file_put(struct file *f);
/* Who wants to know that a file is about to go. */
void file_on_release(void (*handler)(const struct file *f));

/* flock()'s: does another file of the node prevent it? */
bool file_lock_conflicts(const struct file *f, int how);
void file_set_lock(struct file *f, int how); /* 0: none */

/* The lowest free descriptor from `from` on gets the file, whose use it
 * takes.*/
long fd_add(struct file *f, int from, bool close_on_exec);
/* Is there one? For who has to know it before there is a file. */
bool fd_is_free(void);
struct file *fd_find(int fd);
/* NULL also of one that is only a place (O_PATH). */
struct file *fd_find_open(int fd);
/* No descriptor is as large, by RLIMIT_NOFILE. */
int fd_limit(void);
long fd_close(int fd);
bool *fd_close_on_exec(int fd); /* of an open one */
void fd_replace(int fd, struct file *f);

/*
 * How many of `size` bytes a file may have at `at`, by RLIMIT_FSIZE; -EFBIG for
 * none of them, and SIGXFSZ.
 */
long file_room(uint64_t at, size_t size);

/* Where a path led to. */
struct place {
    struct node *parent;
    const char *name; /* the last component, within the path */
    size_t length;
    struct node *node; /* NULL: nothing is there, and no symbolic link */
    bool slash;        /* the path ended in one: a directory is meant */
};

/* What a symbolic link at the end of a path is. */
enum path_end {
    PATH_FOLLOW, /* what it leads to */
    PATH_LINK,   /* itself, unless a slash is behind it */
    PATH_NAME,   /* a name, to be made or removed: itself in any case */
};

/* The st_dev of /proc, whose names only the kernel makes and removes. */
enum { PROC_DEVICE = 2 };

struct node *path_root(void);
/* Where the program stands. */
struct node *path_here(void);
void path_enter(struct node *directory);
/* `from` is where relative paths start. Nothing is counted as used. */
long path_walk(struct node *from, const char *path, enum path_end end,
               struct place *place);
/* Writes the path of a directory; its length, -ERANGE, -ENAMETOOLONG, or
 * -ENOENT of one that was removed. */
long path_of(struct node *directory, char *out, size_t size);

/* The root, /dev, and descriptors 0 to 2. */
void vfs_init(void);
/* Unpacks cpio (newc) or tar. */
void archive_unpack(const char *data, size_t size);

/* Device nodes that vfs_init() makes. */
struct device {
    const char *name;
    const struct file_ops *ops;
    dev_t number;
};
extern const struct device devices[];
extern const unsigned devices_count;
/* Is it /dev/zero, whose mappings are nobody else's memory? */
bool file_is_zero(const struct file *f);
void console_file_init(void);
extern const struct file_ops console_ops, regular_ops, directory_ops;

#endif
