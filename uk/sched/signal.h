/*
 * signal.h - signals: who gets them, and the program's handlers. Layer: sched.
 * Locks: events are masked.
 */
#ifndef UK_SCHED_SIGNAL_H
#define UK_SCHED_SIGNAL_H

#include "sched/thread.h"
#include "xen/traps.h"

/* A call that a signal interrupted is made again if nobody handles it, or with
 * SA_RESTART; never seen by the program. */
#define RESTART 512

struct signal_action {
    uint64_t handler, flags, restorer, mask;
};

void signals_init(void);
struct signal_action *signal_action(int signal);

/*
 * What of a siginfo_t says something, as Linux has it; what a program is shown
 * of the rest is zero.
 */
struct signal_info {
    uint64_t words[6];
};

static inline void signal_info_copy(siginfo_t *to, const siginfo_t *from)
{
    *(struct signal_info *)(void *)to =
        *(const struct signal_info *)(const void *)from;
}

static inline void signal_info_clear(siginfo_t *info)
{
    *(struct signal_info *)(void *)info = (struct signal_info){{0}};
}

/* To one thread, or to the program (NULL). 1 if it is kept, 0 if not: ignored,
 * or there already; -EAGAIN: there is no memory for the value it carries. */
long signal_send(struct thread *to, const siginfo_t *info);
/* The same with what a signal from the kernel or kill() says of itself. */
void signal_send_simple(struct thread *to, int signal, int code);

/* Who wants to know that one was sent. */
void signals_on_send(void (*handler)(void));
/* Who completes what a timer's says when it is taken, or forgotten. */
void signals_on_timer(void (*handler)(siginfo_t *info));

/* Sets percpu()->work: has the running thread a signal to take? */
void signals_look(void);
/* Has it one to be told, which ends its wait? What nobody handles is dropped,
 * and no other thread takes the first. */
bool signal_is_due(void);

/* Some for the program may have been told to the running thread alone, and it
 * wants these no longer: others are told. */
void signals_pass_on(uint64_t unwanted);

/* The running thread's. */
void signal_set_mask(uint64_t mask);
uint64_t signal_pending(void);
/* By its action. */
bool signal_is_ignored(int signal);
/* Forgets it where it was sent and not taken yet. */
void signal_discard(int signal);
/* The same of what a timer of timer_create() has sent. */
void signal_discard_timer(int id);
/* Takes one of `set` if there is one: its number, or 0; of `info` what says
 * something is written. */
int signal_take(uint64_t set, siginfo_t *info);

/* On the way back to the program, whose registers are in `f`. */
void signals_deliver(struct frame *f);
/* The same after a fault of the program's. */
void signal_fault(struct frame *f, int signal, int code, uint64_t address);
/* Back to where a handler interrupted the program. */
noreturn_ void signal_return(void);

#endif
