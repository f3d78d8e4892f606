/*
 * percpu.h - what each vcpu has for itself, found by its GS base; offsets for
 * the assembly. Layer: xen.
 */
#ifndef UK_XEN_PERCPU_H
#define UK_XEN_PERCPU_H

#define PERCPU_SELF    0
#define PERCPU_KSTACK  8
#define PERCPU_CURRENT 16
#define PERCPU_WORK    24
#define PERCPU_ID      28
#define PERCPU_INFO    64

/* Of struct vcpu_info there, of struct shared_info and of struct wall. */
#define PERCPU_PENDING      (PERCPU_INFO + 0)
#define PERCPU_MASK         (PERCPU_INFO + 1)
#define PERCPU_TIME_VERSION (PERCPU_INFO + 32)
#define PERCPU_TIME_TSC     (PERCPU_INFO + 40)
#define PERCPU_TIME_SYSTEM  (PERCPU_INFO + 48)
#define PERCPU_TIME_MUL     (PERCPU_INFO + 56)
#define PERCPU_TIME_SHIFT   (PERCPU_INFO + 60)
#define PERCPU_TIME_FLAGS   (PERCPU_INFO + 61)
#define TIME_TSC_STABLE     1
#define SHARED_WALL_VERSION 3072
#define WALL_VERSION        8

#define KSTACK_BYTES 16384
#define FRAME_BYTES  176 /* of struct frame, traps.h */

#ifndef __ASSEMBLY__
#include "lib/types.h"
#include <xen/xen.h>

struct thread;

enum { PORT_WORDS = 2, PERCPU_ALIGN = 256 };

struct percpu {
    struct percpu *self;
    char *kstack_top; /* of the thread that runs; 16-aligned */
    struct thread *current;
    uint32_t work; /* something is to be done before the program goes on */
    uint32_t id;
    const uint64_t *mfn; /* of the frame that this is in: a place in the list */
    uint32_t kick_port;
    /* The scheduler's: */
    uint8_t idle;         /* IDLE_* */
    bool stale;           /* its TLB, since it idles */
    bool turn;            /* of another thread than the current one */
    struct thread *idler; /* what runs when nothing else does */
    aligned_(64) struct vcpu_info info; /* where the hypervisor has it */
    uint64_t slice_ns;   /* when the current thread's slice began */
    uint64_t since_ns;   /* of the current thread's time, not counted yet */
    struct thread *dead; /* to be freed when its stack is left */
    uint64_t ports[PORT_WORDS]; /* which events are handled here */
};

_Static_assert(sizeof(struct percpu) <= PERCPU_ALIGN, "one page");
_Static_assert(offsetof(struct percpu, kstack_top) == PERCPU_KSTACK, "asm");
_Static_assert(offsetof(struct percpu, work) == PERCPU_WORK, "asm");
_Static_assert(offsetof(struct percpu, id) == PERCPU_ID, "asm");
_Static_assert(offsetof(struct percpu, current) == PERCPU_CURRENT, "asm");
_Static_assert(offsetof(struct percpu, info) == PERCPU_INFO, "asm");
_Static_assert(offsetof(struct percpu, info.time) == PERCPU_TIME_VERSION,
               "asm");
_Static_assert(offsetof(struct percpu, info.time.flags) == PERCPU_TIME_FLAGS,
               "asm");
_Static_assert(TIME_TSC_STABLE == XEN_PVCLOCK_TSC_STABLE_BIT, "asm");
_Static_assert(offsetof(struct shared_info, wc_version) == SHARED_WALL_VERSION,
               "asm");

/* That of the vcpu that runs this, which is another one behind each wait. */
static inline struct percpu *percpu(void)
{
    struct percpu *p;

    __asm__ volatile("mov %%gs:%c1, %0" : "=r"(p) : "i"(PERCPU_SELF));
    return p;
}
#endif

#endif
