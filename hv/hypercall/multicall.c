/*
 * hypercall/multicall.c - several hypercalls in one. Layer: hypercall.
 */
#include "cpu/traps.h"
#include "hypercall/hypercall.h"
#include "hypercall/table.h"
#include "pv/multicall.h"

#define MULTICALL __HYPERVISOR_multicall

static long call_handler(const struct multicall *m)
{
    const unsigned long *arg = m->args;
    uint64_t op = m->op % HYPERCALLS; /* also when mispredicted */

    if (unlikely(m->op >= HYPERCALLS))
        return hypercall_no_number(m->op);
    hypercall_counts[op]++;
    return hypercall_handlers[op](arg[0], arg[1], arg[2], arg[3], arg[4]);
}

static long call_entry(struct vcpu *v, struct multicall_entry *e)
{
    struct multicall m;
    long rc;

    m.op = e->op;
    for (unsigned i = 0; i < ARRAY_SIZE(m.args); i++)
        m.args[i] = e->args[i];
    v->multicall = &m;
    v->multicall_again = false;
    rc = e->op == MULTICALL ? -EINVAL : call_handler(&m);
    v->multicall = NULL;
    for (unsigned i = 0; v->multicall_again && i < ARRAY_SIZE(m.args); i++)
        e->args[i] = m.args[i];
    return rc;
}

/* An entry that has to go on later: its changed arguments go back first. */
static long again(uint64_t at, const struct multicall_entry *e, uint64_t left)
{
    if (guest_put(at, e))
        return -EFAULT;
    return hypercall_continue(2, (uint64_t[]){at, left});
}

static int put_result(uint64_t at, long result)
{
    return guest_put(at + offsetof(struct multicall_entry, result), &result);
}

/* The list ends with it: what follows would be called by user mode. */
static long leave(uint64_t at)
{
    struct cpu_regs *regs = guest_regs();

    pv_iret(regs);
    (void)put_result(at, (long)regs->rax);
    return (long)regs->rax;
}

long hypercall_multicall(uint64_t list, uint64_t count)
{
    struct vcpu *v = current;
    struct multicall_entry e;

    if (v->multicall)
        return -EINVAL;
    count = (uint32_t)count;
    for (uint64_t i = 0; i < count; i++, list += sizeof(e)) {
        if (guest_get(&e, list))
            return -EFAULT;
        if (e.op == __HYPERVISOR_iret)
            return leave(list);
        e.result = (unsigned long)call_entry(v, &e);
        if (v->multicall_again) {
            v->multicall_again = false;
            return again(list, &e, count - i);
        }
        if (put_result(list, (long)e.result))
            return -EFAULT;
        if (i + 1 < count && preempt_point())
            return hypercall_continue(
                2, (uint64_t[]){list + sizeof(e), count - i - 1});
    }
    return 0;
}
