/* traps.h - faults and events, as the hypervisor delivers them. Layer: xen. */
#ifndef UK_XEN_TRAPS_H
#define UK_XEN_TRAPS_H

#include "lib/types.h"

/* What entry.S pushes; the hypervisor's own part starts at error. */
struct frame {
    uint64_t vector;
    uint64_t r15, r14, r13, r12, r10, r9, r8, rbp, rdi, rsi, rdx, rbx;
    uint64_t rax, r11, rcx;
    uint64_t error; /* what iret takes for flags: 0 on the way back */
    uint64_t rip, cs, rflags, rsp, ss;
};

enum { VECTOR_PAGE_FAULT = 14, VECTOR_EVENT = 256, VECTOR_FAILSAFE = 257 };

/* Must be called before anything can fault. */
void traps_init(void);

/* Who can mend a page fault at an address: true if it may be tried again. */
void traps_set_page_fault(bool (*handler)(uint64_t at, uint64_t error));

/* Called on the way back to the program, from an event. */
void traps_set_return(void (*handler)(void));

/* Prints registers and a backtrace, and ends the domain as crashed. */
noreturn_ void trap_crash(const struct frame *f);

#endif
