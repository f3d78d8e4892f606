/*
 * pv/emulate.c - privileged instructions that a guest kernel executes in ring
 * 3, and the forced cpuid. Layer: pv. Acts on the current vcpu only.
 * Source: Intel SDM volume 2; docs/abi.md.
 *
 * The instruction's bytes are read once: another vcpu may change them, and what
 * was checked is what is done.
 */
#include "pv/emulate.h"

#include "lib/string.h"
#include "mm/tlb.h"
#include "lib/layout.h"
#include "pv/cpuid.h"
#include "pv/debugreg.h"
#include "pv/segments.h"

enum emulate_result emulate_access_fault(struct cpu_regs *regs, vaddr_t at,
                                         uint32_t error)
{
    if (addr_is_guest(at))
        pv_inject_page_fault(regs, at, error);
    else
        pv_inject_trap(regs, TRAP_GP, 0);
    return EMULATE_FAULTED;
}

/* How many bytes to have next: up to the page's end, then all. */
static unsigned next_read(unsigned have, uint64_t in_page)
{
    return have < in_page && in_page < INSN_BYTES_MAX ? (unsigned)in_page
                                                      : INSN_BYTES_MAX;
}

enum emulate_result emulate_fetch(struct cpu_regs *regs, bool wide,
                                  struct insn *insn)
{
    uint8_t bytes[INSN_BUFFER] = {0};
    uint64_t in_page = PAGE_SIZE - (regs->rip & ~PAGE_MASK);
    enum decode_result result = DECODE_SHORT;
    unsigned have = 0;

    /* Eight bytes are enough for nearly all, and are one move. */
    for (unsigned wanted = (unsigned)MIN(in_page, 8UL); result == DECODE_SHORT;
         wanted = next_read(have, in_page)) {
        vaddr_t at = regs->rip + have;

        if (guest_read(bytes + have, guest_ptr(at), wanted - have))
            return emulate_access_fault(regs, at, PF_INSN);
        have = wanted;
        result = decode_insn(bytes, have, wide, insn);
    }
    return result == DECODE_OK ? EMULATE_DONE : EMULATE_REFUSED;
}

void emulate_retire(struct cpu_regs *regs, unsigned length)
{
    regs->rip += length;
    regs->rflags &= ~X86_EFLAGS_RF;
    if (unlikely(regs->rflags & X86_EFLAGS_TF)) {
        current->control.dr[6] |= DR6_SINGLE_STEP;
        pv_inject_trap(regs, TRAP_DB, 0);
    }
}

static enum emulate_result read_msr(struct vcpu *v, struct cpu_regs *regs)
{
    uint32_t msr = (uint32_t)regs->rcx;
    uint64_t value;

    if (pv_msr_read(v, msr, &value)) {
        /* As Xen does: a kernel that could not handle the #GP yet gets 0. */
        if (v->traps[TRAP_GP].address || rdmsr_safe(msr, &value))
            return EMULATE_REFUSED;
        value = 0;
    }
    regs->rax = (uint32_t)value;
    regs->rdx = value >> 32;
    return EMULATE_DONE;
}

static enum emulate_result read_tsc(struct vcpu *v, struct cpu_regs *regs,
                                    bool with_aux)
{
    uint64_t tsc = rdtsc_ordered();

    regs->rax = (uint32_t)tsc;
    regs->rdx = tsc >> 32;
    if (with_aux)
        regs->rcx = v->tsc_aux;
    return EMULATE_DONE;
}

/* 0f 01: the decoder lets three members through. */
static enum emulate_result emulate_group7(struct vcpu *v, struct cpu_regs *regs,
                                          const struct insn *insn)
{
    if (insn->modrm == 0xd1)
        return emulate_xsetbv(v, regs);
    if (insn->modrm == 0xf9)
        return read_tsc(v, regs, true);
    /* invlpg: its address does not matter to a flush of everything. */
    tlb_flush_local();
    return EMULATE_DONE;
}

static enum emulate_result flush_caches(const struct vcpu *v)
{
    /* Without a device that reads memory past the caches nothing is lost. */
    if (v->domain->has_io)
        wbinvd();
    return EMULATE_DONE;
}

static enum emulate_result
emulate_two_byte(struct vcpu *v, struct cpu_regs *regs, const struct insn *insn)
{
    switch (insn->opcode) {
    case 0x01:
        return emulate_group7(v, regs, insn);
    case 0x06: /* clts */
        pv_set_task_switched(v, false);
        return EMULATE_DONE;
    case 0x09: /* wbinvd */
        return flush_caches(v);
    case 0x20:
    case 0x22:
        return emulate_mov_cr(v, regs, insn);
    case 0x21:
    case 0x23:
        return emulate_mov_dr(v, regs, insn);
    case 0x30: /* wrmsr */
        return pv_msr_write(v, (uint32_t)regs->rcx, emulate_edx_eax(regs))
                   ? EMULATE_REFUSED
                   : EMULATE_DONE;
    case 0x31:
        return read_tsc(v, regs, false);
    case 0x32:
        return read_msr(v, regs);
    default:
        return EMULATE_REFUSED;
    }
}

static enum emulate_result emulate_kernel_insn(struct vcpu *v,
                                               struct cpu_regs *regs,
                                               const struct insn *insn)
{
    if (insn->two_byte)
        return emulate_two_byte(v, regs, insn);
    return emulate_iopl_insn(v, regs, insn);
}

static void answer_cpuid(struct cpu_regs *regs, unsigned length)
{
    struct cpuid_regs r =
        pv_cpuid(current, (uint32_t)regs->rax, (uint32_t)regs->rcx);

    regs->rax = r.a;
    regs->rbx = r.b;
    regs->rcx = r.c;
    regs->rdx = r.d;
    emulate_retire(regs, length);
}

/* Of any mode, where the CPU can make it fault. */
static bool emulate_cpuid(struct cpu_regs *regs)
{
    static const uint8_t insn[2] = {0x0f, 0xa2};
    uint8_t bytes[sizeof(insn)];

    if (guest_read(bytes, guest_ptr(regs->rip), sizeof(bytes)) ||
        memcmp(bytes, insn, sizeof(insn)))
        return false;
    answer_cpuid(regs, sizeof(insn));
    return true;
}

bool pv_emulate_privileged(struct cpu_regs *regs)
{
    struct vcpu *v = current;
    bool kernel = in_kernel_mode(v);
    enum emulate_result result;
    struct insn insn;

    /* A selector's fault, not an instruction's. */
    if (regs->error_code)
        return false;
    if (cpuid_faults() && emulate_cpuid(regs))
        return true;
    /* User code only ever gets ports, and hardly ever those. */
    if (!kernel && v->iopl != 3 && !v->iobitmap_ports)
        return false;
    result = emulate_fetch(regs, kernel || segments_code_is_wide(regs), &insn);
    if (result == EMULATE_DONE)
        result = kernel ? emulate_kernel_insn(v, regs, &insn)
                        : emulate_iopl_insn(v, regs, &insn);
    if (result == EMULATE_DONE)
        emulate_retire(regs, insn.length);
    return result != EMULATE_REFUSED;
}

/* ud2, "xen", cpuid: how a PV guest asks for CPUID as this domain sees it. */
bool pv_emulate_invalid_op(struct cpu_regs *regs)
{
    static const uint8_t forced[7] = {0x0f, 0x0b, 'x', 'e', 'n', 0x0f, 0xa2};
    uint8_t bytes[sizeof(forced)];

    if (guest_read(bytes, guest_ptr(regs->rip), sizeof(bytes)) ||
        memcmp(bytes, forced, sizeof(forced)))
        return false;
    answer_cpuid(regs, sizeof(forced));
    return true;
}
