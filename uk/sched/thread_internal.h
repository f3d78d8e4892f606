/* thread_internal.h - what thread.c, thread_memory.c and cpus.c share. Layer:
 * sched. */
#ifndef UK_SCHED_THREAD_INTERNAL_H
#define UK_SCHED_THREAD_INTERNAL_H

#include "sched/thread.h"

/* In no list, with stacks of its own; NULL without memory. */
struct thread *thread_alloc(void);
/* With the signals that it did not take. */
void thread_free(struct thread *t);

/* Its timer's event, and those of other vcpus if there are any. */
void sched_bind_events(struct percpu *p);

/* What idlers do, from their first switch or their vcpu's start. */
noreturn_ void sched_idle_on(void);

#endif
