/*
 * hypercall/dispatch.c - the table that syscall.S calls through. Layer:
 * hypercall.
 */
#include "cpu/traps.h"
#include "hypercall/hypercall.h"
#include "hypercall/table.h"
#include "pv/multicall.h"

#define SUBOP(...)
#define UNSERVED(...)

/* All handlers seen as functions of five arguments, behind one check. */
#define ARGS_0
#define ARGS_1 a
#define ARGS_2 a, b
#define ARGS_3 a, b, c
#define ARGS_4 a, b, c, d
#define ARGS_5 a, b, c, d, e
#define CHECK_ANY
#define CHECK_DOM0                                                             \
    if (!current_domain->privileged)                                           \
        return -EPERM;
#define HYPERCALL(number, name, count, who)                                    \
    static long call_##name(uint64_t a, uint64_t b, uint64_t c, uint64_t d,    \
                            uint64_t e)                                        \
    {                                                                          \
        (void)a, (void)b, (void)c, (void)d, (void)e;                           \
        CHECK_##who return hypercall_##name(ARGS_##count);                     \
    }
#include "hypercall/hypercalls.def"
#undef HYPERCALL

static long hypercall_missing(uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                              uint64_t e)
{
    const struct multicall *m = current->multicall;

    (void)a, (void)b, (void)c, (void)d, (void)e;
    return hypercall_unknown("hypercall", m ? m->op : guest_regs()->rax);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
handler_fn *const hypercall_handlers[HYPERCALLS] = {
    [0 ... HYPERCALLS - 1] = hypercall_missing,
#define HYPERCALL(number, name, count, who) [number] = call_##name,
#include "hypercall/hypercalls.def"
#undef HYPERCALL
};
#pragma GCC diagnostic pop

const char *const hypercall_names[HYPERCALLS] = {
#define HYPERCALL(number, name, count, who) [number] = #name,
#include "hypercall/hypercalls.def"
#undef HYPERCALL
};

uint64_t hypercall_counts[HYPERCALLS];

long hypercall_no_number(uint64_t number)
{
    return hypercall_unknown("hypercall", number);
}

/* Entry code takes number 23 out before it comes here: see pv/iret.c. */
long hypercall_iret(void)
{
    return -EINVAL;
}
