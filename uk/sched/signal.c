/*
 * signal.c - see signal.h: sending and choosing. Source: POSIX.1-2017, 2.4.
 */
#include <errno.h>

#include "lib/string.h"
#include "mm/heap.h"
#include "sched/signal.h"

static struct signal_action actions[SIGNALS];
static struct pending of_program;
static void (*on_send)(void);
static void (*on_timer)(siginfo_t *info);

struct signal_action *signal_action(int signal)
{
    return &actions[signal - 1];
}

void signals_init(void)
{
    pending_init(&of_program);
}

void signals_on_send(void (*handler)(void))
{
    on_send = handler;
}

void signals_on_timer(void (*handler)(siginfo_t *info))
{
    on_timer = handler;
}

static uint64_t all_pending(const struct thread *t)
{
    return t->pending.set | of_program.set;
}

static uint64_t unblocked(const struct thread *t)
{
    return all_pending(t) & ~t->signal_mask;
}

void signals_look(void)
{
    percpu()->work = percpu()->turn || unblocked(thread_current());
}

uint64_t signal_pending(void)
{
    return all_pending(thread_current());
}

/* None that stops the program does: nobody would be there to let it go on, and
 * so its group is an orphaned one. */
bool signal_is_ignored(int signal)
{
    static const uint64_t by_default =
        1UL << (SIGCHLD - 1) | 1UL << (SIGURG - 1) | 1UL << (SIGWINCH - 1) |
        1UL << (SIGCONT - 1) | 1UL << (SIGTSTP - 1) | 1UL << (SIGTTIN - 1) |
        1UL << (SIGTTOU - 1);
    uint64_t handler = signal_action(signal)->handler;

    return handler == (uintptr_t)SIG_IGN ||
           (handler == (uintptr_t)SIG_DFL && by_default & signal_bit(signal));
}

static bool wants(const struct thread *t, int signal)
{
    return (~t->signal_mask | t->signals_awaited) & signal_bit(signal);
}

/* The running thread looks for it on its way out: if it is for it, or may be.
 */
static bool is_mine(const struct thread *only, int signal)
{
    const struct thread *me = thread_current();

    return !me->queue && (only ? only == me : wants(me, signal));
}

/* One that waits is woken, one that runs looks for it on its way out, and one
 * that is ready when it runs again. */
static void tell(struct thread *only, int signal)
{
    if (is_mine(only, signal)) {
        signals_look();
        return;
    }
    for (struct thread *t = only ? only : threads_all(); t;
         t = only ? NULL : t->next_of_all) {
        if (!wants(t, signal))
            continue;
        sched_wake(t, -RESTART);
        if (t->on && t != thread_current())
            sched_call(t->on);
        if (!only)
            break;
    }
    signals_look();
}

void signals_pass_on(uint64_t unwanted)
{
    for (uint64_t set = of_program.set & unwanted; set; set &= set - 1)
        tell(NULL, __builtin_ctzl(set) + 1);
}

void signal_set_mask(uint64_t mask)
{
    struct thread *t = thread_current();
    uint64_t old = t->signal_mask;

    t->signal_mask = mask & ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
    signals_look();
    signals_pass_on(t->signal_mask & ~old);
}

/* Does one that is ignored stay? All that may take it block it, or one of them
 * waits for it. */
static bool is_awaited(const struct thread *to, int signal)
{
    uint64_t blocked = UINT64_MAX, awaited = 0;

    for (const struct thread *t = to ? to : threads_all(); t;
         t = to ? NULL : t->next_of_all) {
        blocked &= t->signal_mask;
        awaited |= t->signals_awaited;
    }
    return (blocked | awaited) & signal_bit(signal);
}

/* What kill() and the kernel send says little more than its number. */
static bool carries_value(const siginfo_t *info)
{
    return info->si_code < 0 && info->si_code != SI_TKILL;
}

long signal_send(struct thread *to, const siginfo_t *info)
{
    struct pending *p = to ? &to->pending : &of_program;
    int signal = info->si_signo;
    struct pending_signal *new;

    if (signal_is_ignored(signal) && !is_awaited(to, signal))
        return 0;
    new = heap_alloc_raw(sizeof(*new));
    if (!new &&carries_value(info))
        return -EAGAIN;
    if (new)
        signal_info_copy(&new->info, info);
    if (!pending_add(p, signal, new)) {
        heap_free(new, sizeof(*new));
        return 0;
    }
    tell(to, signal);
    if (on_send)
        on_send();
    return 1;
}

void signal_send_simple(struct thread *to, int signal, int code)
{
    siginfo_t info;

    signal_info_clear(&info);
    info.si_signo = signal;
    info.si_code = code;
    info.si_pid = code == SI_KERNEL ? 0 : 1;
    signal_send(to, &info);
}

int signal_take(uint64_t set, siginfo_t *info)
{
    struct pending_signal *taken;
    int signal = pending_take(&thread_current()->pending, set, &taken);

    if (!signal)
        signal = pending_take(&of_program, set, &taken);
    if (!signal)
        return 0;
    if (taken) {
        signal_info_copy(info, &taken->info);
    } else {
        signal_info_clear(info);
        info->si_signo = signal;
    }
    heap_free(taken, sizeof(*taken));
    if (info->si_code == SI_TIMER && on_timer)
        on_timer(info);
    signals_look();
    return signal;
}

static void discard(struct pending *p, int signal)
{
    struct pending_signal *taken;

    while (pending_take(p, signal_bit(signal), &taken)) {
        if (taken && taken->info.si_code == SI_TIMER && on_timer)
            on_timer(&taken->info);
        heap_free(taken, sizeof(*taken));
    }
}

static void drop_ignored(struct thread *t)
{
    uint64_t set = unblocked(t) & ~t->signals_awaited;

    for (; set; set &= set - 1) {
        int signal = __builtin_ctzl(set) + 1;

        if (!signal_is_ignored(signal))
            continue;
        discard(&t->pending, signal);
        discard(&of_program, signal);
    }
}

/* What another thread took meanwhile would end a wait for nothing. */
static void claim_first(struct thread *t)
{
    struct pending_signal *taken;
    int signal;

    if (t->pending.set & ~t->signal_mask)
        return;
    signal = pending_take(&of_program, ~t->signal_mask, &taken);
    if (signal)
        pending_add(&t->pending, signal, taken);
}

bool signal_is_due(void)
{
    struct thread *t = thread_current();

    if (!unblocked(t))
        return false;
    drop_ignored(t);
    claim_first(t);
    return unblocked(t) != 0;
}

void signal_discard(int signal)
{
    discard(&of_program, signal);
    for (struct thread *t = threads_all(); t; t = t->next_of_all)
        discard(&t->pending, signal);
    signals_look();
}

static void discard_timer(struct pending *p, int id)
{
    struct pending_signal *taken;

    while ((taken = pending_take_timer(p, id)) != NULL)
        heap_free(taken, sizeof(*taken));
}

void signal_discard_timer(int id)
{
    discard_timer(&of_program, id);
    for (struct thread *t = threads_all(); t; t = t->next_of_all)
        discard_timer(&t->pending, id);
    signals_look();
}
