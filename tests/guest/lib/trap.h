/*
 * trap.h - traps and callbacks, faults that are expected, and user mode.
 *
 * Whatever the hypervisor sends arrives as a struct frame at trap_handle().
 * There it is, in this order: taken by a hook; the end of user_run(); the end
 * of catch_fault(); or the end of the guest, with a FAIL line.
 */
#ifndef TRAP_H
#define TRAP_H

#include "types.h"

struct frame {
    uint64_t vector;
    uint64_t r15, r14, r13, r12, r10, r9, r8, rbp, rdi, rsi, rdx, rbx;
    uint64_t rax, r11, rcx;
    uint64_t error; /* to go back it is the VGCF_* flags of iret */
    uint64_t rip, cs, rflags, rsp, ss;
};

/* What the hypervisor pushed begins here: rcx, r11, error code or not, rip. */
static inline uint64_t frame_bounce_sp(const struct frame *f, bool has_error)
{
    return (uint64_t)&f->rip - (has_error ? 24 : 16);
}

#define CS_KERNEL FLAT_KERNEL_CS /* 0xe033 */
#define SS_KERNEL FLAT_KERNEL_SS /* 0xe02b */
#define CS_USER32 0xe023

/* The event mask at the time of a trap, as the frame's cs word has it. */
#define FRAME_MASK(f) ((f)->cs >> 32 & 0xff)

struct cpu {
    uint64_t landing_sp; /* not 0: a fault is expected */
    bool in_user;
    struct frame fault; /* the last one caught */
    uint64_t fault_cr2;
    uint64_t fault_sp;  /* where the hypervisor's frame began */
    uint8_t fault_mask; /* upcall mask when the handler began */
    unsigned id;
    void (*start)(void *);
    void *start_arg;
};

struct cpu *this_cpu(void);

void traps_init(void);
/* Of 256 vectors: DPL 0, but for 3, 4 and 0x80. */
extern struct trap_info trap_table[257];
extern char trap_stubs[];
/* true: dealt with, go back to *f. */
typedef bool trap_hook(struct frame *f);
void trap_set_hook(unsigned vector, trap_hook *hook);
trap_hook trap_ignore; /* as if it had not come */
void trap_handle(struct frame *f);
extern uint64_t failsafe_segments[4]; /* ds es fs gs */

void callback_event(void);
void callback_failsafe(void);
void callback_syscall(void);
void callback_syscall32(void);
void callback_sysenter(void);
long callback_register(unsigned type, uint64_t address, unsigned flags);

/* Calls fn(arg): the fault that ended it, or NULL. Not nested. */
const struct frame *catch_fault(void (*fn)(void *), void *arg);
/* Vector of the fault, or -1. */
int fault_of(void (*fn)(void *), void *arg);
#define NO_FAULT (-1)

/* A function in assembly, for catch_fault() and user_run(); % as in a file. */
#define ASM_FUNCTION(name, text)                                               \
    void name(void);                                                           \
    __asm__(".pushsection .text; " #name ": " text "; ret; .popsection")
/* The same for catch_fault(), which gives it no argument. */
const struct frame *catch_code(void (*fn)(void));

/* One access; the vector, or NO_FAULT. cr2 and error code: last_fault(). */
int try_read(const volatile void *address);
int try_write(volatile void *address, uint64_t value);
int try_execute(const volatile void *address);
const struct cpu *last_fault(void);

uint64_t land_from(uint64_t *save_sp, void (*fn)(void *), void *arg);
extern char landing[];
__attribute__((noreturn)) void frame_resume(struct frame *f);

/* ---- user mode ---- */
/* The user's tables: the kernel's slot 511, and slot 0 for low_map(). */
void user_init(void);
extern uint64_t *user_l4;
extern uint8_t user_stack[];
#define USER_STACK_SIZE 0x4000
/* Registers of a start of user mode at fn, on its own stack. */
struct frame user_start(void (*fn)(void));
/* Goes there, until the next trap or callback: how things were then. */
const struct frame *user_run(const struct frame *start);

#endif
