/*
 * cpu/spec_ctrl.c - does what spec_choose() decided. Layer: cpu.
 * Source: Intel SDM volume 4; AMD APM volume 2, 3.2.9.
 */
#include "cpu/spec_ctrl.h"
#include "cpu/cpu.h"
#include "cpu/entry.h"
#include "cpu/patch.h"
#include "lib/log.h"
#include "lib/string.h"

#define MSR_SPEC_CTRL    0x00000048
#define MSR_PRED_CMD     0x00000049
#define MSR_ARCH_CAPS    0x0000010a
#define MSR_TSX_CTRL     0x00000122
#define MSR_MCU_OPT_CTRL 0x00000123

#define PRED_CMD_IBPB     1UL
#define EFER_AIBRSE       (1UL << 21)
#define TSX_RTM_DISABLE   (1UL << 0)
#define TSX_CPUID_CLEAR   (1UL << 1)
#define MCU_RNGDS_MIT_DIS (1UL << 0)
#define MCU_GDS_MIT_DIS   (1UL << 4)
#define MCU_GDS_MIT_LOCK  (1UL << 5)

#define VENDOR_INTEL 0x756e6547 /* "Genu" */
#define VENDOR_AMD   0x68747541 /* "Auth" */
#define VENDOR_HYGON 0x6f677948 /* "Hygo" */

_Static_assert(offsetof(struct cpu, id) == CPU_id, "id");

/* spec_code.S */
#define PIECE(name)                                                            \
    extern const uint8_t spec_piece_##name[], spec_piece_##name##_end[]
PIECE(save);
PIECE(restore);
PIECE(rsb);
PIECE(bhb_short);
PIECE(bhb_long);
PIECE(verw);
PIECE(flags);
extern const uint8_t spec_piece_flags_reference[];
extern uint8_t spec_entry_code[], spec_entry_code_end[];
extern uint8_t spec_exit_code[], spec_exit_code_end[];

bool spec_ctrl_follows_vcpus;

/* By CPU: does an entry from what runs there take a barrier? (spec_code.S) */
uint8_t spec_ibpb_flags[CPUS_MAX];

static struct spec_plan plan;
static uint16_t last_domid[CPUS_MAX];

static enum spec_vendor __init read_vendor(void)
{
    uint32_t name = cpuid(0, 0).b;

    if (name == VENDOR_INTEL)
        return SPEC_INTEL;
    return name == VENDOR_AMD || name == VENDOR_HYGON ? SPEC_AMD : SPEC_OTHER;
}

static void __init read_model(struct spec_cpu *c)
{
    uint32_t a = cpuid(1, 0).a, family = a >> 8 & 15, model = a >> 4 & 15;

    if (family == 6 || family == 15)
        model |= a >> 12 & 0xf0;
    if (family == 15)
        family += a >> 20 & 0xff;
    c->family = (uint16_t)family;
    c->model = (uint16_t)model;
}

struct spec_cpu __init spec_ctrl_read_cpu(void)
{
    uint32_t extended = cpuid(0x80000000, 0).a;
    struct spec_cpu c = {.vendor = read_vendor(),
                         .smep = read_cr4() & CR4_SMEP};
    struct cpuid_regs r;

    read_model(&c);
    if (cpuid(0, 0).a >= 7) {
        r = cpuid(7, 0);
        c.leaf7b = r.b;
        c.leaf7d = r.d;
        if (r.a >= 2)
            c.leaf72d = cpuid(7, 2).d;
    }
    if (extended >= 0x80000008)
        c.ext8b = cpuid(0x80000008, 0).b;
    if (extended >= 0x80000021) {
        r = cpuid(0x80000021, 0);
        c.ext21a = r.a;
        c.ext21c = r.c;
    }
    if ((c.leaf7d & LEAF7D_ARCH_CAPS) &&
        rdmsr_safe(MSR_ARCH_CAPS, &c.arch_caps))
        c.arch_caps = 0;
    return c;
}

/* Where code is being written, and the end of the room for it. */
struct writer {
    uint8_t *at, *end;
};

static uint8_t *__init emit(struct writer *w, const void *code, size_t bytes)
{
    uint8_t *start = w->at;

    if (bytes > (size_t)(w->end - w->at))
        panic("No room for the code of the mitigations");
    memcpy(start, code, bytes);
    w->at += bytes;
    return start;
}

#define EMIT(w, name)                                                          \
    emit(w, spec_piece_##name,                                                 \
         (size_t)(spec_piece_##name##_end - spec_piece_##name))

/* wrmsr of a value of 32 bits; rax, rcx and rdx are saved. */
static void __init emit_wrmsr(struct writer *w, uint32_t msr, uint32_t value)
{
    uint8_t code[] = {0xb9, 0,    0, 0, 0, /* mov $msr, %ecx */
                      0xb8, 0,    0, 0, 0, /* mov $value, %eax */
                      0x31, 0xd2,          /* xor %edx, %edx */
                      0x0f, 0x30};         /* wrmsr */

    memcpy(code + 1, &msr, sizeof(msr));
    memcpy(code + 6, &value, sizeof(value));
    emit(w, code, sizeof(code));
}

/* The copy of a reference relative to rip still has to reach its target. */
static void __init emit_barrier(struct writer *w)
{
    uint8_t *copy = EMIT(w, flags), *at;
    int32_t rel;

    at = copy + (spec_piece_flags_reference - spec_piece_flags) - sizeof(rel);
    memcpy(&rel, at, sizeof(rel));
    rel += (int32_t)(spec_piece_flags - copy);
    memcpy(at, &rel, sizeof(rel));
}

static void __init emit_return(struct writer *w)
{
    static const uint8_t code[] __initconst = {0xc3, 0xcc};

    emit(w, code, sizeof(code));
}

/* The barrier comes first: nothing may be predicted from what it forgets. */
static void __init write_entry(const struct spec_plan *p)
{
    struct writer w = {spec_entry_code, spec_entry_code_end};
    bool saved = p->ibpb_entry || p->spec_ctrl_toggles || p->bhb;

    if (!saved && !p->rsb)
        return;
    if (saved)
        EMIT(&w, save);
    if (p->ibpb_entry)
        emit_barrier(&w);
    if (p->spec_ctrl_toggles)
        emit_wrmsr(&w, MSR_SPEC_CTRL, p->spec_ctrl);
    if (p->rsb)
        EMIT(&w, rsb);
    if (p->bhb == BHB_SHORT)
        EMIT(&w, bhb_short);
    if (p->bhb == BHB_LONG)
        EMIT(&w, bhb_long);
    if (saved)
        EMIT(&w, restore);
    emit_return(&w);
    patch_apply(PATCH_ID_ENTRY, spec_entry_code);
}

static void __init write_exit(const struct spec_plan *p)
{
    struct writer w = {spec_exit_code, spec_exit_code_end};

    if (!p->spec_ctrl_toggles && !p->verw)
        return;
    if (p->spec_ctrl_toggles) {
        EMIT(&w, save);
        emit_wrmsr(&w, MSR_SPEC_CTRL, p->spec_ctrl_guest);
        EMIT(&w, restore);
    }
    if (p->verw)
        EMIT(&w, verw);
    emit_return(&w);
    patch_apply(PATCH_ID_EXIT, spec_exit_code);
}

static void clear_bits(uint32_t msr, uint64_t bits)
{
    uint64_t value;

    if (!rdmsr_safe(msr, &value) && (value & bits))
        wrmsr_safe(msr, value & ~bits);
}

/* A locked GDS control cannot be written any more: nor need it be. */
static void init_mcu_options(void)
{
    uint64_t value, bits = plan.srbds ? MCU_RNGDS_MIT_DIS : 0;

    if (plan.gds && !rdmsr_safe(MSR_MCU_OPT_CTRL, &value) &&
        !(value & MCU_GDS_MIT_LOCK))
        bits |= MCU_GDS_MIT_DIS;
    if (bits)
        clear_bits(MSR_MCU_OPT_CTRL, bits);
}

void __init spec_ctrl_init_cpu(void)
{
    if (plan.spec_ctrl_write)
        wrmsr_safe(MSR_SPEC_CTRL, plan.spec_ctrl);
    if (plan.auto_ibrs)
        wrmsr_safe(MSR_EFER, rdmsr(MSR_EFER) | EFER_AIBRSE);
    if (plan.tsx_off)
        wrmsr_safe(MSR_TSX_CTRL, TSX_RTM_DISABLE | TSX_CPUID_CLEAR);
    init_mcu_options();
}

void spec_ctrl_new_vcpu(uint32_t cpu, uint16_t domid, bool privileged)
{
    if (domid == last_domid[cpu])
        return;
    last_domid[cpu] = domid;
    spec_ibpb_flags[cpu] =
        plan.ibpb_entry && (plan.ibpb_entry_dom0 || !privileged);
    if (plan.ibpb_switch)
        wrmsr(MSR_PRED_CMD, PRED_CMD_IBPB);
}

void spec_ctrl_forget_domain(uint16_t domid)
{
    for (unsigned i = 0; i < CPUS_MAX; i++) {
        uint16_t last = domid;

        __atomic_compare_exchange_n(&last_domid[i], &last, UINT16_MAX, false,
                                    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    }
}

void __init spec_ctrl_apply(const struct spec_plan *chosen)
{
    plan = *chosen;
    for (unsigned i = 0; i < CPUS_MAX; i++) {
        last_domid[i] = UINT16_MAX;           /* no domain's */
        spec_ibpb_flags[i] = plan.ibpb_entry; /* until a switch says more */
    }
    spec_ctrl_follows_vcpus = plan.ibpb_switch || plan.ibpb_entry;
    if (plan.thunk != THUNK_RETPOLINE)
        patch_thunks(plan.thunk == THUNK_LFENCE);
    write_entry(&plan);
    write_exit(&plan);
    spec_ctrl_init_cpu();
}
