/*
 * domain/domain.h - domains and vcpus: what they are made of. Layer: domain.
 * Rooms above keep their part behind a pointer that only they look through.
 * Locks: domain->lock (ownership, counts, pause and shutdown state).
 */
#ifndef DOMAIN_DOMAIN_H
#define DOMAIN_DOMAIN_H

#include "abi/e820.h"
#include "abi/xen.h"
#include "cpu/entry.h"
#include "cpu/regs.h"
#include "cpu/spinlock.h"
#include "domain/range.h"
#include "lib/types.h"
#include "mm/frame.h"
#include "sched/sched.h"
#include "time/time.h"

#define VCPUS_MAX 32 /* legacy vcpu_info slots; more need registered areas */

struct evtchn_state;
struct grant_table;
struct pirq_state;
struct cpu_policy;
struct xsave_area;
struct multicall;

/* A callback the guest registered. */
struct callback {
    uint64_t ip;
    bool masks_events;
};

/* The virtual debug registers and control registers of a vcpu. */
struct vcpu_control {
    uint64_t cr0; /* as the guest reads it: TS is real */
    uint64_t cr2;
    uint64_t cr4;
    uint64_t dr[8]; /* 4 and 5 unused */
    uint64_t xcr0;
};

struct vcpu {
    struct vcpu_entry entry; /* first: entry.S */
    struct sched_vcpu sched; /* second: vcpu_sched() */
    uint32_t id;
    struct domain *domain;
    void *stack; /* STACK_SIZE bytes; struct stack_top at its end */

    struct trap_info traps[256];
    struct callback event, failsafe, syscall32, sysenter;
    struct vcpu_control control;

    /* Segments. In guest kernel mode the CPU's GS base is gs_kernel and
     * KERNEL_GS_BASE is gs_user; the reverse in user mode. Saved at a switch.
     */
    uint64_t fs_base, gs_kernel, gs_user;
    uint16_t ds, es, fs, gs;
    uint64_t gdt_frames[14];
    uint64_t ldt_frames[16]; /* MFNs of the LDT pages mapped, or 0 */
    bool ldt_mapped;         /* there is one */
    struct cpu *gdt_cpu;     /* whose GDT page the window has */
    uint32_t gdt_entries;
    uint32_t ldt_entries;
    vaddr_t ldt_base;
    uint8_t iopl; /* virtual, 0-3 */
    uint32_t iobitmap_ports;
    uint64_t iobitmap; /* guest address */
    uint32_t tsc_aux;
    uint8_t syscall_masks; /* syscall callback starts with events masked */

    bool failsafe_pending; /* a segment could not be loaded: exit work */
    bool initialised;      /* has a context */
    bool initialising;
    bool down;          /* VCPUOP_down, or never up */
    uint8_t l1tf_level; /* of the entry it was caught with, or 0: exit work */
    uint64_t l1tf_entry;
    bool nmi_pending, nmi_masked;
    bool mce_pending, mce_masked;

    uint64_t kernel_l4, user_l4; /* MFNs the entry.*_cr3 stand for; 0: none */
    uint64_t *shadow[2]; /* user's, kernel's: pv/isolation.h; NULL: none */

    struct xsave_area *fpu; /* at the stack's low end */

    /* Shared areas. info_frame: registered vcpu_info's frame or NULL. */
    struct frame *info_frame;
    uint64_t runstate_area; /* guest virtual addresses, 0: none */
    uint64_t time_area;
    struct vcpu_runstate_info runstate;
    uint64_t time_base_tsc; /* of the time the guest was given last */

    /* Inside a multicall: its entry, and whether it must be issued again. */
    struct multicall *multicall;
    bool multicall_again;

    struct timer singleshot;
    struct timer periodic;
    struct timer poll_timer;
    uint64_t periodic_ns;
    bool polling;
    uint32_t poll_port;     /* the one port polled for, or 0: any of many */
    uint32_t virq_port[24]; /* NR_VIRQS: evtchn/ */
};

_Static_assert(NR_VIRQS == 24, "virq_port");

#define E820_FEW 4

#define WATCHDOGS 2 /* of a domain: SCHEDOP_watchdog */

#define SHUTDOWN_CODE_NONE (~0U)

enum domain_shutdown {
    DOMAIN_RUNNING,
    DOMAIN_SHUT_DOWN,
};

struct domain {
    struct domain *next; /* in the table of all domains */
    struct spinlock lock;
    domid_t id;
    bool privileged; /* dom0: control and hardware domain */
    bool dying;      /* is being torn down: gets nothing new */
    bool dead;       /* has nothing left but what others hold of it */
    bool has_io;     /* any iomem, ports or irq: it has caches to flush */
    enum domain_shutdown shutdown;
    uint32_t shutdown_code;
    bool shutdown_code_set; /* ahead of the shutdown, which keeps it */
    uint32_t suspend_port;  /* sent on, if not 0, when it has suspended */
    /* Users, and its frames as long as there are any: at 0 its rooms go. What
     * is left then is its number, until nobody maps a shared page of it:
     * `holds`, one of which is that of all users together. */
    uint32_t refs, holds;
    struct domain *next_to_reap;

    struct sched_domain sched;
    uint32_t pauses;          /* of the domain: each vcpu's count has them */
    uint8_t toolstack_pauses; /* of these, those that domctls asked for */

    uint64_t pages; /* frames owned through its reservation */
    uint64_t max_pages;
    uint64_t claim; /* frames kept for it: see domain_claim_pages() */
    /* The frames that it has, or ever had, have numbers from first_frame to
     * below frames_end; those below `relinquished` have been looked at. */
    uint64_t first_frame, frames_end, relinquished;
    bool unpinned; /* no table is pinned any more: it is being taken apart */
    uint32_t vcpu_count; /* slots that may be used: vcpu[0 .. count-1] */
    struct vcpu *vcpu[VCPUS_MAX];

    struct shared_info *shared_info;
    mfn_t shared_info_mfn;
    uint64_t *perdomain_l3; /* of L4 slot 260 */
    uint64_t vm_assist;     /* bits: 1 << VMASST_TYPE_* */
    bool l1tf_checked;      /* absent entries of its tables: pv/l1tf.h */

    struct evtchn_state *evtchn;
    struct grant_table *grants;
    struct pirq_state *pirqs;
    /* Its CPUID, which may be that of many, and its own of it or NULL. */
    const struct cpu_policy *policy;
    struct cpu_policy *own_policy;
    bool started; /* was unpaused once */

    struct range_set iomem, ioports, irqs;
    uint32_t pci_cf8; /* its latched 0xcf8 */
    uint8_t cmos_index;

    struct xen_e820entry *e820; /* set_memory_map, or NULL */
    uint32_t e820_entries;

    struct xen_e820entry e820_few[E820_FEW]; /* where a short one is kept */

    struct timer watchdog[WATCHDOGS];
    uint8_t watchdogs_used; /* bits */

    int64_t time_offset_s;
    uint8_t handle[16];
    /* Of these the toolstack is told again. */
    bool is_xenstore, is_debugged;
    uint8_t tsc_mode;
    uint32_t tsc_incarnation, emulation_flags;
    uint32_t parts_bytes; /* given away by domain_part_alloc() */
};

/*
 * Zeroed memory for what a room keeps of the domain, out of what the domain's
 * own pages have left; it goes with them. NULL: so much is not there.
 */
void *domain_part_alloc(struct domain *d, size_t bytes);

extern struct domain *dom0;

/* Of the pages that a memory map of so many entries needs. */
static inline unsigned e820_order(uint32_t entries)
{
    unsigned order = 0;

    while (PAGE_SIZE << order < entries * sizeof(struct xen_e820entry))
        order++;
    return order;
}

/* Once, at boot. */
void domain_init(void);

/* The running vcpu's domain. */
#define current_domain (current->domain)

/* An entry of the domain table, with a reference (domain_put), or NULL. */
struct domain *domain_get(domid_t id);
void domain_put(struct domain *d);
/* One more, unless the last is gone. */
bool domain_ref(struct domain *d);
/* One more for who has one. */
static inline void domain_ref_again(struct domain *d)
{
    __atomic_add_fetch(&d->refs, 1, __ATOMIC_RELAXED);
}
/* The domain with the lowest number from `first` on, or NULL: held, which keeps
 * no more than the structure there. */
struct domain *domain_find(domid_t first);
void domain_release(struct domain *d);

/* Resolves DOMID_SELF; NULL with *error -ESRCH, or -EPERM if there is one, but
 * current may not act on others. With a reference. */
struct domain *domain_get_target(domid_t id, int *error);
/* The same where a foreign domain is meant: as in Xen, the caller's own id is
 * -ESRCH, DOMID_SELF is not; DOMID_IO is there for all, DOMID_XEN for dom0. */
struct domain *domain_get_foreign(domid_t id, int *error);

/*
 * A new domain without vcpus or memory, paused once unless it is privileged.
 * Returns NULL with *error set (-EEXIST: the number is taken). Runs over
 * boot/units.c's array (pirq, evtchn, grant, pv).
 */
struct domain *domain_create(domid_t id, uint32_t vcpus, bool privileged,
                             int *error);
/* A vcpu with its stack, blocked and down, without context. */
struct vcpu *vcpu_create(struct domain *d, uint32_t id);

/*
 * Units: a room's part in a domain's birth and death. relinquish() gives up all
 * that the domain has of others or others of it, once its vcpus are stopped for
 * good; -ERESTART: it is to be called again. destroy() frees the room's own
 * memory when nobody refers to the domain any more. No locks are held.
 */
struct domain_unit {
    const char *name;
    int (*create)(struct domain *d);
    int (*relinquish)(struct domain *d);
    void (*destroy)(struct domain *d);
    int (*create_vcpu)(struct vcpu *v);
    void (*destroy_vcpu)(struct vcpu *v);
};
extern const struct domain_unit *const domain_units[];

/* Stops the domain for good with a log line: a guest's attack or a state it
 * cannot go on from. Safe from any guest context; current goes to sleep at the
 * next exit to the guest. */
void domain_crash(struct domain *d, const char *fmt, ...) __printf(2, 3);

/* SCHEDOP_shutdown: reason SHUTDOWN_*. For dom0: the machine's end. */
void domain_shutdown(struct domain *d, uint32_t reason);
/* What the machine does at dom0's end; boot/ registers it. */
void machine_end_register(void (*fn)(uint32_t reason));

/* To be called when a domain shut down, when it is dead, and when it is gone:
 * evtchn/ registers it. */
void domain_exception_register(void (*fn)(struct domain *suspended));

void domain_pause(struct domain *d);
void domain_unpause(struct domain *d);
/* d is not current's: when this returns none of its vcpus is on a CPU. */
void domain_pause_and_wait(struct domain *d);

/* Its vcpus go on where they were when it shut down. */
void domain_resume(struct domain *d);
/* domain/death.c: tears it down: 0 when it is dead, -ERESTART when this is to
 * be called again. d is not current's. */
int domain_kill(struct domain *d);

/* A page of ours that guests may map: owner d, REF_SHARED. NULL: no memory. */
void *domain_shared_page_alloc(struct domain *d);
void domain_shared_page_free(void *page);
/* Does any page table map it? What it is may change at once. */
bool domain_shared_page_is_mapped(const void *page);

/* It is about to get 2^order frames: whoever takes it apart looks there. */
void domain_expect_frames(struct domain *d, mfn_t first, unsigned order);
/* Gives 2^order frames of the allocator to the domain, or none: -E2BIG. */
int domain_assign_frames(struct domain *d, mfn_t first, unsigned order);
/* May so many frames be taken for the domain, as far as claims go? */
bool domain_claims_allow(const struct domain *d, uint64_t count);
extern uint64_t domain_claims; /* of all domains */
/* Keeps so many frames for it, with those it has; 0: no more. -EINVAL: it has a
 * claim, or that many frames, or may not have that many; -ENOMEM. */
int domain_claim_pages(struct domain *d, uint64_t pages);
/* Ends the allocation's own reference; false: it has ended, or the frame is not
 * the domain's. */
bool domain_drop_frame(struct domain *d, mfn_t m);
/* Takes a frame that has only its allocation's reference from the domain: it is
 * nobody's then, but still counted as the domain's. */
bool domain_take_frame(const struct domain *d, mfn_t m);
/* Frees such frames from `first` up to the first that is not one, at most
 * `count`: how many there were. */
uint64_t domain_drop_frames(struct domain *d, mfn_t first, uint64_t count);

/* Entry `page` (0-31) of the vcpu's window: GDT pages, then LDT pages. */
void perdomain_set_entry(struct vcpu *v, unsigned page, uint64_t pte);
vaddr_t perdomain_gdt_base(const struct vcpu *v);

/* domain/clock.c: pvclock, wall clock, runstate. */
/* Writes the time to vcpu_info and, through guest addresses, to the time area:
 * with the vcpu's own kernel tables loaded if it has one. */
void vcpu_update_time(struct vcpu *v);
/* The same when what the guest has is out of date: at each switch to it. */
static inline void vcpu_refresh_time(struct vcpu *v)
{
    if (unlikely(v->time_base_tsc != time_scale.base_tsc))
        vcpu_update_time(v);
}
/* From wallclock_base_ns(), when that was set or the domain is new. */
void domain_update_wallclock(struct domain *d);
/* RUNSTATE_*: closes the account of the state before. On the CPU of the switch
 * only: running; runnable; blocked; offline (down, or paused for good). */
void vcpu_set_runstate(struct vcpu *v, int state, uint64_t now);
/* As it is now: the running state's time up to this moment is in it. */
void vcpu_get_runstate(const struct vcpu *v, struct vcpu_runstate_info *r);
/* To a guest address of the tables that are loaded: 0 or -EFAULT. */
int vcpu_write_runstate_to(const struct vcpu *v, uint64_t area);

/* domain/online.c: VCPUOP_up, _down, SCHEDOP_shutdown_code. */
void vcpu_up(struct vcpu *v);
/* False: all the others are down already, and it stays up. It stops before it
 * enters the guest again. */
bool vcpu_down(struct vcpu *v);
/* Before current enters the guest with exit_work: sleeps while it is down. */
void vcpu_wait_while_down(void);
/* An NMI, unless one is pending. */
void vcpu_send_nmi(struct vcpu *v);
/* What the domain's shutdown will give as its reason, whatever that is: 0, or
 * -EBUSY when it was said before. */
int domain_set_shutdown_code(struct domain *d, uint32_t code);

/* domain/watchdog.c: SCHEDOP_watchdog: its result. */
long domain_watchdog(struct domain *d, uint32_t id, uint32_t seconds);
/* A domain's death, after its last vcpu ran. */
void domain_watchdogs_kill(struct domain *d);

#endif
