/*
 * percpu.h - what each vcpu has for itself, found by its GS base; offsets for
 * the assembly. Layer: xen.
 */
#ifndef UK_XEN_PERCPU_H
#define UK_XEN_PERCPU_H

#define PERCPU_SELF      0
#define PERCPU_KSTACK    8
#define PERCPU_VCPU_INFO 16
#define PERCPU_CURRENT   24
#define PERCPU_WORK      32

#define KSTACK_BYTES 16384
#define FRAME_BYTES  176 /* of struct frame, traps.h */

/* Of struct vcpu_info, struct shared_info and struct wall. */
#define VCPU_TIME_VERSION   32
#define VCPU_TIME_TSC       40
#define VCPU_TIME_SYSTEM    48
#define VCPU_TIME_MUL       56
#define VCPU_TIME_SHIFT     60
#define SHARED_WALL_VERSION 3072
#define WALL_VERSION        8

#ifndef __ASSEMBLY__
#include "lib/types.h"
#include <xen/xen.h>

struct thread;

struct percpu {
    struct percpu *self;
    char *kstack_top; /* of the thread that runs; 16-aligned */
    struct vcpu_info *vcpu_info;
    struct thread *current;
    uint32_t work; /* something is to be done before the program goes on */
};

_Static_assert(offsetof(struct percpu, kstack_top) == PERCPU_KSTACK, "asm");
_Static_assert(offsetof(struct percpu, vcpu_info) == PERCPU_VCPU_INFO, "asm");
_Static_assert(offsetof(struct percpu, work) == PERCPU_WORK, "asm");
_Static_assert(offsetof(struct percpu, current) == PERCPU_CURRENT, "asm");

_Static_assert(offsetof(struct vcpu_info, time) == VCPU_TIME_VERSION, "asm");
_Static_assert(offsetof(struct vcpu_info, time.tsc_shift) == VCPU_TIME_SHIFT,
               "asm");
_Static_assert(offsetof(struct shared_info, wc_version) == SHARED_WALL_VERSION,
               "asm");

static inline struct percpu *percpu(void)
{
    struct percpu *p;

    __asm__("mov %%gs:0, %0" : "=r"(p));
    return p;
}
#endif

#endif
