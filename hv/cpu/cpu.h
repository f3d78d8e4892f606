/*
 * cpu/cpu.h - one physical CPU: its state, its stacks, its place on them.
 * Layer: cpu. Written only by its own CPU, except softirq_pending and
 * flush_request (atomics), and what bringing a CPU up or down changes.
 */
#ifndef CPU_CPU_H
#define CPU_CPU_H

#include "cpu/asm.h"
#include "cpu/regs.h"
#include "lib/types.h"

#define CPUS_MAX 64
/* A vcpu's stack leaves its lowest page to the FPU's state: what would not fit
 * spoils nothing of anybody else. tools/check_stack shows that all fits. */
#define STACK_SIZE  16384UL
#define STACK_ORDER 2
#define STACK_OTHER 4096UL

struct vcpu;
struct tss;
struct cpu_tables;

/* Work to do before the next return to a guest, as bits. */
enum softirq {
    SOFTIRQ_SCHEDULE,
    SOFTIRQ_TIMER,
    SOFTIRQ_TASKLET,       /* a registered function, see softirq_raise() */
    SOFTIRQ_NMI,           /* an NMI came that is a guest's */
    SOFTIRQ_MACHINE_CHECK, /* one is to be told of */
    SOFTIRQ_LOG,           /* there are new lines in the log */
    SOFTIRQS,
};

struct cpu {
    uint32_t softirq_pending; /* offset 0: entry.S tests it */
    uint32_t id;
    struct vcpu *running; /* whose stack this CPU runs on */
    struct vcpu *idle;
    struct vcpu *state_owner; /* whose tables and FPU are loaded, or NULL */
    struct tss *tss;
    uint64_t *stub_data;    /* [0] saved rsp, [1] stack top: see entry.S */
    uint32_t flush_clock;   /* of its last full TLB flush: mm/tlb.h */
    bool has_guest_tables;  /* a guest's are loaded, or about to be */
    bool started;           /* runs our code */
    bool online;            /* vcpus may run here */
    uint64_t flush_request; /* what others wait for: mm/tlb.h */
    struct cpu_tables *tables;
    uint64_t *rsp0; /* where entry.S's stack goes: the TSS's, but for
                       isolation */
    uint32_t lapic_id;
    uint32_t acpi_id;
    void *timers;              /* time/'s queue of this CPU */
    void *scheduler;           /* sched/'s run queue of this CPU */
    struct cpu_regs *irq_regs; /* of the interrupt being handled */
    uint32_t fixed_vector;     /* the last fault the exception table caught */
    uint32_t fixed_error;
} __aligned(64); /* none shares another's cache line */

/* The last bytes of every hypervisor stack; rsp0 and `syscall` point here. */
struct stack_top {
    struct vcpu *vcpu;
    struct cpu *cpu;
    struct tss *tss;
    uint64_t canary;
};

#define STACK_CANARY 0x5061726176616e65UL /* "Paravane" */

static inline struct stack_top *stack_top(void)
{
    uint64_t sp;

    __asm__("mov %%rsp, %0" : "=r"(sp));
    return (struct stack_top *)((sp | (STACK_SIZE - 1)) + 1) - 1;
}

/* The CPU this code runs on. Stable: the hypervisor never migrates itself. */
static inline struct cpu *this_cpu(void)
{
    return stack_top()->cpu;
}

/* The vcpu this code runs for (an idle vcpu outside of guests). */
#define current (stack_top()->vcpu)

/* The registers the guest of this stack entered the hypervisor with. */
static inline struct cpu_regs *guest_regs(void)
{
    return (struct cpu_regs *)stack_top() - 1;
}

/* CPUs have numbers from 0 to cpus_present - 1; the boot CPU is 0. All of them
 * have been started by the time a guest runs. */
extern struct cpu cpus[CPUS_MAX];
extern uint32_t cpus_present;

#define for_each_cpu(cpu)                                                      \
    for (struct cpu *cpu = cpus; cpu < cpus + cpus_present; cpu++)

/* CPUs by number, as bits. */
typedef uint64_t cpu_mask_t;
_Static_assert(CPUS_MAX <= 64, "cpu_mask_t");

static inline cpu_mask_t cpu_bit(const struct cpu *cpu)
{
    return 1UL << cpu->id;
}

/* The CPUs of a mask. */
#define for_each_cpu_in(cpu, mask) for_each_cpu(cpu) if ((mask)&cpu_bit(cpu))

/* Marks work; handlers run by softirq_run(), on the way out or in idle. */
void softirq_raise(struct cpu *cpu, enum softirq which);
void softirq_register(enum softirq which, void (*fn)(void));
void softirq_run(void);

/* In every spin loop: a pause, and service of other CPUs' requests. */
void cpu_relax(void);
/* What serves cpu->flush_request: mm/ registers it. */
void cpu_requests_register(void (*serve)(struct cpu *cpu));

/*
 * Between items of long work: lets interrupts in, then says whether something
 * waits that the caller should return for (a softirq, an event to deliver).
 */
bool preempt_point(void);

/*
 * Vectors 32-255: called with interrupts off, after no acknowledgement: the
 * handler does that. One function serves all; irq/ registers it.
 */
void interrupt_register(void (*fn)(uint8_t vector, struct cpu_regs *regs));

/* Exceptions 0-31 taken in guest mode, and hypercalls: pv/, hypercall/. */
typedef void trap_handler_fn(struct cpu_regs *regs);
void trap_register(uint8_t vector, trap_handler_fn *fn);

/*
 * Before each return to a guest, if there is any work: softirqs are run first,
 * then this delivers pending events and traps. Registered by pv/.
 */
void guest_exit_register(void (*fn)(struct cpu_regs *regs));

/* Memory of a CPU's tables and of the stacks for NMI, #DB, #DF and #MC. */
#define IST_STACKS 4
struct cpu_memory {
    struct cpu_tables *tables; /* page-aligned, zero */
    uint64_t gdt_paddr;        /* of tables->gdt */
    uint8_t *ist[IST_STACKS];  /* STACK_SIZE each, so aligned */
};

/* Sets up this CPU: control registers, GDT, IDT, TSS, IST stacks. */
void cpu_init_boot(struct cpu *cpu);
/* The same for a later one, with the boot CPU's control registers. */
void cpu_init(struct cpu *cpu, const struct cpu_memory *memory);

/* Makes the CPU's `syscall` stub in two frames given as writable pages; they
 * must be mapped at STUBS_START + 8192 * id before cpu_init_syscall(). */
void cpu_init_stub(struct cpu *cpu, void *code, void *data);
void cpu_init_syscall(struct cpu *cpu);

/* True if the frame was pushed by a guest (ring 3), not by ourselves. */
static inline bool regs_from_guest(const struct cpu_regs *regs)
{
    return (regs->cs & 3) == 3;
}

#endif
