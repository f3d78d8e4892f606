/* faults.c - which signal a fault of the program is. Layer: sched. */
#include <signal.h>
#include <sys/mman.h>

#include "mm/space.h"
#include "sched/faults.h"
#include "sched/signal.h"

enum { FAULT_WRITE = 2, FAULT_RESERVED = 8, FAULT_FETCH = 16 };
enum { VECTOR_X87 = 16, VECTOR_SSE = 19, VECTORS = 20 };

/* Indexed by vector; faults of pages and of arithmetic are told apart below. */
static const struct {
    int signal, code;
} signals[VECTORS] = {
    [0] = {SIGFPE, FPE_INTDIV},  [1] = {SIGTRAP, TRAP_TRACE},
    [3] = {SIGTRAP, SI_KERNEL},  [4] = {SIGSEGV, SI_KERNEL},
    [5] = {SIGSEGV, SI_KERNEL},  [6] = {SIGILL, ILL_ILLOPN},
    [11] = {SIGBUS, SI_KERNEL},  [12] = {SIGBUS, SI_KERNEL},
    [13] = {SIGSEGV, SI_KERNEL}, [17] = {SIGBUS, BUS_ADRALN},
};

static uint32_t needed(const struct frame *f)
{
    return f->error & FAULT_WRITE   ? PROT_WRITE
           : f->error & FAULT_FETCH ? PROT_EXEC
                                    : PROT_READ;
}

static void page_fault(struct frame *f, uint64_t at)
{
    if (space_promises(at, needed(f)))
        signal_fault(f, SIGBUS, BUS_ADRERR, at);
    else if (space_promises(at, 0))
        signal_fault(f, SIGSEGV, SEGV_ACCERR, at);
    else
        signal_fault(f, SIGSEGV, SEGV_MAPERR, at);
}

/* The exceptions of x87 and SSE that are told and not masked. */
static uint32_t float_exceptions(bool sse)
{
    uint32_t both;
    uint16_t control, status;

    if (sse) {
        __asm__ volatile("stmxcsr %0" : "=m"(both));
        return both & ~(both >> 7);
    }
    __asm__ volatile("fnstcw %0; fnstsw %1" : "=m"(control), "=m"(status));
    return status & ~(uint32_t)control;
}

static int float_code(bool sse)
{
    static const uint8_t codes[] = {FPE_FLTINV, FPE_FLTUND, FPE_FLTDIV,
                                    FPE_FLTOVF, FPE_FLTUND, FPE_FLTRES};
    uint32_t told = float_exceptions(sse);

    for (unsigned i = 0; i < sizeof(codes); i++)
        if (told >> i & 1)
            return codes[i];
    return FPE_FLTINV;
}

void fault_of_program(struct frame *f)
{
    if (f->vector == VECTOR_PAGE_FAULT)
        page_fault(f, percpu()->info.arch.cr2);
    else if (f->vector == VECTOR_X87 || f->vector == VECTOR_SSE)
        signal_fault(f, SIGFPE, float_code(f->vector == VECTOR_SSE), f->rip);
    else if (f->vector < VECTORS && signals[f->vector].signal)
        signal_fault(f, signals[f->vector].signal, signals[f->vector].code,
                     f->rip);
    else
        trap_crash(f);
}

/* A page that may be there and is not yet, or was not before another vcpu has
 * changed its entry; for the kernel, too. */
bool fault_mend(const struct frame *f)
{
    return f->vector == VECTOR_PAGE_FAULT && !(f->error & FAULT_RESERVED) &&
           space_fault(percpu()->info.arch.cr2, needed(f));
}
