/* traps.h - faults and events, as the hypervisor delivers them. Layer: xen. */
#ifndef UK_XEN_TRAPS_H
#define UK_XEN_TRAPS_H

#include "lib/types.h"
#include "xen/percpu.h"

/* What entry.S pushes; the hypervisor's own part starts at error. */
struct frame {
    uint64_t vector;
    uint64_t r15, r14, r13, r12, r10, r9, r8, rbp, rdi, rsi, rdx, rbx;
    uint64_t rax, r11, rcx;
    uint64_t error; /* what iret takes for flags: 0 on the way back */
    uint64_t rip, cs, rflags, rsp, ss;
};

_Static_assert(sizeof(struct frame) == FRAME_BYTES, "asm");

enum { VECTOR_PAGE_FAULT = 14, VECTOR_EVENT = 256, VECTOR_FAILSAFE = 257 };

/* Must be called before anything can fault. */
void traps_init(void);
/* The same for a vcpu that is to come. */
void traps_fill(struct vcpu_guest_context *c);

/* What the rooms above do about them. */
struct trap_hooks {
    bool (*mend)(const struct frame *f); /* true: try again */
    void (*fault)(struct frame *f);      /* one of the program's */
    void (*leave)(struct frame *f); /* back to it, with percpu()->work set */
};

void traps_set_hooks(const struct trap_hooks *hooks);

/* Prints registers and a backtrace, and ends the domain as crashed. */
noreturn_ void trap_crash(const struct frame *f);

#endif
