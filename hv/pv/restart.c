/*
 * pv/restart.c - calls that are issued again, and calls that are not there.
 * Layer: pv.
 */
#include "pv/restart.h"
#include "lib/log.h"
#include "lib/string.h"
#include "pv/multicall.h"
#include "pv/pv.h"

static uint64_t *argument(struct cpu_regs *regs, unsigned i)
{
    uint64_t *const args[] = {&regs->rdi, &regs->rsi, &regs->rdx, &regs->r10,
                              &regs->r8};

    return args[i];
}

long hypercall_continue(unsigned args, const uint64_t *arg)
{
    struct vcpu *v = current;
    struct cpu_regs *regs = guest_regs();

    if (v->multicall) {
        memcpy(v->multicall->args, arg, args * sizeof(*arg));
        v->multicall_again = true;
        return 0;
    }
    for (unsigned i = 0; i < args; i++)
        *argument(regs, i) = arg[i];
    regs->rip -= 2;         /* `syscall` */
    return (long)regs->rax; /* its number, still */
}

static struct spinlock seen_lock = SPINLOCK_INIT(LOCK_LEAF);

/* Remembers which (call, operation) pairs were named already. Under seen_lock.
 */
static bool seen_before(const char *call, uint64_t op)
{
    static struct {
        const char *call;
        uint64_t op;
    } seen[64];
    static unsigned count;

    for (unsigned i = 0; i < count; i++)
        if (seen[i].op == op && !strcmp(seen[i].call, call))
            return true;
    if (count == ARRAY_SIZE(seen))
        return true;
    seen[count].call = call;
    seen[count++].op = op;
    return false;
}

long hypercall_unknown(const char *call, uint64_t op)
{
    bool seen;

    spin_lock(&seen_lock);
    seen = seen_before(call, op);
    spin_unlock(&seen_lock);
    if (!seen)
        printk(XENLOG_DEBUG "d%u: %s %lu is not implemented\n",
               current_domain->id, call, op);
    return -ENOSYS;
}
