/*
 * pv/switch.c - what changes on a CPU when another vcpu runs. Layer: pv.
 *
 * Tables, segments and FPU of a vcpu stay loaded while the CPU idles, so that
 * going idle and back costs nothing.
 */
#include "cpu/desc.h"
#include "cpu/fpu.h"
#include "cpu/spec_ctrl.h"
#include "mm/tlb.h"
#include "pv/debugreg.h"
#include "pv/pv.h"
#include "pv/switch.h"

static void load_tables(struct cpu *cpu, struct vcpu *v)
{
    cpu->flush_clock = __atomic_add_fetch(&tlb_clock, 1, __ATOMIC_RELAXED);
    write_cr3(in_kernel_mode(v) ? v->entry.kernel_cr3 : v->entry.user_cr3);
    cpu->tss->iomap_base =
        in_kernel_mode(v) ? v->entry.io_kernel : TSS_IOMAP_NONE;
    cpu->state_owner = v;
}

static void make_current(struct cpu *cpu, struct vcpu *v)
{
    struct vcpu *owner = cpu->state_owner;

    if (owner == v)
        return;
    spec_ctrl_switch(cpu->id, v->domain->id, v->domain->privileged);
    fpu_clear_ts();
    if (owner) {
        pv_save_segments(owner);
        fpu_save(owner->fpu);
    }
    load_tables(cpu, v);
    pv_load_segments(v);
    fpu_restore(v->fpu, v->control.xcr0);
    pv_load_debugregs(v);
    if (v->control.cr0 & CR0_TS)
        write_cr0(read_cr0() | CR0_TS);
    vcpu_refresh_time(v);
}

static void runstate_leave(struct vcpu *v)
{
    const struct sched_vcpu *s = &v->sched;

    vcpu_set_runstate(v, v->down || s->pause_count ? RUNSTATE_offline
                         : s->blocked              ? RUNSTATE_blocked
                                                   : RUNSTATE_runnable);
}

/* The area has an address of the guest's kernel. */
static void write_runstate(struct vcpu *v)
{
    if (!v->runstate_area)
        return;
    if (!in_kernel_mode(v))
        write_cr3(v->entry.kernel_cr3);
    vcpu_write_runstate(v);
    if (!in_kernel_mode(v))
        write_cr3(v->entry.user_cr3);
}

static void switch_vcpus(struct vcpu *from, struct vcpu *to)
{
    if (!from->sched.idle)
        runstate_leave(from);
    if (to->sched.idle)
        return;
    make_current(this_cpu(), to);
    vcpu_set_runstate(to, RUNSTATE_running);
    write_runstate(to);
}

void pv_init_switch(void)
{
    sched_register_switch(switch_vcpus);
}

void pv_forget_vcpu(struct vcpu *v)
{
    struct cpu *cpu = this_cpu();

    if (cpu->state_owner != v)
        return;
    cpu->state_owner = NULL;
    write_cr3(virt_to_paddr(hv_l4));
}
