/*
 * socket_rights.c - files on their way through sockets, which hold them: two
 * sockets that hold each other would stay for good. Layer: vfs. Source:
 * unix(7), SCM_RIGHTS.
 *
 * A socket is reached if somebody but a packet uses its file, if it is on its
 * way in one that is reached, or waits to be accepted by one. What lies in the
 * others nobody can ever take out.
 */
#include <errno.h>

#include "lib/string.h"
#include "mm/heap.h"
#include "vfs/socket_internal.h"

static unsigned on_way; /* files in all packets */

long packet_take_files(struct packet *p, struct file *const *files, unsigned n)
{
    if (!n)
        return 0;
    p->files = heap_alloc(n * sizeof(*files));
    if (!p->files)
        return -ENOMEM;
    memcpy(p->files, files, n * sizeof(*files));
    p->file_count = n;
    on_way += n;
    return 0;
}

void packet_drop_files(struct packet *p)
{
    struct file **files = p->files;
    unsigned n = p->file_count;

    p->files = NULL;
    p->file_count = 0;
    on_way -= n;
    for (unsigned i = 0; i < n; i++)
        file_put(files[i]);
    heap_free(files, n * sizeof(*files));
}

static struct socket *socket_of(const struct file *f)
{
    return file_is_socket(f) ? f->data : NULL;
}

/* How many packets use each socket's file. */
static void count_uses(void)
{
    for (struct socket *s = sockets_all(); s; s = s->next_of_all) {
        s->uses_on_way = 0;
        s->reached = false;
    }
    for (struct socket *s = sockets_all(); s; s = s->next_of_all)
        for (struct packet *p = s->first; p; p = p->next)
            for (unsigned i = 0; i < p->file_count; i++)
                if (socket_of(p->files[i]))
                    socket_of(p->files[i])->uses_on_way++;
}

static void reach(struct socket *s, struct socket **reached)
{
    if (!s || s->reached)
        return;
    s->reached = true;
    s->next_reached = *reached;
    *reached = s;
}

static void reach_below(struct socket *s, struct socket **reached)
{
    for (struct packet *p = s->first; p; p = p->next)
        for (unsigned i = 0; i < p->file_count; i++)
            reach(socket_of(p->files[i]), reached);
    for (struct socket *w = s->waiting; w; w = w->next_waiting)
        reach(w, reached);
}

static void mark(void)
{
    struct socket *reached = NULL, *s;

    for (s = sockets_all(); s; s = s->next_of_all)
        if (s->file && s->file->uses > s->uses_on_way)
            reach(s, &reached);
    while ((s = reached) != NULL) {
        reached = s->next_reached;
        reach_below(s, &reached);
    }
}

static struct packet *find_lost(void)
{
    for (struct socket *s = sockets_all(); s; s = s->next_of_all)
        for (struct packet *p = s->reached ? NULL : s->first; p; p = p->next)
            if (p->file_count)
                return p;
    return NULL;
}

/* A search looks at all: with many on their way, as many more must come before
 * the next. */
static bool is_time(unsigned after_last)
{
    enum { FEW = 64 };

    return on_way > 0 && (on_way <= FEW || on_way / 2 >= after_last);
}

/* Any socket may go with what is dropped, so the search begins anew. */
void sockets_drop_lost(void)
{
    static bool busy;
    static unsigned after_last;
    struct packet *p;

    if (busy || !is_time(after_last))
        return;
    busy = true;
    count_uses();
    mark();
    while ((p = find_lost()) != NULL)
        packet_drop_files(p);
    after_last = on_way;
    busy = false;
}
