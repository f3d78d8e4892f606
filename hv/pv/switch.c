/*
 * pv/switch.c - what changes on a CPU when another vcpu runs. Layer: pv.
 *
 * Tables, segments and FPU of a vcpu stay loaded while the CPU idles, so that
 * going idle and back costs nothing. Another CPU that wants to run this vcpu
 * asks for them as for a flush (v->sched.state_cpu says whom).
 */
#include "cpu/desc.h"
#include "cpu/fpu.h"
#include "cpu/spec_ctrl.h"
#include "mm/tlb.h"
#include "pv/debugreg.h"
#include "pv/isolation.h"
#include "pv/pv.h"
#include "pv/switch.h"

/* Who changes tables and asks this vcpu's CPU to flush finds it before they are
 * loaded. */
static void load_tables(struct cpu *cpu, struct vcpu *v)
{
    cpu->state_owner = v;
    WRITE_ONCE(v->sched.state_cpu, cpu);
    tlb_expect_guest(cpu);
    pv_isolation_set_cpu(v, cpu);
    tlb_load_cr3(in_kernel_mode(v) ? v->entry.kernel_cr3 : v->entry.user_cr3);
    cpu->tss->iomap_base =
        in_kernel_mode(v) ? v->entry.io_kernel : TSS_IOMAP_NONE;
}

static void save_state(struct cpu *cpu)
{
    struct vcpu *owner = cpu->state_owner;

    fpu_clear_ts();
    pv_save_segments(owner);
    fpu_save(owner->fpu);
    cpu->state_owner = NULL;
    __atomic_store_n(&owner->sched.state_cpu, NULL, __ATOMIC_RELEASE);
}

/* A CPU that idles has the state of v, which does not run: until it gave it up.
 * It may serve a request without that, while it spins. */
static void wait_for_state(struct vcpu *v)
{
    struct cpu *other;

    while ((other = __atomic_load_n(&v->sched.state_cpu, __ATOMIC_ACQUIRE))) {
        if (!READ_ONCE(other->flush_request))
            tlb_ask(other);
        cpu_relax();
    }
}

static void make_current(struct cpu *cpu, struct vcpu *v)
{
    if (cpu->state_owner == v)
        return;
    spec_ctrl_switch(cpu->id, v->domain->id, v->domain->privileged);
    fpu_clear_ts();
    if (cpu->state_owner)
        save_state(cpu);
    /* This CPU has nobody's state now: so no two can wait for each other. */
    if (READ_ONCE(v->sched.state_cpu)) {
        tlb_drop_guest(cpu);
        wait_for_state(v);
    }
    load_tables(cpu, v);
    pv_load_segments(v);
    fpu_restore(v->fpu, v->control.xcr0);
    pv_load_debugregs(v);
    if (v->control.cr0 & CR0_TS)
        write_cr0(read_cr0() | CR0_TS);
    vcpu_refresh_time(v);
}

static void runstate_leave(struct vcpu *v, uint64_t now)
{
    const struct sched_vcpu *s = &v->sched;

    vcpu_set_runstate(v,
                      v->down || s->pause_count ? RUNSTATE_offline
                      : s->blocked              ? RUNSTATE_blocked
                                                : RUNSTATE_runnable,
                      now);
}

/* The area has an address of the guest's kernel. Where it is not mapped, the
 * guest does without. */
static void write_runstate(const struct vcpu *v)
{
    bool kernel = in_kernel_mode(v);

    if (!v->runstate_area)
        return;
    if (!kernel)
        write_cr3(v->entry.kernel_cr3);
    (void)vcpu_write_runstate_to(v, v->runstate_area);
    if (!kernel)
        write_cr3(v->entry.user_cr3);
}

static void switch_vcpus(struct vcpu *from, struct vcpu *to, uint64_t now)
{
    /* An idle one's time is its CPU's idle time. */
    if (from->sched.idle)
        vcpu_set_runstate(from, RUNSTATE_blocked, now);
    else
        runstate_leave(from, now);
    if (to->sched.idle) {
        vcpu_set_runstate(to, RUNSTATE_running, now);
        return;
    }
    make_current(this_cpu(), to);
    vcpu_set_runstate(to, RUNSTATE_running, now);
    write_runstate(to);
}

static void begins_to_wait(struct vcpu *v, uint64_t now)
{
    vcpu_set_runstate(v, RUNSTATE_runnable, now);
}

/* For tlb_interrupt(), on a CPU that idles. */
static void release_state(struct cpu *cpu)
{
    if (cpu->state_owner)
        save_state(cpu);
    tlb_drop_guest(cpu);
}

void __init pv_init_switch(void)
{
    sched_register_hooks(switch_vcpus, begins_to_wait);
    tlb_register_release(release_state);
}

void pv_forget_vcpu(struct vcpu *v)
{
    struct cpu *cpu = this_cpu();

    if (cpu->state_owner == v)
        release_state(cpu);
    else
        wait_for_state(v);
}
