/*
 * pv/machine_check.c - machine checks: what hardware cannot correct ends the
 * guest that met it, or the machine. Layer: pv. Comes on a stack of its own,
 * whatever was interrupted: takes no lock unless that was a guest, and what it
 * has to say is said by a softirq.
 * Source: Intel SDM volume 3B, chapter 16.
 */
#include "pv/machine_check.h"

#include "cpu/traps.h"
#include "irq/irq.h"
#include "lib/log.h"
#include "pv/pv.h"

#define MSR_MCG_CAP    0x179
#define MSR_MCG_STATUS 0x17a
#define MSR_MCG_CTL    0x17b
#define MSR_MC_CTL(i)  (0x400 + 4 * (i))

#define MCG_CAP_BANKS 0xffU
#define MCG_CAP_CTL   (1UL << 8)

#define CPUID_1D_MCE (1U << 7)
#define CPUID_1D_MCA (1U << 14)

static unsigned bank_count(void)
{
    return (unsigned)rdmsr(MSR_MCG_CAP) & MCG_CAP_BANKS;
}

void __init pv_init_machine_checks(void)
{
    uint32_t features = cpuid(1, 0).d;

    if (!(features & CPUID_1D_MCE) || !(features & CPUID_1D_MCA))
        return;
    if (rdmsr(MSR_MCG_CAP) & MCG_CAP_CTL)
        wrmsr_safe(MSR_MCG_CTL, ~0UL);
    for (unsigned i = 0; i < bank_count(); i++) {
        wrmsr_safe(MSR_MC_CTL(i), ~0UL);
        wrmsr_safe(MSR_MC_CTL(i) + 1, 0);
    }
    write_cr4(read_cr4() | CR4_MCE);
}

/* What a CPU has yet to tell: written by its own machine check, which may come
 * while a lock of the console is held, and read by its softirq. */
#define REPORTS 8

struct reports {
    uint32_t written, told; /* free-running */
    struct {
        uint32_t bank;
        uint64_t status;
    } report[REPORTS];
};

static struct reports all_reports[CPUS_MAX];

static void remember(unsigned bank, uint64_t status)
{
    struct reports *r = &all_reports[this_cpu()->id];
    uint32_t at = r->written % REPORTS;

    if (r->written - READ_ONCE(r->told) == REPORTS)
        return; /* as hardware: the first ones count */
    r->report[at].bank = bank;
    r->report[at].status = status;
    __atomic_store_n(&r->written, r->written + 1, __ATOMIC_RELEASE);
    softirq_raise(this_cpu(), SOFTIRQ_MACHINE_CHECK);
}

static void tell_reports(void)
{
    struct reports *r = &all_reports[this_cpu()->id];

    while (r->told != __atomic_load_n(&r->written, __ATOMIC_ACQUIRE)) {
        uint32_t at = r->told % REPORTS;

        printk(XENLOG_G_ERR "CPU%u: machine check, bank %u says %#lx\n",
               this_cpu()->id, r->report[at].bank, r->report[at].status);
        __atomic_store_n(&r->told, r->told + 1, __ATOMIC_RELEASE);
    }
}

/* The worst of all banks, which are cleared: *bank says which. */
static enum mce_verdict read_banks(bool from_guest, unsigned *bank,
                                   uint64_t *status)
{
    enum mce_verdict worst = MCE_NOTHING, verdict;
    uint64_t mcg = rdmsr(MSR_MCG_STATUS), now;

    for (unsigned i = 0; i < bank_count(); i++) {
        if (rdmsr_safe(MSR_MC_CTL(i) + 1, &now))
            continue;
        verdict = mce_judge(mcg, now, from_guest);
        if (verdict == MCE_NOTHING)
            continue;
        wrmsr_safe(MSR_MC_CTL(i) + 1, 0);
        remember(i, now);
        if (verdict > worst) {
            worst = verdict;
            *bank = i;
            *status = now;
        }
    }
    return worst;
}

static void machine_check(struct cpu_regs *regs)
{
    bool from_guest = regs_from_guest(regs);
    unsigned bank = 0;
    uint64_t status = 0;
    enum mce_verdict verdict = read_banks(from_guest, &bank, &status);

    if (verdict == MCE_FATAL)
        panic("Machine check on CPU %u: bank %u says %#lx", this_cpu()->id,
              bank, status);
    wrmsr_safe(MSR_MCG_STATUS, 0);
    lapic_send_self(VECTOR_KICK); /* as after an NMI */
    if (verdict == MCE_GUEST)
        domain_crash(current_domain, "a machine check hit it");
}

void __init pv_register_machine_checks(void)
{
    trap_register(TRAP_MC, machine_check);
    softirq_register(SOFTIRQ_MACHINE_CHECK, tell_reports);
}
