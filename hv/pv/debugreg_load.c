/*
 * pv/debugreg_load.c - a vcpu's debug registers, and the CPU's. Layer: pv.
 * The CPU has them only while a breakpoint is on.
 */
#include "abi/errno.h"
#include "cpu/asm.h"
#include "pv/debugreg.h"
#include "pv/pv.h"

static bool breakpoints_active(const struct vcpu *v)
{
    uint64_t dr7 = v->control.dr[7];

    return dr7 & DR7_ENABLED && debugreg_hardware_dr7(dr7) & DR7_ENABLED;
}

void pv_load_debugregs(const struct vcpu *v)
{
    const uint64_t *dr = v->control.dr;

    if (unlikely(read_dr7() & DR7_ENABLED))
        write_dr7(DR7_RESET);
    if (likely(!breakpoints_active(v)))
        return;
    write_dr0(dr[0]);
    write_dr1(dr[1]);
    write_dr2(dr[2]);
    write_dr3(dr[3]);
    write_dr7(debugreg_hardware_dr7(dr[7]));
}

int pv_set_debugreg(struct vcpu *v, unsigned reg, uint64_t value)
{
    int error = debugreg_check(reg, v->control.cr4, &value);

    if (error)
        return error;
    v->control.dr[debugreg_number(reg, v->control.cr4) & 7] = value;
    if (v == current)
        pv_load_debugregs(v);
    return 0;
}

int pv_get_debugreg(const struct vcpu *v, unsigned reg, uint64_t *value)
{
    int number = debugreg_number(reg, v->control.cr4);

    if (number < 0)
        return -ENODEV;
    *value = v->control.dr[number & 7];
    return 0;
}
