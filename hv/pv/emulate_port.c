/*
 * pv/emulate_port.c - in, out, ins, outs, cli and sti. Layer: pv. Acts on the
 * current vcpu. Source: Intel SDM volume 1 chapter 19; docs/abi.md.
 *
 * May the guest's code do it: its kernel with a virtual IOPL, its user code
 * with IOPL 3 or by the bitmap that the kernel registered. Whether the domain
 * may touch that port is pv/ports.c's question.
 */
#include "pv/emulate.h"
#include "pv/segments.h"

/* A string instruction goes back to the guest after so many elements, which
 * then executes it again for the rest. */
#define ELEMENTS_PER_TRAP 256

/* The bitmap is in the kernel's part of the address space. */
static bool bitmap_allows(struct vcpu *v, uint16_t port, unsigned bytes)
{
    uint64_t cr3 = read_cr3();
    uint16_t bits;
    int error;

    if (port + bytes > v->iobitmap_ports)
        return false;
    write_cr3(v->entry.kernel_cr3);
    error = guest_read(&bits, guest_ptr(v->iobitmap + port / 8), sizeof(bits));
    write_cr3(cr3);
    return !error && !(bits >> port % 8 & ((1U << bytes) - 1));
}

static bool has_iopl(const struct vcpu *v)
{
    unsigned level = pv_has_architectural_iopl(v->domain) ? 0 : 1;

    return v->iopl >= (in_kernel_mode(v) ? level : 3);
}

static bool may_use_port(struct vcpu *v, uint16_t port, unsigned bytes)
{
    return has_iopl(v) || bitmap_allows(v, port, bytes);
}

/* Writes to a register by the rules of its width. */
static void set_rax(struct cpu_regs *regs, unsigned bytes, uint32_t value)
{
    if (bytes == 1)
        regs->rax = (regs->rax & ~0xffUL) | (value & 0xff);
    else if (bytes == 2)
        regs->rax = (regs->rax & ~0xffffUL) | (value & 0xffff);
    else
        regs->rax = value;
}

static uint64_t address_mask(const struct insn *insn)
{
    return insn->addr_bytes == 8 ? ~0UL : (1UL << insn->addr_bytes * 8) - 1;
}

/* Adds to rcx, rsi or rdi as far as the address width reaches. */
static void advance(uint64_t *reg, const struct insn *insn, int64_t delta)
{
    uint64_t mask = address_mask(insn), sum = (*reg + (uint64_t)delta) & mask;

    /* A 32-bit result clears the upper half. */
    *reg = insn->addr_bytes == 2 ? (*reg & ~mask) | sum : sum;
}

vaddr_t emulate_string_address(uint64_t reg, const struct insn *insn)
{
    return reg & address_mask(insn);
}

void emulate_string_advance(struct cpu_regs *regs, const struct insn *insn,
                            bool source, bool target)
{
    int64_t step = regs->rflags & X86_EFLAGS_DF ? -(int64_t)insn->op_bytes
                                                : (int64_t)insn->op_bytes;

    if (source)
        advance(&regs->rsi, insn, step);
    if (target)
        advance(&regs->rdi, insn, step);
    if (insn->prefixes & (INSN_REP | INSN_REPNE))
        advance(&regs->rcx, insn, -1);
}

/* The fault of the operand's first byte that the guest cannot access. */
static enum emulate_result string_fault(struct cpu_regs *regs, vaddr_t at,
                                        unsigned bytes, bool write)
{
    vaddr_t last = at + bytes - 1;
    uint8_t byte;

    if ((at ^ last) & PAGE_MASK) {
        bool first_is_fine = write ? !guest_clear(guest_ptr(at), 1)
                                   : !guest_read(&byte, guest_ptr(at), 1);

        if (first_is_fine)
            at = last & PAGE_MASK;
    }
    return emulate_access_fault(regs, at, write ? PF_WRITE : 0);
}

static enum emulate_result input_element(struct vcpu *v, struct cpu_regs *regs,
                                         const struct insn *insn)
{
    vaddr_t at = emulate_string_address(regs->rdi, insn);
    uint32_t value;

    /* What the port gives is gone once read: first see that it has a place. */
    if (guest_clear(guest_ptr(at), insn->op_bytes))
        return string_fault(regs, at, insn->op_bytes, true);
    value = pv_port_read(v, (uint16_t)regs->rdx, insn->op_bytes);
    if (guest_write(guest_ptr(at), &value, insn->op_bytes))
        return string_fault(regs, at, insn->op_bytes, true);
    return EMULATE_DONE;
}

static enum emulate_result output_element(struct vcpu *v, struct cpu_regs *regs,
                                          const struct insn *insn)
{
    vaddr_t at = emulate_string_address(regs->rsi, insn);
    uint32_t value = 0;

    at += segments_override_base(insn->segment);
    if (guest_read(&value, guest_ptr(at), insn->op_bytes))
        return string_fault(regs, at, insn->op_bytes, false);
    pv_port_write(v, (uint16_t)regs->rdx, insn->op_bytes, value);
    return EMULATE_DONE;
}

static enum emulate_result string_element(struct vcpu *v, struct cpu_regs *regs,
                                          const struct insn *insn)
{
    bool input = insn->opcode < 0x6e;
    enum emulate_result result =
        input ? input_element(v, regs, insn) : output_element(v, regs, insn);

    if (result == EMULATE_DONE)
        emulate_string_advance(regs, insn, !input, input);
    return result;
}

static enum emulate_result string_insn(struct vcpu *v, struct cpu_regs *regs,
                                       const struct insn *insn)
{
    enum emulate_result result;

    /* 32-bit code's segments may have bases. Nobody does that. */
    if (insn->addr_bytes == 2 || (!segments_code_is_wide(regs) &&
                                  (insn->segment || !segments_data_is_flat())))
        return EMULATE_REFUSED;
    if (!(insn->prefixes & (INSN_REP | INSN_REPNE)))
        return string_element(v, regs, insn);
    for (unsigned i = 0; regs->rcx & address_mask(insn); i++) {
        if (i == ELEMENTS_PER_TRAP)
            return EMULATE_AGAIN;
        result = string_element(v, regs, insn);
        if (result != EMULATE_DONE)
            return result;
    }
    return EMULATE_DONE;
}

static enum emulate_result port_insn(struct vcpu *v, struct cpu_regs *regs,
                                     const struct insn *insn)
{
    bool is_string = (insn->opcode & 0xfc) == 0x6c;
    bool immediate = (insn->opcode & 0xfc) == 0xe4;
    uint16_t port = immediate ? (uint8_t)insn->imm : (uint16_t)regs->rdx;

    if (!is_string && (insn->opcode & 0xf4) != 0xe4)
        return EMULATE_REFUSED;
    if (!may_use_port(v, port, insn->op_bytes))
        return EMULATE_REFUSED;
    if (is_string)
        return string_insn(v, regs, insn);
    if (insn->opcode & 2)
        pv_port_write(v, port, insn->op_bytes, (uint32_t)regs->rax);
    else
        set_rax(regs, insn->op_bytes, pv_port_read(v, port, insn->op_bytes));
    return EMULATE_DONE;
}

enum emulate_result emulate_iopl_insn(struct vcpu *v, struct cpu_regs *regs,
                                      const struct insn *insn)
{
    if (insn->two_byte)
        return EMULATE_REFUSED;
    /* cli, sti: popf would change nothing either, so neither do these; a
     * kernel that believed them could be left with its events off. */
    if ((insn->opcode & 0xfe) == 0xfa)
        return has_iopl(v) ? EMULATE_DONE : EMULATE_REFUSED;
    return port_insn(v, regs, insn);
}
