/*
 * hypercall/dispatch.c - from a number to its handler. Layer: hypercall.
 */
#include "cpu/traps.h"
#include "hypercall/hypercall.h"
#include "hypercall/table.h"

#define ANY  false
#define DOM0 true

/* Handlers take up to five register arguments; a call through this type passes
 * more than some of them take, which the x86-64 calling convention allows. */
#define HYPERCALL(number, text, count, who)                                    \
    [number] = {(handler_fn *)(void *)hypercall_##text, #text, count, who},
#define SUBOP(call, op, state, note)

const struct hypercall_entry hypercall_table[HYPERCALLS] = {
#include "hypercall/hypercalls.def"
};

uint64_t hypercall_counts[HYPERCALLS];

long hypercall_call(uint64_t number, const uint64_t arg[5])
{
    const struct hypercall_entry *e;

    if (unlikely(number >= HYPERCALLS))
        return hypercall_unknown("hypercall", number);
    e = &hypercall_table[number];
    if (unlikely(!e->handler))
        return hypercall_unknown("hypercall", number);
    if (unlikely(e->dom0_only && !current_domain->privileged))
        return -EPERM;
    hypercall_counts[number]++;
    return e->handler(arg[0], arg[1], arg[2], arg[3], arg[4]);
}

void hypercall_entry(struct cpu_regs *regs)
{
    const uint64_t arg[5] = {regs->rdi, regs->rsi, regs->rdx, regs->r10,
                             regs->r8};

    regs->rax = (uint64_t)hypercall_call(regs->rax, arg);
}

/* Entry code takes number 23 out before it comes here: see pv/iret.c. */
long hypercall_iret(void)
{
    return -EINVAL;
}
