/* epoll.c - see epoll.h. Source: epoll(7), timerfd_create(2). */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>

#include "lib/string.h"
#include "mm/heap.h"
#include "vfs/epoll.h"
#include "vfs/wait.h"
#include "xen/clock.h"

/* One descriptor that is watched. */
struct watch {
    struct watch *next;
    struct file *file; /* not counted as a use: closing ends the watch */
    int fd;
    struct epoll_event event;
    uint64_t reported; /* when, by edges() */
    bool off;          /* after EPOLLONESHOT */
};

struct epoll {
    struct epoll *next_of_all;
    struct watch *watches;
};

static struct epoll *all;

static const struct file_ops epoll_ops;

bool file_is_epoll(const struct file *f)
{
    return f->ops == &epoll_ops;
}

static struct watch **find(struct epoll *e, const struct file *f, int fd)
{
    struct watch **at = &e->watches;

    while (*at && ((*at)->file != f || (fd >= 0 && (*at)->fd != fd)))
        at = &(*at)->next;
    return at;
}

static void end_watch(struct watch **at)
{
    struct watch *w = *at;

    *at = w->next;
    heap_free(w, sizeof(*w));
}

/* A file that is gone is watched by nobody. */
static void forget(const struct file *f)
{
    for (struct epoll *e = all; e; e = e->next_of_all) {
        struct watch **at;

        while (*(at = find(e, f, -1)))
            end_watch(at);
    }
}

static void epoll_release(struct file *f)
{
    struct epoll *e = f->data, **at = &all;

    while (*at != e)
        at = &(*at)->next_of_all;
    *at = e->next_of_all;
    while (e->watches)
        end_watch(&e->watches);
    heap_free(e, sizeof(*e));
}

/* An edge is a change of what is asked for since it was told of last: what only
 * grows tells. Who changed what is not always known; then all have one. */
static uint64_t edges(const struct watch *w)
{
    const struct node *n = w->file->node;
    bool out = w->event.events & EPOLLOUT;
    bool in = w->event.events & EPOLLIN || !out;

    return files_change_count() + (in ? n->more : 0) + (out ? n->room : 0);
}

static uint32_t look(const struct watch *w)
{
    uint32_t shown = (uint32_t)(unsigned short)file_poll(w->file);

    shown &= w->event.events | EPOLLHUP | EPOLLERR;
    if (w->off || (w->event.events & EPOLLET && w->reported == edges(w)))
        return 0;
    return shown;
}

static short epoll_poll(struct file *f)
{
    const struct epoll *e = f->data;

    for (const struct watch *w = e->watches; w; w = w->next)
        if (look(w))
            return POLLIN;
    return 0;
}

static const struct file_ops epoll_ops = {.poll = epoll_poll,
                                          .release = epoll_release};

long epoll_create_file(struct file **f)
{
    struct epoll *e = heap_alloc(sizeof(*e));
    struct node *n = e ? node_create(0600) : NULL;

    *f = n ? file_create(&epoll_ops, n, O_RDWR) : NULL;
    if (!*f) {
        heap_free(e, sizeof(*e));
        return -ENOMEM;
    }
    file_on_release(forget);
    (*f)->data = e;
    e->next_of_all = all;
    all = e;
    return 0;
}

long epoll_change(struct file *epoll, int operation, int fd,
                  const struct epoll_event *event)
{
    struct epoll *e = epoll->data;
    struct file *f = fd_find(fd);
    struct watch **at;

    if (!f)
        return -EBADF;
    if (f == epoll || file_is_epoll(f))
        return -EINVAL;
    if (!f->ops->poll)
        return -EPERM;
    at = find(e, f, fd);
    if (operation == EPOLL_CTL_ADD && *at)
        return -EEXIST;
    if (operation != EPOLL_CTL_ADD && !*at)
        return -ENOENT;
    if (operation == EPOLL_CTL_DEL) {
        end_watch(at);
        return 0;
    }
    if (operation == EPOLL_CTL_ADD) {
        *at = heap_alloc(sizeof(**at));
        if (!*at)
            return -ENOMEM;
    }
    (*at)->file = f;
    (*at)->fd = fd;
    (*at)->event = *event;
    (*at)->off = false;
    (*at)->reported = UINT64_MAX;
    node_changed(f->node, 0);
    return 0;
}

/* Who found no room this time comes first the next. */
static void begin_with(struct epoll *e, struct watch *first)
{
    struct watch **end = &e->watches;
    struct watch *before = e->watches;

    if (!first || first == before)
        return;
    while (*end != first)
        end = &(*end)->next;
    *end = NULL;
    e->watches = first;
    for (end = &e->watches; *end;)
        end = &(*end)->next;
    *end = before;
}

int epoll_collect(struct file *epoll, struct epoll_event *out, int room)
{
    struct epoll *e = epoll->data;
    struct watch *w = e->watches;
    int n = 0;

    for (; w && n < room; w = w->next) {
        uint32_t shown = look(w);

        if (!shown)
            continue;
        out[n].events = shown;
        out[n++].data = w->event.data;
        w->reported = edges(w);
        w->off = w->event.events & EPOLLONESHOT;
    }
    begin_with(e, w);
    return n;
}

/* --------------------------------------------------------------- timerfd */
struct timer_file {
    struct timer timer; /* first */
    struct node *node;
    struct period period;
    uint64_t expired;
};

static void expire(struct timer *t)
{
    struct timer_file *f = (struct timer_file *)t;
    uint64_t now = clock_monotonic_ns(), n = period_count(&f->period, now);

    f->expired += n;
    if (!n || f->period.interval_ns)
        sched_set_timer(t, now + period_wait(&f->period, now));
    if (n)
        node_changed(f->node, POLLIN);
}

static short timerfd_poll(struct file *f)
{
    return ((struct timer_file *)f->data)->expired ? POLLIN : 0;
}

static long timerfd_read(struct file *f, void *to, size_t size, uint64_t at)
{
    struct timer_file *t = f->data;
    long error = size < sizeof(t->expired) ? -EINVAL : file_wait(f, POLLIN);

    (void)at;
    if (error)
        return error;
    if (!space_allows(to, sizeof(t->expired), PROT_WRITE))
        return -EFAULT;
    if (t->period.interval_ns && t->timer.link)
        t->expired += period_count(&t->period, clock_monotonic_ns());
    memcpy(to, &t->expired, sizeof(t->expired));
    t->expired = 0;
    return sizeof(t->expired);
}

static void timerfd_release(struct file *f)
{
    struct timer_file *t = f->data;

    timer_cancel(&t->timer);
    heap_free(t, sizeof(*t));
}

static const struct file_ops timerfd_ops = {
    .read = timerfd_read, .poll = timerfd_poll, .release = timerfd_release};

bool file_is_timerfd(const struct file *f)
{
    return f->ops == &timerfd_ops;
}

long timerfd_create_file(int flags, struct file **f)
{
    struct timer_file *t = heap_alloc(sizeof(*t));
    struct node *n = t ? node_create(0600) : NULL;

    *f = n ? file_create(&timerfd_ops, n, flags | O_RDWR) : NULL;
    if (!*f) {
        heap_free(t, sizeof(*t));
        return -ENOMEM;
    }
    t->timer.fire = expire;
    t->node = n;
    (*f)->data = t;
    return 0;
}

void timerfd_set(struct file *f, uint64_t at_ns, uint64_t interval_ns)
{
    struct timer_file *t = f->data;
    uint64_t now = clock_monotonic_ns();

    t->expired = 0;
    t->period = (struct period){.due_ns = at_ns, .interval_ns = interval_ns};
    timer_cancel(&t->timer);
    if (at_ns && period_left(&t->period, now))
        sched_set_timer(&t->timer, at_ns);
    else if (at_ns)
        expire(&t->timer);
}

void timerfd_get(struct file *f, uint64_t *left_ns, uint64_t *interval_ns)
{
    const struct timer_file *t = f->data;
    struct period p = t->period;
    uint64_t now = clock_monotonic_ns();

    *interval_ns = p.interval_ns;
    *left_ns = 0;
    if (!t->timer.link)
        return;
    if (p.interval_ns)
        period_count(&p, now);
    *left_ns = period_left(&p, now);
    if (!*left_ns)
        *left_ns = 1;
}
