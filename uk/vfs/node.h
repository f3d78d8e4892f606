/*
 * node.h - files in memory: the tree of directories, links and contents.
 * Layer: vfs. Locks: events are masked. Errors are negative errno values.
 */
#ifndef UK_VFS_NODE_H
#define UK_VFS_NODE_H

#include <sys/stat.h>

#include "lib/types.h"
#include "mm/space.h"

struct file_ops;

/* A name in a directory. */
struct entry {
    struct entry *next;
    struct node *node;
    uint64_t cookie; /* grows along the list: where a reader of it stands */
    uint8_t length;
    char name[];
};

struct node {
    struct backing backing;         /* for mmap; first */
    const struct file_ops *special; /* of a regular file without contents */
    struct stat stat;
    uint32_t uses;   /* names, and whoever has it open or stands in it */
    int lock, locks; /* flock()'s kind, and how many hold it */
    /* How often node_changed() said that there is more to read, or room. */
    uint32_t more, room;
    union {
        struct {
            uint32_t *frames; /* FRAME_NONE: a hole */
            uint64_t room;
        } data;
        struct {
            struct entry *entries, **last;
            struct node *parent;
            uint64_t next_cookie;
            void (*update)(struct node *d); /* before it is looked at */
        } directory;
        struct {
            char *target;      /* st_size bytes and a zero */
            struct node *jump; /* what it is followed to, whatever its name */
        } link;
        const struct file_ops *device;
        struct pipe *pipe; /* while a named one is open */
    };
};

/* Used once, without a name; NULL without memory. */
struct node *node_create(mode_t mode);
void node_get(struct node *n);
void node_put(struct node *n);

/* The two halves of directory_add(): what may fail, for a name of at most
 * NAME_MAX bytes; and what does not. */
struct entry *entry_create(const char *name, size_t length);
void directory_insert(struct node *d, struct entry *e, struct node *n);

struct node *directory_find(struct node *d, const char *name, size_t length);
long directory_add(struct node *d, const char *name, size_t length,
                   struct node *n);
void directory_remove(struct node *d, const char *name, size_t length);
bool directory_is_empty(const struct node *d);

long node_set_target(struct node *n, const char *target, size_t length);
long node_read(struct node *n, void *to, size_t size, uint64_t at);
long node_write(struct node *n, const void *from, size_t size, uint64_t at);
long node_truncate(struct node *n, uint64_t size);
/* Memory for what lies in [at, end); the file grows unless it is kept. */
long node_reserve(struct node *n, uint64_t at, uint64_t end, bool keep);

enum { TOUCH_ACCESS = 1, TOUCH_MODIFY = 2, TOUCH_CHANGE = 4 };
void node_touch(struct node *n, unsigned what);

#endif
