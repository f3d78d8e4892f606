/*
 * boot/mitigations.c - which protections of the CPU are used. Layer: boot.
 * The decisions are cpu/spec_ctrl_policy.c's; here are the options and the
 * lines of the log. docs/security.md.
 */
#include "abi/errno.h"
#include "boot/boot.h"
#include "cpu/asm.h"
#include "cpu/patch.h"
#include "cpu/spec_ctrl.h"
#include "lib/log.h"
#include "lib/option.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "pv/isolation.h"
#include "pv/l1tf.h"

#define CPUID1C_PCID (1U << 17)

static bool smep = true, pcid = true;
OPTION_DEFINE_BOOL("smep", smep);
OPTION_DEFINE_BOOL("pcid", pcid);

/* -1: unless the CPU is one that cannot. */
static int smap = -1;

static int __init parse_smap(const char *value)
{
    smap = value ? option_parse_bool(value) : 0;
    return smap < 0 ? -EINVAL : 0;
}
OPTION_DEFINE_CUSTOM("smap", parse_smap);

static struct spec_options options __initdata;

/* ----------------------------------------------------------- the options -- */
static void __init take_item(const char *item)
{
    static const char *const why[] = {
        [SPEC_NO_EFFECT] = "has no effect here",
        [SPEC_BAD_VALUE] = "has a bad value",
        [SPEC_UNKNOWN] = "is unknown",
    };
    enum spec_word word = spec_parse_item(&options, item);

    if (word != SPEC_TAKEN)
        printk(XENLOG_WARNING "spec-ctrl: \"%s\" %s, ignored\n", item,
               why[word]);
}

/* NULL is "no-spec-ctrl", "" a bare name: Xen refuses that one too. */
static int __init parse_spec_ctrl(const char *value)
{
    char item[32];

    if (!value)
        value = "no";
    if (!*value)
        return -EINVAL;
    while (option_next_item(&value, item, sizeof(item)))
        take_item(item);
    return 0;
}
OPTION_DEFINE_CUSTOM("spec-ctrl", parse_spec_ctrl);

static int __init parse_tsx(const char *value)
{
    int on = value ? option_parse_bool(value) : 0;

    if (on < 0)
        return -EINVAL;
    options.knob[KNOB_TSX] = on ? SPEC_YES : SPEC_NO;
    return 0;
}
OPTION_DEFINE_CUSTOM("tsx", parse_tsx);

/* A bare name is "yes", NULL is "no-NAME". */
static int __init parse_guests(struct spec_guests *guests, const char *value)
{
    char item[32];
    int rc = 0;

    if (!value || !*value)
        value = value ? "yes" : "no";
    while (option_next_item(&value, item, sizeof(item)))
        if (!spec_parse_guests(guests, item))
            rc = -EINVAL;
    return rc;
}

static int __init parse_xpti(const char *value)
{
    return parse_guests(&options.xpti, value);
}
OPTION_DEFINE_CUSTOM("xpti", parse_xpti);

static int __init parse_pv_l1tf(const char *value)
{
    return parse_guests(&options.l1tf, value);
}
OPTION_DEFINE_CUSTOM("pv-l1tf", parse_pv_l1tf);

/* --------------------------------------------------------------- the log -- */

/* A list of names. */
struct line {
    char text[160];
    int length;
};

static void __init add(struct line *l, bool wanted, const char *name)
{
    if (wanted && l->length < (int)sizeof(l->text))
        l->length +=
            str_format(l->text + l->length, sizeof(l->text) - (size_t)l->length,
                       " %s", name);
}

static void __init say(const struct line *l, const char *what)
{
    printk(XENLOG_INFO "  %s:%s\n", what, l->length ? l->text : " none");
}

struct bit_name {
    uint64_t bit;
    const char *name;
};

#define ADD_BITS(line, word, names)                                            \
    add_bits(line, word, names, ARRAY_SIZE(names))

static void __init add_bits(struct line *l, uint64_t word,
                            const struct bit_name *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add(l, word & names[i].bit, names[i].name);
}

static const struct bit_name caps_names[] __initconst = {
    {CAPS_RDCL_NO, "RDCL_NO"},
    {CAPS_EIBRS, "EIBRS"},
    {CAPS_RSBA, "RSBA"},
    {CAPS_MDS_NO, "MDS_NO"},
    {CAPS_TAA_NO, "TAA_NO"},
    {CAPS_SBDR_SSDP_NO, "SBDR_SSDP_NO"},
    {CAPS_FBSDP_NO, "FBSDP_NO"},
    {CAPS_PSDP_NO, "PSDP_NO"},
    {CAPS_FB_CLEAR, "FB_CLEAR"},
    {CAPS_BHI_NO, "BHI_NO"},
    {CAPS_GDS_NO, "GDS_NO"},
    {CAPS_RFDS_NO, "RFDS_NO"},
    {CAPS_RFDS_CLEAR, "RFDS_CLEAR"},
};
static const struct bit_name leaf7d_names[] __initconst = {
    {LEAF7D_IBRS, "IBRS/IBPB"},   {LEAF7D_STIBP, "STIBP"},
    {LEAF7D_SSBD, "SSBD"},        {LEAF7D_MD_CLEAR, "MD_CLEAR"},
    {LEAF7D_SRBDS, "SRBDS_CTRL"},
};
static const struct bit_name ext8b_names[] __initconst = {
    {EXT8B_IBPB, "IBPB"}, {EXT8B_IBRS, "IBRS"}, {EXT8B_STIBP, "STIBP"},
    {EXT8B_SSBD, "SSBD"}, {EXT8B_PSFD, "PSFD"}, {EXT8B_BTC_NO, "BTC_NO"},
};
static const struct bit_name ext21a_names[] __initconst = {
    {EXT21A_VERW_CLEAR, "VERW_CLEAR"},   {EXT21A_AUTO_IBRS, "AUTO_IBRS"},
    {EXT21A_IBPB_BRTYPE, "IBPB_BRTYPE"}, {EXT21A_SRSO_NO, "SRSO_NO"},
    {EXT21A_SRSO_US_NO, "SRSO_US_NO"},
};
static const struct bit_name control_names[] __initconst = {
    {SPEC_CTRL_IBRS, "IBRS"},           {SPEC_CTRL_STIBP, "STIBP"},
    {SPEC_CTRL_SSBD, "SSBD"},           {SPEC_CTRL_PSFD, "PSFD"},
    {SPEC_CTRL_BHI_DIS_S, "BHI_DIS_S"},
};
static const struct bit_name exposed_names[] __initconst = {
    {EXPOSED_MELTDOWN, "Meltdown"}, {EXPOSED_L1TF, "L1TF"},
    {EXPOSED_V2, "Spectre-v2"},     {EXPOSED_MDS, "MDS"},
    {EXPOSED_RETBLEED, "Retbleed"}, {EXPOSED_SRSO, "SRSO"},
    {EXPOSED_GDS, "GDS"},           {EXPOSED_BHI, "BHI"},
    {EXPOSED_RFDS, "RFDS"},         {EXPOSED_TSA, "TSA"},
};

static void __init report_hardware(const struct spec_cpu *c)
{
    struct line l = {.length = 0};

    ADD_BITS(&l, c->arch_caps, caps_names);
    ADD_BITS(&l, c->leaf7d, leaf7d_names);
    add(&l, c->leaf72d & LEAF72D_PSFD, "PSFD");
    add(&l, c->leaf72d & LEAF72D_BHI_CTRL, "BHI_CTRL");
    ADD_BITS(&l, c->ext8b, ext8b_names);
    ADD_BITS(&l, c->ext21a, ext21a_names);
    say(&l, "Hardware features");
}

static void __init report_settings(const struct spec_plan *p)
{
    static const char *const thunks[] __initconst = {
        [THUNK_RETPOLINE] = "BTI-Thunk RETPOLINE",
        [THUNK_LFENCE] = "BTI-Thunk LFENCE",
        [THUNK_JMP] = "BTI-Thunk JMP",
    };
    struct line l = {.length = 0};

    add(&l, true, thunks[p->thunk]);
    ADD_BITS(&l, p->spec_ctrl, control_names);
    add(&l, p->spec_ctrl_toggles, "(at entry)");
    add(&l, p->auto_ibrs, "AUTO_IBRS");
    add(&l, p->srbds, "SRB_LOCK");
    add(&l, p->gds, "GDS_MIT");
    add(&l, p->tsx_off, "TSX-");
    say(&l, "Settings");
}

static void __init report_guests(const struct spec_plan *p)
{
    struct line l = {.length = 0};

    add(&l, p->rsb, "RSB");
    add(&l, p->ibpb_switch, "IBPB-ctxt");
    add(&l, p->ibpb_entry,
        p->ibpb_entry_dom0 ? "IBPB-entry" : "IBPB-entry(domU)");
    add(&l, p->bhb == BHB_SHORT, "BHB-entry");
    add(&l, p->bhb == BHB_LONG, "BHB-entry(long)");
    add(&l, p->verw, "VERW");
    say(&l, "Support for PV VMs");
}

/* What this CPU leaks, and nobody stops. */
static void __init report_exposed(const struct spec_plan *p)
{
    struct line l = {.length = 0};

    if (!p->exposed)
        return;
    ADD_BITS(&l, p->exposed, exposed_names);
    printk(XENLOG_WARNING "  Guests can leak data of others by:%s\n", l.text);
}

/* Guests' page tables. */
static void __init report_guards(const struct spec_guards *g)
{
    static const char *const words[] = {[SPEC_YES] = "on", [SPEC_NO] = "off"};

    printk(XENLOG_INFO "PV guests: XPTI dom0 %s, domU %s%s; "
                       "L1TF checks dom0 %s, domU %s\n",
           words[g->xpti.dom0], words[g->xpti.domu],
           isolation_pcid ? " (with PCID)" : "", words[g->l1tf.dom0],
           words[g->l1tf.domu]);
}

/* ------------------------------------------------------------- the start -- */

static void __init init_isolation(const struct spec_guests *g)
{
    pv_isolate(g->dom0 == SPEC_YES, g->domu == SPEC_YES);
    if (g->dom0 == SPEC_YES || g->domu == SPEC_YES)
        isolation_enable(pcid && (cpuid(1, 0).c & CPUID1C_PCID));
}

static void __init init_speculation(void)
{
    struct spec_cpu cpu = spec_ctrl_read_cpu();
    struct spec_plan plan = spec_choose(&cpu, &options);
    struct spec_guards guards =
        spec_choose_guards(&cpu, &options, &plan.exposed);

    init_isolation(&guards.xpti);
    l1tf_init(guards.l1tf.dom0 == SPEC_YES, guards.l1tf.domu == SPEC_YES);
    spec_ctrl_apply(&plan);
    report_guards(&guards);
    if (plan.off) {
        printk(XENLOG_INFO "Speculative mitigation facilities: off\n");
        return;
    }
    printk(XENLOG_INFO "Speculative mitigation facilities:\n");
    report_hardware(&cpu);
    report_settings(&plan);
    report_guests(&plan);
    report_exposed(&plan);
}

/* QEMU's interpreter reads the stack of a ring-3 iret as the supervisor would:
 * with SMAP on, guests that use it could not live. */
static bool __init is_interpreted(void)
{
    struct cpuid_regs r = cpuid(0x40000000, 0);

    return r.b == 0x54474354; /* "TCGT" */
}

static void __init init_smap(void)
{
    if (smap < 0 && is_interpreted()) {
        printk(XENLOG_INFO "SMAP is not used: this is QEMU's interpreter; "
                           "smap=yes uses it\n");
        return;
    }
    patch_apply(PATCH_ID_STAC, NULL);
    patch_apply(PATCH_ID_CLAC, NULL);
    write_cr4(read_cr4() | CR4_SMAP);
}

void __init mitigations_init(void)
{
    struct cpuid_regs r = {0};

    if (cpuid(0, 0).a >= 7)
        r = cpuid(7, 0);
    if ((r.b & 1U << 7) && smep)
        write_cr4(read_cr4() | CR4_SMEP);
    if ((r.b & 1U << 20) && smap)
        init_smap();
    init_speculation();
}
