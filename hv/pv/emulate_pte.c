/*
 * pv/emulate_pte.c - writes of a guest's kernel to its own page tables, which
 * it has mapped read-only. Layer: pv. Acts on the current vcpu; no locks: the
 * entry is exchanged by pv_cmpxchg_l1(), and what it misses is tried again.
 * Source: docs/abi.md, page-table write emulation.
 *
 * The operand's address is the fault's: an access that is naturally aligned
 * faults at its first byte. So no address is computed from registers.
 */
#include "mm/pte.h"
#include "pv/decode_hot.h"
#include "pv/emulate.h"
#include "pv/emulate_alu.h"
#include "pv/segments.h"

static uint64_t read_entry(mfn_t table, unsigned index)
{
    const uint64_t *entries = frame_map(table);
    uint64_t entry = READ_ONCE(entries[index]);

    frame_unmap(entries);
    return entry;
}

/* The rare cases are kept out of the way of the frequent ones. */
#define RARE __attribute__((cold, noinline))

/* Would the write pass now? Another vcpu may have made the page writable. */
static RARE bool fault_is_stale(const struct vcpu *v, vaddr_t va)
{
    mfn_t m = mfn(v->kernel_l4);

    for (unsigned level = 4; level; level--) {
        uint64_t entry;

        if (!mfn_is_ram(m))
            return false;
        entry = read_entry(m, pte_index(va, level));
        if ((entry & (PTE_P | PTE_RW)) != (PTE_P | PTE_RW))
            return false;
        m = pte_mfn(entry);
    }
    return true;
}

static bool is_l1_table(mfn_t m)
{
    return mfn_is_ram(m) &&
           (READ_ONCE(frame_of(m)->type) & TYPE_MASK) == FRAME_L1;
}

/* Changes `insn->op_bytes` bytes at `offset` in a table. As pv_cmpxchg_l1. */
static int change_entry(struct vcpu *v, mfn_t table, unsigned offset,
                        const struct insn *insn, struct cpu_regs *regs)
{
    unsigned index = offset / 8, shift = offset % 8 * 8;
    uint64_t mask = alu_mask(insn->op_bytes) << shift;
    uint64_t old = read_entry(table, index);
    struct alu_result result;
    int error = 0;

    if (!alu_compute(insn, regs, (old & mask) >> shift, &result))
        return -EINVAL;
    if (likely(result.writes))
        error = pv_cmpxchg_l1(v->domain, table, index, old,
                              (old & ~mask) | result.memory << shift);
    if (likely(!error))
        alu_apply(insn, &result, regs);
    return error;
}

/* Of stos and movs, one element: its value. False: movs' source faulted. */
static bool string_value(struct cpu_regs *regs, const struct insn *insn,
                         uint64_t *value)
{
    vaddr_t from = emulate_string_address(regs->rsi, insn) +
                   segments_override_base(insn->segment);

    *value = regs->rax;
    if (insn->opcode >= 0xaa ||
        !guest_read(value, guest_ptr(from), insn->op_bytes))
        return true;
    pv_inject_page_fault(regs, from, 0);
    return false;
}

/* A repeated one is executed again, for the next element. */
static RARE bool write_string(struct vcpu *v, struct cpu_regs *regs,
                              mfn_t table, unsigned offset,
                              const struct insn *insn)
{
    unsigned shift = offset % 8 * 8;
    uint64_t mask = alu_mask(insn->op_bytes) << shift, value;
    uint64_t old = read_entry(table, offset / 8);
    int error;

    if (!string_value(regs, insn, &value))
        return true;
    error = pv_cmpxchg_l1(v->domain, table, offset / 8, old,
                          (old & ~mask) | (value << shift & mask));
    if (error)
        return error == -EAGAIN;
    emulate_string_advance(regs, insn, insn->opcode < 0xaa, true);
    if (!(insn->prefixes & (INSN_REP | INSN_REPNE)) ||
        !emulate_string_address(regs->rcx, insn))
        emulate_retire(regs, insn->length);
    return true;
}

static bool is_string(const struct insn *insn)
{
    return !insn->two_byte &&
           ((insn->opcode & 0xfe) == 0xa4 || (insn->opcode & 0xfe) == 0xaa);
}

static RARE bool write_table_slow(struct vcpu *v, struct cpu_regs *regs,
                                  mfn_t table, unsigned offset)
{
    struct insn insn;
    int error;

    switch (emulate_fetch(regs, true, &insn)) {
    case EMULATE_DONE:
        break;
    case EMULATE_FAULTED:
        return true;
    default:
        return false;
    }
    if (unlikely(offset % insn.op_bytes))
        return false;
    if (is_string(&insn))
        return write_string(v, regs, table, offset, &insn);
    error = change_entry(v, table, offset, &insn, regs);
    if (likely(!error))
        emulate_retire(regs, insn.length);
    return !error || error == -EAGAIN;
}

/* lock andb: clears bits of one byte of an entry. */
static int hot_and(struct vcpu *v, struct cpu_regs *regs, mfn_t table,
                   unsigned offset, uint8_t imm)
{
    unsigned shift = offset % 8 * 8;
    uint64_t old = read_entry(table, offset / 8);
    uint64_t cleared = (uint64_t)(uint8_t)~imm << shift;
    int error =
        pv_cmpxchg_l1(v->domain, table, offset / 8, old, old & ~cleared);

    if (likely(!error))
        regs->rflags = alu_logic_flags(regs->rflags, old >> shift & imm, 1);
    return error;
}

/* mov or xchg: a whole entry from a register. */
static int hot_store(struct vcpu *v, struct cpu_regs *regs, mfn_t table,
                     unsigned offset, const struct hot_write *w)
{
    uint64_t *reg = alu_reg(regs, w->reg);
    uint64_t old = read_entry(table, offset / 8);
    int error;

    if (unlikely(offset % 8))
        return -EINVAL;
    error = pv_cmpxchg_l1(v->domain, table, offset / 8, old, *reg);
    if (likely(!error) && w->kind == HOT_XCHG)
        *reg = old;
    return error;
}

static bool write_table(struct vcpu *v, struct cpu_regs *regs, mfn_t table,
                        unsigned offset)
{
    struct hot_write w;
    uint64_t code;
    int error;

    /* If it is another one its bytes are read again, and then count. */
    if (guest_get(&code, regs->rip) || !decode_hot_write(code, &w))
        return write_table_slow(v, regs, table, offset);
    error = w.kind == HOT_AND ? hot_and(v, regs, table, offset, w.imm)
                              : hot_store(v, regs, table, offset, &w);
    if (likely(!error))
        emulate_retire(regs, w.length);
    /* Somebody else changed the entry: the guest executes it once more. */
    return !error || error == -EAGAIN;
}

bool pv_emulate_table_write(struct cpu_regs *regs, vaddr_t cr2)
{
    struct vcpu *v = current;
    unsigned index;
    uint64_t pte;
    mfn_t l1;

    if (!pv_find_l1(v, cr2, &l1, &index))
        return false;
    pte = read_entry(l1, index);
    if (unlikely(!(pte & PTE_P)))
        return false;
    if (unlikely(pte & PTE_RW))
        return fault_is_stale(v, cr2);
    if (!is_l1_table(pte_mfn(pte)))
        return false;
    return write_table(v, regs, pte_mfn(pte), cr2 & ~PAGE_MASK);
}
