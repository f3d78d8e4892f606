/*
 * deliver.c - handlers of signals: the frame on the program's stack, as on
 * Linux, and the way back. Layer: sched. Source: x86-64 Linux's ucontext.
 *
 * Where a thread was interrupted is told exactly, because musl's cancellation
 * depends on it: behind a system call that was done, and at the `call` of one
 * that will be made again.
 */
#include <errno.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "lib/string.h"
#include "mm/space.h"
#include "sched/fpu.h"
#include "sched/signal.h"
#include "xen/console.h"
#include "xen/end.h"
#include "xen/hypercall.h"
#include "xen/shared.h"

#define FLAGS_PROGRAM 0x240dd5UL /* ID AC OF DF TF SF ZF AF PF CF */
#define FLAGS_FIXED   0x202UL
#define TRAP_FLAG     0x100UL
#define DIRECTION     0x400UL
#define CANONICAL_END 0x0000800000000000UL

enum {
    CALL_BYTES = 5,
    SYSCALL_FAR = 1 << 16,
    BELOW_STACK = 128,
    FPU_LEGACY = 512
};

/* As far as Linux fills it: the FPU's state is elsewhere. */
struct signal_frame {
    uint64_t return_to;
    siginfo_t info;
    ucontext_t context;
};

enum {
    FRAME_USED = offsetof(struct signal_frame, context) +
                 offsetof(ucontext_t, __fpregs_mem)
};

extern char uk_signal_return[];
noreturn_ void uk_resume(struct frame *f);
noreturn_ void uk_resume_anywhere(struct frame *f);

static void save_registers(const struct frame *f, greg_t *g)
{
    uint64_t *r = (uint64_t *)g;

    r[REG_R8] = f->r8;
    r[REG_R9] = f->r9;
    r[REG_R10] = f->r10;
    r[REG_R11] = f->r11;
    r[REG_R12] = f->r12;
    r[REG_R13] = f->r13;
    r[REG_R14] = f->r14;
    r[REG_R15] = f->r15;
    r[REG_RDI] = f->rdi;
    r[REG_RSI] = f->rsi;
    r[REG_RBP] = f->rbp;
    r[REG_RBX] = f->rbx;
    r[REG_RDX] = f->rdx;
    r[REG_RAX] = f->rax;
    r[REG_RCX] = f->rcx;
    r[REG_RSP] = f->rsp;
    r[REG_RIP] = f->rip;
    r[REG_EFL] = f->rflags;
    r[REG_CSGSFS] = 0x33;
    r[REG_ERR] = f->error;
    r[REG_TRAPNO] = f->vector & 0xff;
    r[REG_OLDMASK] = 0;
    r[REG_CR2] = percpu()->info.arch.cr2;
}

static void load_registers(struct frame *f, const greg_t *g)
{
    const uint64_t *r = (const uint64_t *)g;

    f->r8 = r[REG_R8];
    f->r9 = r[REG_R9];
    f->r10 = r[REG_R10];
    f->r11 = r[REG_R11];
    f->r12 = r[REG_R12];
    f->r13 = r[REG_R13];
    f->r14 = r[REG_R14];
    f->r15 = r[REG_R15];
    f->rdi = r[REG_RDI];
    f->rsi = r[REG_RSI];
    f->rbp = r[REG_RBP];
    f->rbx = r[REG_RBX];
    f->rdx = r[REG_RDX];
    f->rax = r[REG_RAX];
    f->rcx = r[REG_RCX];
    f->rsp = r[REG_RSP];
    f->rip = r[REG_RIP];
    f->rflags = (r[REG_EFL] & FLAGS_PROGRAM) | FLAGS_FIXED;
    f->cs = FLAT_KERNEL_CS & ~3UL;
    f->ss = FLAT_KERNEL_SS;
    f->vector = f->error = 0;
}

static bool is_on_alternate(const struct thread *t, uint64_t sp)
{
    return sp - (uintptr_t)t->alternate.ss_sp < t->alternate.ss_size;
}

/* Where a handler's frame begins. */
static uint64_t place_frame(const struct thread *t, const struct frame *f,
                            const struct signal_action *a)
{
    uint64_t sp = f->rsp - BELOW_STACK;

    if (a->flags & SA_ONSTACK && t->alternate.ss_size &&
        !is_on_alternate(t, f->rsp))
        sp = (uintptr_t)t->alternate.ss_sp + t->alternate.ss_size;
    return sp;
}

/* Those that end the program as a crash. */
static const char *const crashes[SIGSYS + 1] = {
    [SIGSEGV] = "SIGSEGV", [SIGBUS] = "SIGBUS",   [SIGFPE] = "SIGFPE",
    [SIGILL] = "SIGILL",   [SIGTRAP] = "SIGTRAP", [SIGABRT] = "SIGABRT",
    [SIGSYS] = "SIGSYS"};

noreturn_ static void end_by(const struct frame *f, int signal)
{
    if (signal < (int)array_size(crashes) && crashes[signal]) {
        console_print("signal: %d %s\n", signal, crashes[signal]);
        trap_crash(f);
    }
    console_print("signal: %d\n", signal);
    end_program(128 + signal);
}

static void fill_context(ucontext_t *c, const struct thread *t,
                         const struct frame *f, char *fpu)
{
    uint64_t mask = t->mask_is_saved ? t->saved_mask : t->signal_mask;

    c->uc_flags = 0;
    c->uc_link = NULL;
    c->uc_stack = t->alternate;
    c->uc_stack.ss_flags = !t->alternate.ss_size        ? SS_DISABLE
                           : is_on_alternate(t, f->rsp) ? SS_ONSTACK
                                                        : 0;
    save_registers(f, c->uc_mcontext.gregs);
    c->uc_mcontext.fpregs = (fpregset_t)(void *)fpu;
    memcpy(&c->uc_sigmask, &mask, sizeof(mask));
    fpu_save_for_program(fpu);
}

/* The program goes on in its handler. */
static void enter_handler(struct frame *f, const siginfo_t *info)
{
    struct thread *t = thread_current();
    struct signal_action *a = signal_action(info->si_signo), old = *a;
    uint64_t at = place_frame(t, f, a);
    char *fpu =
        (char *)((at - fpu_bytes - FPU_MAGIC_BYTES) & -(0UL + FPU_ALIGN));
    struct signal_frame *s =
        (struct signal_frame *)((((uintptr_t)fpu - FRAME_USED) & ~15UL) - 8);

    if (!space_allows(s, at - (uintptr_t)s, PROT_READ | PROT_WRITE) ||
        ((is_on_alternate(t, f->rsp) || is_on_alternate(t, at - 1)) &&
         !is_on_alternate(t, (uintptr_t)s)))
        end_by(f, SIGSEGV);
    s->return_to = (uintptr_t)uk_signal_return;
    memset(&s->info, 0, sizeof(s->info));
    signal_info_copy(&s->info, info);
    fill_context(&s->context, t, f, fpu);
    t->mask_is_saved = false;
    if (old.flags & SA_RESETHAND)
        a->handler = (uintptr_t)SIG_DFL;
    signal_set_mask(t->signal_mask | old.mask |
                    (old.flags & SA_NODEFER ? 0 : signal_bit(info->si_signo)));
    f->rdi = (uint64_t)info->si_signo;
    f->rsi = (uintptr_t)&s->info;
    f->rdx = (uintptr_t)&s->context;
    f->rax = 0;
    f->rip = old.handler;
    f->rsp = (uintptr_t)s;
    f->rflags &= ~(TRAP_FLAG | DIRECTION);
}

static bool is_interrupted_call(const struct frame *f)
{
    return f->vector & SYSCALL_FAR && f->rax == -(uint64_t)RESTART;
}

/* The call is made again: its number is what vector holds. */
static void restart(struct frame *f)
{
    f->rax = f->vector & (SYSCALL_FAR - 1);
    f->rip -= CALL_BYTES;
    f->vector = 0;
}

void signals_deliver(struct frame *f)
{
    struct thread *t = thread_current();
    siginfo_t info;
    int signal;

    sched_preempt();
    percpu()->work = 0;
    while ((signal = signal_take(~t->signal_mask, &info)) != 0) {
        const struct signal_action *a = signal_action(signal);

        if (signal_is_ignored(signal))
            continue;
        if (a->handler == (uintptr_t)SIG_DFL)
            end_by(f, signal);
        if (is_interrupted_call(f) && a->flags & SA_RESTART)
            restart(f);
        else if (is_interrupted_call(f))
            f->rax = -(uint64_t)EINTR;
        f->vector = 0;
        enter_handler(f, &info);
    }
    if (is_interrupted_call(f))
        restart(f);
    if (t->mask_is_saved) {
        t->mask_is_saved = false;
        signal_set_mask(t->saved_mask);
        if (percpu()->work)
            signals_deliver(f);
    }
    f->error = 0;
}

void signal_fault(struct frame *f, int signal, int code, uint64_t address)
{
    struct thread *t = thread_current();
    siginfo_t info;

    signal_info_clear(&info);
    info.si_signo = signal;
    info.si_code = code;
    info.si_addr = (void *)address;
    if (signal_action(signal)->handler <= (uintptr_t)SIG_IGN ||
        t->signal_mask & signal_bit(signal))
        end_by(f, signal);
    enter_handler(f, &info);
}

/* What is asked for at once, for it mostly lies together: a frame, FPU state,
 * and some of the stack that was interrupted. */
enum { TOGETHER = FRAME_USED + FPU_ALIGN + FPU_LEGACY + BELOW_STACK };

/* `all`: it may write to the TOGETHER bytes at `frame`. */
static bool may_write(const void *frame, bool all, uint64_t at, uint64_t bytes)
{
    return (all && at - (uintptr_t)frame <= TOGETHER - bytes) ||
           space_allows((const void *)at, bytes, PROT_READ | PROT_WRITE);
}

noreturn_ void signal_return(void)
{
    struct thread *t = thread_current();
    const struct signal_frame *s =
        ((struct signal_frame **)(void *)t->kstack_top)[-1];
    bool all = space_allows(s, TOGETHER, PROT_READ | PROT_WRITE), writable;
    struct frame f;
    uint64_t mask;
    char *fpu;

    if (!all && !space_allows(s, FRAME_USED, PROT_READ)) {
        f = (struct frame){.rsp = (uintptr_t)s};
        end_by(&f, SIGSEGV);
    }
    load_registers(&f, s->context.uc_mcontext.gregs);
    fpu = (char *)s->context.uc_mcontext.fpregs;
    writable = may_write(s, all, (uintptr_t)fpu, FPU_LEGACY);
    if (f.rip >= CANONICAL_END ||
        (!writable && !space_allows(fpu, FPU_LEGACY, PROT_READ)))
        end_by(&f, SIGSEGV);
    fpu_load_from_program(fpu, writable, t->fpu);
    memcpy(&mask, &s->context.uc_sigmask, sizeof(mask));
    signal_set_mask(mask);
    if (percpu()->work)
        signals_deliver(&f);
    if (may_write(s, all, f.rsp - BELOW_STACK, BELOW_STACK))
        uk_resume(&f);
    uk_resume_anywhere(&f);
}
