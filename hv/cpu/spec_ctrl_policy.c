/*
 * cpu/spec_ctrl_policy.c - which protections a CPU needs. Layer: cpu. Pure.
 * Source: Intel's and AMD's guidance on each attack, by their CPUID bits; the
 * lists of models of Xen 4.17 where there is no bit.
 *
 * Guests are in ring 3 and are offered none of the speculation MSRs: the value
 * of SPEC_CTRL while a guest runs is ours to choose, and never changes.
 */
#include "cpu/spec_ctrl.h"

/* Family 6. Retpolines hold, as a return never falls back to the indirect
 * predictor: until Broadwell, and the Atoms. */
static const uint8_t retpoline_safe_models[] = {
    0x17, 0x1a, 0x1c, 0x1d, 0x1e, 0x1f, 0x25, 0x26, 0x27, 0x2a,
    0x2c, 0x2d, 0x2e, 0x2f, 0x35, 0x36, 0x37, 0x3a, 0x3c, 0x3d,
    0x3e, 0x3f, 0x45, 0x46, 0x47, 0x4a, 0x4c, 0x4d, 0x4f, 0x56,
    0x57, 0x5a, 0x5c, 0x5d, 0x5f, 0x75, 0x7a, 0x85,
};

/* No L1TF: Bonnell to Tremont, and the Xeon Phis. */
static const uint8_t l1tf_free_models[] = {
    0x1c, 0x26, 0x27, 0x35, 0x36, 0x37, 0x4a, 0x4c, 0x4d, 0x57,
    0x5a, 0x5c, 0x5d, 0x5f, 0x65, 0x6e, 0x75, 0x7a, 0x85, 0x86,
};

/* No MDS: Bonnell and Goldmont. */
static const uint8_t mds_free_models[] = {0x1c, 0x26, 0x27, 0x35,
                                          0x36, 0x5c, 0x5f, 0x7a};

/* Gathers leak: Skylake to Tiger and Rocket Lake. */
static const uint8_t gds_models[] = {0x4e, 0x55, 0x5e, 0x6a, 0x6c, 0x7d, 0x7e,
                                     0x8c, 0x8d, 0x8e, 0x9e, 0xa5, 0xa6, 0xa7};

/* The register file leaks: Goldmont to Gracemont. */
static const uint8_t rfds_models[] = {0x5c, 0x5f, 0x7a, 0x86, 0x96, 0x97,
                                      0x9a, 0x9c, 0xb7, 0xba, 0xbe, 0xbf};

static bool is_listed(const struct spec_cpu *c, const uint8_t *list, size_t n)
{
    if (c->vendor != SPEC_INTEL || c->family != 6)
        return false;
    for (size_t i = 0; i < n; i++)
        if (list[i] == c->model)
            return true;
    return false;
}

#define IS_LISTED(c, list) is_listed(c, list, ARRAY_SIZE(list))

static bool is_intel6(const struct spec_cpu *c)
{
    return c->vendor == SPEC_INTEL && c->family == 6;
}

static bool decide(enum spec_choice choice, bool by_default)
{
    return choice == SPEC_DEFAULT ? by_default : choice == SPEC_YES;
}

static bool has_ibrs(const struct spec_cpu *c)
{
    return (c->leaf7d & LEAF7D_IBRS) || (c->ext8b & EXT8B_IBRS);
}

static bool has_ibpb(const struct spec_cpu *c)
{
    return (c->leaf7d & LEAF7D_IBRS) || (c->ext8b & EXT8B_IBPB);
}

static bool has_stibp(const struct spec_cpu *c)
{
    return (c->leaf7d & LEAF7D_STIBP) || (c->ext8b & EXT8B_STIBP);
}

static bool has_ssbd(const struct spec_cpu *c)
{
    return (c->leaf7d & LEAF7D_SSBD) || (c->ext8b & EXT8B_SSBD);
}

static bool has_psfd(const struct spec_cpu *c)
{
    return (c->leaf72d & LEAF72D_PSFD) || (c->ext8b & EXT8B_PSFD);
}

static bool has_eibrs(const struct spec_cpu *c)
{
    return (c->leaf7d & LEAF7D_IBRS) && (c->arch_caps & CAPS_EIBRS);
}

/* Intel and unknown vendors: unless the CPU says otherwise. */
static bool leaks_by_meltdown(const struct spec_cpu *c)
{
    return c->vendor != SPEC_AMD && !(c->arch_caps & CAPS_RDCL_NO);
}

static bool leaks_by_l1tf(const struct spec_cpu *c)
{
    return is_intel6(c) && !(c->arch_caps & CAPS_RDCL_NO) &&
           !IS_LISTED(c, l1tf_free_models);
}

static bool leaks_by_mds(const struct spec_cpu *c)
{
    return is_intel6(c) && !(c->arch_caps & CAPS_MDS_NO) &&
           !IS_LISTED(c, mds_free_models);
}

/* MDS through aborted transactions, where MDS itself is fixed. */
static bool leaks_by_taa(const struct spec_cpu *c)
{
    return is_intel6(c) && (c->leaf7b & LEAF7B_RTM) &&
           !(c->arch_caps & CAPS_TAA_NO);
}

/* Stale data of device accesses; the bit that clears it came with the bits
 * that deny it. */
static bool leaks_by_mmio(const struct spec_cpu *c)
{
    const uint64_t none = CAPS_SBDR_SSDP_NO | CAPS_FBSDP_NO | CAPS_PSDP_NO;

    return (c->arch_caps & CAPS_FB_CLEAR) && (c->arch_caps & none) != none;
}

static bool leaks_by_rfds(const struct spec_cpu *c)
{
    return !(c->arch_caps & CAPS_RFDS_NO) &&
           (IS_LISTED(c, rfds_models) || (c->arch_caps & CAPS_RFDS_CLEAR));
}

/* Transient schedulers of Zen 3 and 4. */
static bool leaks_by_tsa(const struct spec_cpu *c)
{
    const uint32_t none = EXT21C_TSA_SQ_NO | EXT21C_TSA_L1_NO;

    return c->vendor == SPEC_AMD && c->family == 0x19 &&
           (c->ext21c & none) != none;
}

static bool leaks_by_gds(const struct spec_cpu *c)
{
    return IS_LISTED(c, gds_models) && !(c->arch_caps & CAPS_GDS_NO);
}

/* Retbleed: returns follow the indirect predictor. Bulldozer to Zen 2. */
static bool confuses_branch_types(const struct spec_cpu *c)
{
    return c->vendor == SPEC_AMD && c->family >= 0x15 && c->family <= 0x18 &&
           !(c->ext8b & EXT8B_BTC_NO);
}

/* Zen to Zen 4. */
static bool overflows_return_stack(const struct spec_cpu *c)
{
    return c->vendor == SPEC_AMD && c->family >= 0x17 && c->family <= 0x19 &&
           !(c->ext21a & (EXT21A_SRSO_NO | EXT21A_SRSO_US_NO));
}

static bool retpoline_is_safe(const struct spec_cpu *c)
{
    if (!is_intel6(c))
        return true;
    return !(c->arch_caps & CAPS_RSBA) && IS_LISTED(c, retpoline_safe_models);
}

/* Indirect branches of the hypervisor: by the CPU where it can do so without
 * help, else by retpolines, else by IBRS at every entry. */
static void choose_branches(const struct spec_cpu *c,
                            const struct spec_options *o, struct spec_plan *p)
{
    enum spec_choice ibrs = o->knob[KNOB_IBRS];
    enum spec_thunk thunk = THUNK_JMP;

    if (has_eibrs(c) && ibrs != SPEC_NO) {
        p->spec_ctrl = p->spec_ctrl_guest = SPEC_CTRL_IBRS;
    } else if ((c->ext21a & EXT21A_AUTO_IBRS) && ibrs != SPEC_NO) {
        p->auto_ibrs = true;
    } else if (has_ibrs(c) && decide(ibrs, !retpoline_is_safe(c)) &&
               o->knob[KNOB_MSR_SC] != SPEC_NO) {
        p->spec_ctrl = SPEC_CTRL_IBRS;
        p->spec_ctrl_toggles = true;
    } else {
        thunk = THUNK_RETPOLINE;
        if (!retpoline_is_safe(c))
            p->exposed |= EXPOSED_RETBLEED;
    }
    p->thunk = o->thunk ? o->thunk : thunk;
    if (p->thunk == THUNK_JMP && !p->spec_ctrl && !p->auto_ibrs)
        p->exposed |= EXPOSED_V2;
}

/* Bits of SPEC_CTRL that are the same for us and for guests. */
static void choose_controls(const struct spec_cpu *c,
                            const struct spec_options *o, struct spec_plan *p)
{
    bool stibp = p->spec_ctrl || (c->ext8b & EXT8B_STIBP_ALWAYS);
    uint32_t both = 0;

    if (has_stibp(c) && decide(o->knob[KNOB_STIBP], stibp))
        both |= SPEC_CTRL_STIBP;
    if (has_ssbd(c) && decide(o->knob[KNOB_SSBD], false))
        both |= SPEC_CTRL_SSBD;
    if (has_psfd(c) && decide(o->knob[KNOB_PSFD], false))
        both |= SPEC_CTRL_PSFD;
    if ((c->leaf72d & LEAF72D_BHI_CTRL) &&
        decide(o->knob[KNOB_BHI_DIS_S], !(c->arch_caps & CAPS_BHI_NO)))
        both |= SPEC_CTRL_BHI_DIS_S;
    p->spec_ctrl |= both;
    p->spec_ctrl_guest |= both;
    p->spec_ctrl_write = has_ibrs(c) || has_stibp(c) || has_ssbd(c) ||
                         has_psfd(c) || (c->leaf72d & LEAF72D_BHI_CTRL);
}

static void choose_history(const struct spec_cpu *c,
                           const struct spec_options *o, struct spec_plan *p)
{
    bool leaks = has_eibrs(c) && !(c->arch_caps & CAPS_BHI_NO);
    bool by_msr = p->spec_ctrl & SPEC_CTRL_BHI_DIS_S;

    if (decide(o->knob[KNOB_BHB_ENTRY], leaks && !by_msr))
        p->bhb = o->bhb_long ? BHB_LONG : BHB_SHORT;
    else if (leaks && !by_msr)
        p->exposed |= EXPOSED_BHI;
}

/* Barriers, and what returns need. */
static void choose_barriers(const struct spec_cpu *c,
                            const struct spec_options *o, struct spec_plan *p)
{
    enum spec_choice entry = o->knob[KNOB_IBPB_ENTRY];
    bool retbleed = confuses_branch_types(c), srso = overflows_return_stack(c);
    /* From Zen 3 on the barrier forgets returns only with new microcode. */
    bool helps = c->family < 0x19 || (c->ext21a & EXT21A_IBPB_BRTYPE);

    p->rsb = decide(o->knob[KNOB_RSB], !c->smep);
    if (has_ibpb(c)) {
        p->ibpb_switch = decide(o->knob[KNOB_IBPB], true);
        p->ibpb_entry = decide(entry, retbleed || (srso && helps));
        p->ibpb_entry_dom0 = entry == SPEC_YES;
    }
    if (retbleed && !p->ibpb_entry)
        p->exposed |= EXPOSED_RETBLEED;
    if (srso && !(p->ibpb_entry && helps))
        p->exposed |= EXPOSED_SRSO;
}

/* Guests are not told of transactions, so losing them costs nothing. */
static void choose_transactions(const struct spec_cpu *c,
                                const struct spec_options *o,
                                struct spec_plan *p)
{
    p->tsx_off = (c->arch_caps & CAPS_TSX_CTRL) && (c->leaf7b & LEAF7B_RTM) &&
                 !decide(o->knob[KNOB_TSX], !leaks_by_taa(c));
}

static void choose_buffers(const struct spec_cpu *c,
                           const struct spec_options *o, struct spec_plan *p)
{
    bool mds = leaks_by_mds(c) || (leaks_by_taa(c) && !p->tsx_off);
    bool rfds = leaks_by_rfds(c);
    bool tsa = leaks_by_tsa(c);
    bool clears_tsa = c->ext21a & EXT21A_VERW_CLEAR;
    bool clears = (c->leaf7d & LEAF7D_MD_CLEAR) ||
                  (c->arch_caps & (CAPS_FB_CLEAR | CAPS_RFDS_CLEAR));

    p->verw = decide(o->knob[KNOB_VERW],
                     ((mds || rfds || leaks_by_mmio(c)) && clears) ||
                         (tsa && clears_tsa));
    if (mds && !(p->verw && clears))
        p->exposed |= EXPOSED_MDS;
    if (rfds && !(p->verw && (c->arch_caps & CAPS_RFDS_CLEAR)))
        p->exposed |= EXPOSED_RFDS;
    if (tsa && !(p->verw && clears_tsa))
        p->exposed |= EXPOSED_TSA;
    p->srbds = (c->leaf7d & LEAF7D_SRBDS) && o->knob[KNOB_SRB_LOCK] != SPEC_NO;
    p->gds = leaks_by_gds(c) && (c->arch_caps & CAPS_GDS_CTRL) &&
             o->knob[KNOB_GDS] != SPEC_NO;
    if (leaks_by_gds(c) && !p->gds)
        p->exposed |= EXPOSED_GDS;
}

struct spec_plan spec_choose(const struct spec_cpu *cpu,
                             const struct spec_options *options)
{
    struct spec_plan plan = {.off = options->off, .thunk = THUNK_JMP};

    if (plan.off)
        return plan;
    choose_branches(cpu, options, &plan);
    choose_controls(cpu, options, &plan);
    choose_history(cpu, options, &plan);
    choose_barriers(cpu, options, &plan);
    choose_transactions(cpu, options, &plan);
    choose_buffers(cpu, options, &plan);
    if (leaks_by_meltdown(cpu))
        plan.exposed |= EXPOSED_MELTDOWN;
    if (leaks_by_l1tf(cpu))
        plan.exposed |= EXPOSED_L1TF;
    return plan;
}

static struct spec_guests guests(struct spec_guests asked, bool dom0, bool domu)
{
    return (struct spec_guests){decide(asked.dom0, dom0) ? SPEC_YES : SPEC_NO,
                                decide(asked.domu, domu) ? SPEC_YES : SPEC_NO};
}

struct spec_guards spec_choose_guards(const struct spec_cpu *cpu,
                                      const struct spec_options *options,
                                      uint32_t *exposed)
{
    bool meltdown = !options->off && leaks_by_meltdown(cpu);
    bool l1tf = !options->off && leaks_by_l1tf(cpu);
    struct spec_guards g = {guests(options->xpti, meltdown, meltdown),
                            guests(options->l1tf, false, l1tf)};

    if (g.xpti.domu == SPEC_YES)
        *exposed &= ~EXPOSED_MELTDOWN;
    if (g.l1tf.domu == SPEC_YES)
        *exposed &= ~EXPOSED_L1TF;
    return g;
}
