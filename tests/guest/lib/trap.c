/* trap.c - traps, callbacks and expected faults; see trap.h. */
#include "guest.h"

extern char stacks[];
uint64_t boot_regs[23];
struct trap_info trap_table[257];
uint64_t failsafe_segments[4];
static trap_hook *hooks[VECTOR_FAILSAFE + 1];

/* Every stack has its struct cpu at its bottom. */
struct cpu *this_cpu(void)
{
    uint64_t sp = (uint64_t)__builtin_frame_address(0);
    uint64_t base = sp & ~(STACK_SIZE - 1UL);

    if (base < (uint64_t)stacks ||
        base >= (uint64_t)stacks + VCPUS * STACK_SIZE)
        base = (uint64_t)stacks;
    return (struct cpu *)base;
}

static unsigned gate_dpl(unsigned vector)
{
    return vector == VECTOR_BP || vector == VECTOR_OF || vector == 0x80 ? 3 : 0;
}

long callback_register(unsigned type, uint64_t address, unsigned flags)
{
    struct callback_register reg = {
        .type = (uint16_t)type, .flags = (uint16_t)flags, .address = address};

    return callback_op(CALLBACKOP_register, &reg);
}

void traps_init(void)
{
    for (unsigned i = 0; i < 256; i++)
        trap_table[i] = (struct trap_info){
            .vector = (uint8_t)i,
            .flags = (uint8_t)gate_dpl(i),
            .cs = CS_KERNEL,
            .address = (uint64_t)trap_stubs + 32 * i,
        };
    for (unsigned i = 0; i < VCPUS; i++)
        ((struct cpu *)(stacks + i * STACK_SIZE))->id = i;
    REQUIRE_EQ(set_trap_table(trap_table), 0);
    callback_register(CALLBACKTYPE_event, (uint64_t)callback_event, 0);
    callback_register(CALLBACKTYPE_failsafe, (uint64_t)callback_failsafe, 0);
    callback_register(CALLBACKTYPE_syscall, (uint64_t)callback_syscall, 0);
    callback_register(CALLBACKTYPE_syscall32, (uint64_t)callback_syscall32, 0);
    callback_register(CALLBACKTYPE_sysenter, (uint64_t)callback_sysenter, 0);
}

bool trap_ignore(struct frame *f)
{
    (void)f;
    return true;
}

void trap_set_hook(unsigned vector, trap_hook *hook)
{
    hooks[vector] = hook;
}

static bool has_error(unsigned vector)
{
    return vector == VECTOR_DF || vector == VECTOR_AC ||
           (vector >= VECTOR_TS && vector <= VECTOR_PF);
}

/* The frame becomes a return to land_from()'s caller. */
static void divert(struct cpu *c, struct frame *f)
{
    c->fault = *f;
    c->fault_sp = frame_bounce_sp(f, has_error((unsigned)f->vector));
    if (f->vector == VECTOR_FAILSAFE)
        c->fault_sp -= 32;
    f->rip = (uint64_t)landing;
    f->cs = CS_KERNEL & ~3UL;
    f->ss = SS_KERNEL;
    f->rsp = c->landing_sp;
    f->rflags &= ~(RFLAGS_TF | RFLAGS_DF | RFLAGS_RF | RFLAGS_NT | RFLAGS_AC);
    c->landing_sp = 0;
    c->in_user = false;
}

__attribute__((noreturn)) static void die(const struct frame *f)
{
    fail("unexpected trap %#lx, error %#lx, rip %#lx, cs %#lx, rflags %#lx, "
         "rsp %#lx, cr2 %#lx",
         f->vector, f->error, f->rip, f->cs, f->rflags, f->rsp,
         READ_CONTROL(cr2));
}

void trap_handle(struct frame *f)
{
    struct cpu *c = this_cpu();

    c->fault_mask = shared_info ? vcpu_info(c->id)->evtchn_upcall_mask : 0xff;
    if (!hooks[f->vector] || !hooks[f->vector](f)) {
        if (!c->landing_sp)
            die(f);
        c->fault_cr2 = f->vector == VECTOR_PF ? READ_CONTROL(cr2) : 0;
        divert(c, f);
    }
    f->error = 0;
    f->cs &= 0xffff;
}

const struct frame *catch_fault(void (*fn)(void *), void *arg)
{
    struct cpu *c = this_cpu();
    uint64_t faulted = land_from(&c->landing_sp, fn, arg);

    c->landing_sp = 0;
    return faulted ? &c->fault : NULL;
}

int fault_of(void (*fn)(void *), void *arg)
{
    const struct frame *f = catch_fault(fn, arg);

    return f ? (int)f->vector : NO_FAULT;
}

struct code {
    void (*fn)(void);
};

static void call_code(void *arg)
{
    ((const struct code *)arg)->fn();
}

const struct frame *catch_code(void (*fn)(void))
{
    struct code code = {fn};

    return catch_fault(call_code, &code);
}

const struct cpu *last_fault(void)
{
    return this_cpu();
}

static void do_read(void *address)
{
    uint8_t value;

    __asm__ volatile("movb (%1), %0" : "=r"(value) : "r"(address) : "memory");
}

int try_read(const volatile void *address)
{
    return fault_of(do_read, (void *)(uintptr_t)address);
}

struct write {
    volatile void *address;
    uint64_t value;
};

static void do_write(void *arg)
{
    const struct write *w = arg;

    __asm__ volatile("movq %0, (%1)"
                     :
                     : "r"(w->value), "r"(w->address)
                     : "memory");
}

int try_write(volatile void *address, uint64_t value)
{
    struct write w = {address, value};

    return fault_of(do_write, &w);
}

int try_execute(const volatile void *address)
{
    const struct frame *f = catch_code((void (*)(void))(uintptr_t)address);

    return f ? (int)f->vector : NO_FAULT;
}

/* ------------------------------------------------------------- user mode */

uint64_t *user_l4;
uint8_t user_stack[USER_STACK_SIZE] __aligned(16);

void user_init(void)
{
    unsigned slot = KERNEL_BASE >> 39 & (PTES - 1);

    user_l4 = page_alloc();
    user_l4[slot] = kernel_l4()[slot];
    REQUIRE_EQ(page_protect(user_l4, false), 0);
    REQUIRE_EQ(pin(4, user_l4), 0);
    REQUIRE_EQ(mmuext(MMUEXT_NEW_USER_BASEPTR, va_to_mfn(user_l4), 0), 0);
    REQUIRE_EQ(stack_switch(SS_KERNEL, (uint64_t)this_cpu() + TRAP_STACK), 0);
}

struct frame user_start(void (*fn)(void))
{
    return (struct frame){
        .rip = (uint64_t)fn,
        .cs = CS_KERNEL,
        .ss = SS_KERNEL,
        .rflags = RFLAGS_IF | RFLAGS_MBS,
        .rsp = (uint64_t)user_stack + sizeof(user_stack) - 8,
    };
}

static void resume(void *frame)
{
    frame_resume(frame);
}

const struct frame *user_run(const struct frame *start)
{
    struct cpu *c = this_cpu();
    struct frame f = *start;

    f.error = 0;
    c->in_user = true;
    land_from(&c->landing_sp, resume, &f);
    return &c->fault;
}
