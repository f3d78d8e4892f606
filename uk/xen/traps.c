/*
 * traps.c - the trap table, and what is done when something faults. Layer: xen.
 */
#include "xen/traps.h"
#include "xen/console.h"
#include "xen/cpus.h"
#include "xen/hypercall.h"
#include "xen/shared.h"
#include "xen/percpu.h"

extern char uk_trap_stubs[], uk_event_entry[], uk_failsafe_entry[];
extern char etext;
extern const char __ehdr_start;
extern char pv_syscall[], uk_call_begun[];
extern char uk_clock_read[], uk_clock_read_end[];
struct frame *trap_handle(struct frame *f);

enum { TRAPS = 20, STUB_BYTES = 8, MASKS_EVENTS = 4, DPL_3 = 3 };

static const struct trap_hooks *hooks;
static struct trap_info trap_table[TRAPS + 1];

static const char *const names[TRAPS] = {
    [0] = "division by zero",
    [1] = "debug trap",
    [2] = "NMI",
    [3] = "breakpoint",
    [4] = "overflow",
    [5] = "bounds",
    [6] = "invalid instruction",
    [7] = "no FPU",
    [10] = "bad TSS",
    [11] = "no segment",
    [12] = "stack fault",
    [13] = "general protection fault",
    [14] = "page fault",
    [16] = "x87 fault",
    [17] = "alignment check",
    [19] = "SSE fault",
};

static unsigned gate_dpl(unsigned vector)
{
    return vector == 3 || vector == 4 ? DPL_3 : 0;
}

void traps_init(void)
{
    for (unsigned i = 0; i < TRAPS; i++)
        trap_table[i] = (struct trap_info){
            .vector = (uint8_t)i,
            .flags = (uint8_t)(gate_dpl(i) | MASKS_EVENTS),
            .cs = FLAT_KERNEL_CS,
            .address = (uintptr_t)uk_trap_stubs + STUB_BYTES * i,
        };
    xen_set_trap_table(trap_table);
    xen_set_callbacks(uk_event_entry, uk_failsafe_entry, 0);
}

void traps_fill(struct vcpu_guest_context *c)
{
    for (unsigned i = 0; i < TRAPS; i++)
        c->trap_ctxt[i] = trap_table[i];
    c->event_callback_eip = (uintptr_t)uk_event_entry;
    c->failsafe_callback_eip = (uintptr_t)uk_failsafe_entry;
}

void traps_set_hooks(const struct trap_hooks *new)
{
    hooks = new;
}

static bool is_from_program(const struct frame *f)
{
    return (uintptr_t)percpu()->kstack_top - (uintptr_t)f > KSTACK_BYTES;
}

/* Is it where a call returns to: e8, or ff /2? */
static bool is_return_address(uint64_t at)
{
    const uint8_t *code = (const uint8_t *)at;

    if (at < (uintptr_t)&__ehdr_start + 8 || at >= (uintptr_t)&etext)
        return false;
    if (code[-5] == 0xe8)
        return true;
    for (int n = 2; n <= 7; n++)
        if (code[-n] == 0xff && (code[1 - n] & 0x38) == 0x10)
            return true;
    return false;
}

/* There are no frame pointers: what on the stack looks like callers. */
static void print_backtrace(uint64_t rip, uint64_t rsp)
{
    const uint64_t *word = (const uint64_t *)(rsp & ~7UL);
    unsigned found = 0;

    console_print("backtrace: %lx", rip);
    for (unsigned n = 0; n < 512 && found < 16; n++) {
        if (!is_return_address(word[n]))
            continue;
        console_print(" %lx", word[n]);
        found++;
    }
    console_print("\n");
}

/* What programs read below their stack pointer before they use it. */
static bool is_stack_full(const struct frame *f)
{
    enum { LOOKS_AHEAD = 2 * PAGE_BYTES };

    return f->vector == VECTOR_PAGE_FAULT &&
           f->rsp - percpu()->info.arch.cr2 - 1 < LOOKS_AHEAD;
}

noreturn_ void trap_crash(const struct frame *f)
{
    static struct percpu *crashing;
    struct percpu *first = NULL;
    const char *name = f->vector < TRAPS && names[f->vector] ? names[f->vector]
                       : f->vector > UINT16_MAX ? "behind a system call"
                                                : "unexpected trap";

    /* As behind the end of the stack, while it is looked through. */
    if (!__atomic_compare_exchange_n(&crashing, &first, percpu(), false,
                                     __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST) &&
        first == percpu()) {
        console_print("\n");
        shared_shutdown(SHUTDOWN_crash);
    }
    while (first)
        xen_sched_op(SCHEDOP_yield, NULL);
    console_end_line();
    console_print("crash: %s (%lu), error %lx, address %lx\n", name,
                  f->vector & UINT16_MAX, f->error, percpu()->info.arch.cr2);
    if (is_stack_full(f))
        console_print("the stack is full\n");
    console_print("rip %016lx rsp %016lx rbp %016lx flags %lx\n", f->rip,
                  f->rsp, f->rbp, f->rflags);
    console_print("rax %016lx rbx %016lx rcx %016lx rdx %016lx\n", f->rax,
                  f->rbx, f->rcx, f->rdx);
    console_print("rsi %016lx rdi %016lx r8  %016lx r9  %016lx\n", f->rsi,
                  f->rdi, f->r8, f->r9);
    console_print("r10 %016lx r11 %016lx r12 %016lx r13 %016lx\n", f->r10,
                  f->r11, f->r12, f->r13);
    console_print("r14 %016lx r15 %016lx\n", f->r14, f->r15);
    print_backtrace(f->rip, f->rsp);
    shared_shutdown(SHUTDOWN_crash);
}

/* The lock is given back in the idle loop, where alone events are on, and on
 * the way back to the program, whose stack may have to get memory for it. */
static void handle_kernels(struct frame *f)
{
    bool locked = kernel_has_lock();

    if (!locked)
        kernel_lock();
    if (f->vector == VECTOR_EVENT)
        shared_handle_events();
    else if (!hooks || !hooks->mend(f))
        trap_crash(f);
    if (!locked)
        kernel_unlock();
}

static bool lies_between(uint64_t at, const char *start, const char *end)
{
    return at - (uintptr_t)start < (uintptr_t)end - (uintptr_t)start;
}

/*
 * An event may bring a signal, before which a call was made or was not; and
 * another vcpu, with another clock. What had only begun will begin again.
 */
static void step_back(struct frame *f)
{
    enum { CALL_BYTES = 5 };

    if (lies_between(f->rip, uk_clock_read, uk_clock_read_end))
        f->rip = (uintptr_t)uk_clock_read;
    if (!lies_between(f->rip, pv_syscall, uk_call_begun))
        return;
    f->rip = *(const uint64_t *)f->rsp - CALL_BYTES;
    f->rsp += sizeof(uint64_t);
}

static void handle_programs(const struct frame *f, struct frame *copy)
{
    if (f->vector == VECTOR_EVENT) {
        step_back(copy);
        shared_handle_events();
    } else if (!hooks->mend(f)) {
        hooks->fault(copy);
    }
}

/*
 * The frame to go back with. One of the program's lies on the program's stack,
 * where a signal's would come too: it is copied to the kernel's, whose top
 * entry.S has left free.
 */
struct frame *trap_handle(struct frame *f)
{
    struct frame *copy = (struct frame *)(void *)percpu()->kstack_top - 1;

    if (!is_from_program(f)) {
        handle_kernels(f);
        f->error = 0;
        return f;
    }
    *copy = *f;
    kernel_lock();
    handle_programs(f, copy);
    if (percpu()->work)
        hooks->leave(copy);
    kernel_unlock();
    copy->error = 0;
    return copy;
}
