/*
 * pv/pv.h - how a PV guest sees a CPU and an MMU. Layer: pv.
 */
#ifndef PV_PV_H
#define PV_PV_H

#include "domain/domain.h"
#include "mm/guest.h"
#include "pv/descriptor.h"

extern const struct domain_unit pv_unit;
/* Gives rooms below their way to typed references. Once, at boot. */
void pv_init_hooks(void);

static inline bool in_kernel_mode(const struct vcpu *v)
{
    return v->entry.mode == MODE_KERNEL;
}

/* ---- traps (pv/trap.c) ---- */
/*
 * Makes the current vcpu take exception `vector` when it returns: pushes the
 * bounce frame now (from regs), switching to kernel mode if needed. error_code
 * is used for vectors that have one. Crashes the domain when it has no handler
 * or no stack.
 */
void pv_inject_trap(struct cpu_regs *regs, uint8_t vector, uint32_t error_code);
/* The same for #PF: sets cr2 in vcpu_info too. */
void pv_inject_page_fault(struct cpu_regs *regs, vaddr_t cr2,
                          uint32_t error_code);
/* Machine checks: their handler, once; on each CPU, from when on they come. */
void pv_register_machine_checks(void);
void pv_init_machine_checks(void);
/* Switches the current vcpu's tables and GS between kernel and user. */
void pv_enter_kernel_mode(struct vcpu *v);
void pv_enter_user_mode(struct vcpu *v);
/* Recomputes the vcpu_entry fields entry.S uses. After any change of callbacks,
 * iopl, trap 14, user table. */
void pv_update_entry(struct vcpu *v);
/* The same for all vcpus, the others before they enter the guest next. */
void pv_update_entries(const struct domain *d);

/* Is IOPL as on a CPU: in the frames, and a kernel's ring 0? */
static inline bool pv_has_architectural_iopl(const struct domain *d)
{
    return d->vm_assist >> VMASST_TYPE_architectural_iopl & 1;
}

/* ---- emulation (pv/emulate.c and its neighbours) ---- */
/* #GP and #UD of a guest: true if handled (regs advanced or trap injected). */
bool pv_emulate_privileged(struct cpu_regs *regs);
bool pv_emulate_invalid_op(struct cpu_regs *regs);

/* CPUID as this domain sees it. */
struct cpuid_regs pv_cpuid(const struct vcpu *v, uint32_t leaf,
                           uint32_t subleaf);

/* MSR access by a guest kernel: 0, or -EPERM for #GP. */
int pv_msr_read(struct vcpu *v, uint32_t msr, uint64_t *value);
int pv_msr_write(struct vcpu *v, uint32_t msr, uint64_t value);

/*
 * What these need, once at boot, after the frame allocator; fpu_init_cpu() on
 * every other CPU. At a vcpu's birth, after its window is there: 0 or -ENOMEM;
 * the other at its death.
 */
void pv_init_cpu_state(void);
int pv_init_vcpu_state(struct vcpu *v);
/* CR0.TS of the current vcpu, as it reads and feels it. */
void pv_set_task_switched(struct vcpu *v, bool set);
/* Debug registers: 0, -ENODEV or -EPERM. v is current or does not run. */
int pv_set_debugreg(struct vcpu *v, unsigned reg, uint64_t value);
int pv_get_debugreg(const struct vcpu *v, unsigned reg, uint64_t *value);
/* Of a value for CR4 what the guest may choose, and what it always sees. */
uint64_t pv_guest_cr4(uint64_t wanted);
/* CR4 and TSC_AUX as the vcpu has them; pv_load_segments() does it. */
void pv_load_control(const struct vcpu *v);

/* Port access by a guest after its own permission check: may be refused by
 * the domain's set (reads ones, writes vanish). bytes: 1, 2, 4. */
uint32_t pv_port_read(struct vcpu *v, uint16_t port, unsigned bytes);
void pv_port_write(struct vcpu *v, uint16_t port, unsigned bytes,
                   uint32_t value);
/* Builds the TSS bitmap of ports that dom0 may touch without a trap. */
void pv_build_io_bitmap(struct domain *d, uint8_t bitmap[8192]);

/* ---- descriptors (pv/descriptor.c) ---- */
/* Checks all 512 entries of a frame that becomes FRAME_SEGDESC. */
bool descriptor_validate_frame(mfn_t m);
long pv_set_gdt(struct vcpu *v, const uint64_t *frames, uint32_t entries);
void pv_destroy_gdt(struct vcpu *v);
long pv_update_descriptor(uint64_t maddr, uint64_t desc);
long pv_set_ldt(struct vcpu *v, vaddr_t base, uint32_t entries);
/* #PF in the LDT window: maps the guest's LDT page. True: retry. */
bool pv_map_ldt_page(struct vcpu *v, uint32_t offset);
/* Removes all mapped LDT pages of a vcpu. */
void pv_invalidate_ldt(struct vcpu *v);
long pv_set_segment_base(uint32_t which, uint64_t base);
/* Loads GDT, LDT, segments and bases of v; saves those of the vcpu before. */
void pv_load_segments(struct vcpu *v);
void pv_save_segments(struct vcpu *v);

/* ---- page types and tables (pv/type.c, pv/mmu*.c) ---- */
/* Takes a typed reference (FRAME_*) for d, validating the frame if it is the
 * first. 0, -EINVAL (wrong owner, type in use otherwise, invalid content),
 * -EINTR (preempted; -ERESTART when state is PARTIAL). */
int frame_get_type(struct domain *d, mfn_t m, uint64_t type);
void frame_put_type(mfn_t m);

/* A page-table write by a kernel instruction or grant: checked L1 update.
 * `slot` lies in a frame of type L1. 0 or -errno. */
int pv_update_l1(struct domain *pt_owner, struct domain *page_owner,
                 mfn_t table, unsigned index, uint64_t new_entry);

/* The same, if the entry still is `expected`; -EAGAIN otherwise. Both map pages
 * of the tables' owner. */
int pv_cmpxchg_l1(struct domain *d, mfn_t table, unsigned index,
                  uint64_t expected, uint64_t new_entry);

long pv_mmu_update(uint64_t requests, uint32_t count, uint64_t done,
                   uint32_t foreigndom);
long pv_mmuext_op(uint64_t ops, uint32_t count, uint64_t done,
                  uint32_t foreigndom);
long pv_update_va_mapping(vaddr_t va, uint64_t entry, uint64_t flags,
                          domid_t foreigndom);

/* Makes frame n the vcpu's kernel or user L4 (0: no user L4). 0 or -errno. */
int pv_new_baseptr(struct vcpu *v, uint64_t n);
int pv_new_user_baseptr(struct vcpu *v, uint64_t n);

/* The loaded tables' L1 entry for va: its MFN and index, or false. */
bool pv_find_l1(struct vcpu *v, vaddr_t va, mfn_t *table, unsigned *index);

/* A vcpu's context from outside (VCPUOP_initialise, setvcpucontext). */
int pv_set_context(struct vcpu *v, const struct vcpu_guest_context *ctx);
/* The same when it has one: -EOPNOTSUPP if its tables are to be others. */
int pv_change_context(struct vcpu *v, const struct vcpu_guest_context *ctx);
void pv_get_context(const struct vcpu *v, struct vcpu_guest_context *ctx);
/* It becomes as it was made: down, without a context. */
void pv_reset_vcpu(struct vcpu *v);

#endif
