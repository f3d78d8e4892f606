/*
 * cpu/spec_ctrl_test.c - what is chosen for real CPUs, and how spec-ctrl= is
 * read.
 */
/* link: hv/cpu/spec_ctrl_policy.c hv/cpu/spec_ctrl_options.c
 * hv/lib/option.c hv/lib/string.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cpu/spec_ctrl.h"
#include "lib/option.h"

#define INTEL_OLD (LEAF7D_IBRS | LEAF7D_STIBP | LEAF7D_SSBD | LEAF7D_MD_CLEAR)

#define INTEL_CAPS   (INTEL_OLD | LEAF7D_ARCH_CAPS)
#define MMIO_NO      (CAPS_SBDR_SSDP_NO | CAPS_FBSDP_NO | CAPS_PSDP_NO)
#define CASCADE_CAPS (CAPS_RDCL_NO | CAPS_EIBRS | CAPS_MDS_NO | CAPS_TSX_CTRL)
#define ICE_CAPS     (CAPS_RDCL_NO | CAPS_EIBRS | CAPS_MDS_NO | CAPS_TAA_NO)
#define SAPPHIRE_CAPS                                                          \
    (ICE_CAPS | MMIO_NO | CAPS_FB_CLEAR | CAPS_GDS_NO | CAPS_RFDS_NO)
#define ZEN2_8B                                                                \
    (EXT8B_IBPB | EXT8B_IBRS | EXT8B_STIBP | EXT8B_STIBP_ALWAYS | EXT8B_SSBD)
#define ZEN3_8B     (ZEN2_8B | EXT8B_BTC_NO | EXT8B_PSFD)
#define I_S_SSBD    (SPEC_CTRL_IBRS | SPEC_CTRL_STIBP | SPEC_CTRL_SSBD)
#define I_S         (SPEC_CTRL_IBRS | SPEC_CTRL_STIBP)
#define STIBP       SPEC_CTRL_STIBP
#define JMP         THUNK_JMP
#define RETP        THUNK_RETPOLINE
#define TABLES_LEAK (EXPOSED_MELTDOWN | EXPOSED_L1TF)

struct example {
    const char *name;
    const char *options;
    struct spec_cpu cpu;
    struct spec_plan plan;
};

static const struct example examples[] = {
    {"QEMU's qemu64",
     "",
     {SPEC_AMD, 15, 107, 0, 0, 0, 0, 0, 0, 0, false},
     {.thunk = RETP, .rsb = true}},
    {"QEMU's max without SMAP",
     "",
     {SPEC_AMD, 15, 107, 0, 0, 0, 0, 0, 0, 0, true},
     {.thunk = RETP}},
    {"QEMU's qemu64 as Intel",
     "",
     {SPEC_INTEL, 15, 107, 0, 0, 0, 0, 0, 0, 0, false},
     {.thunk = RETP, .rsb = true, .exposed = EXPOSED_MELTDOWN}},
    {"a CPU of neither",
     "",
     {SPEC_OTHER, 6, 15, 0, 0, 0, 0, 0, 0, 0, false},
     {.thunk = RETP, .rsb = true, .exposed = EXPOSED_MELTDOWN}},
    {"Sandy Bridge, old microcode",
     "",
     {SPEC_INTEL, 6, 0x2d, 0, 0, 0, 0, 0, 0, 0, false},
     {.thunk = RETP, .rsb = true, .exposed = TABLES_LEAK | EXPOSED_MDS}},
    {"Sandy Bridge",
     "",
     {SPEC_INTEL, 6, 0x2d, 0, INTEL_OLD, 0, 0, 0, 0, 0, false},
     {.thunk = RETP,
      .rsb = true,
      .verw = true,
      .ibpb_switch = true,
      .spec_ctrl_write = true,
      .exposed = TABLES_LEAK}},
    {"Broadwell",
     "",
     {SPEC_INTEL, 6, 0x4f, 0, INTEL_OLD, 0, 0, 0, 0, 0, true},
     {.thunk = RETP,
      .verw = true,
      .ibpb_switch = true,
      .spec_ctrl_write = true,
      .exposed = TABLES_LEAK}},
    {"Skylake: returns are predicted as branches",
     "",
     {SPEC_INTEL, 6, 0x55, 0, INTEL_OLD, 0, 0, 0, 0, 0, true},
     {.thunk = JMP,
      .verw = true,
      .ibpb_switch = true,
      .spec_ctrl_write = true,
      .spec_ctrl_toggles = true,
      .spec_ctrl = I_S,
      .spec_ctrl_guest = STIBP,
      .exposed = TABLES_LEAK | EXPOSED_GDS}},
    {"Skylake, new microcode",
     "",
     {SPEC_INTEL, 6, 0x55, LEAF7B_RTM, INTEL_CAPS | LEAF7D_SRBDS, 0, 0, 0, 0,
      CAPS_RSBA | CAPS_GDS_CTRL | CAPS_FB_CLEAR, true},
     {.thunk = JMP,
      .verw = true,
      .ibpb_switch = true,
      .spec_ctrl_write = true,
      .spec_ctrl_toggles = true,
      .spec_ctrl = I_S,
      .spec_ctrl_guest = STIBP,
      .gds = true,
      .srbds = true,
      .exposed = TABLES_LEAK}},
    {"Skylake without writes at entry",
     "msr-sc=no",
     {SPEC_INTEL, 6, 0x55, 0, INTEL_OLD, 0, 0, 0, 0, 0, true},
     {.thunk = RETP,
      .verw = true,
      .ibpb_switch = true,
      .spec_ctrl_write = true,
      .exposed = TABLES_LEAK | EXPOSED_GDS | EXPOSED_RETBLEED}},
    {"Cascade Lake: TSX off instead of VERW, if that were all",
     "",
     {SPEC_INTEL, 6, 0x55, LEAF7B_RTM, INTEL_CAPS, 0, 0, 0, 0,
      CASCADE_CAPS | CAPS_GDS_CTRL, true},
     {.thunk = JMP,
      .bhb = BHB_SHORT,
      .ibpb_switch = true,
      .spec_ctrl_write = true,
      .spec_ctrl = I_S,
      .spec_ctrl_guest = I_S,
      .tsx_off = true,
      .gds = true}},
    {"Cascade Lake with TSX: VERW is for TAA",
     "tsx",
     {SPEC_INTEL, 6, 0x55, LEAF7B_RTM, INTEL_CAPS, 0, 0, 0, 0,
      CASCADE_CAPS | CAPS_GDS_NO, true},
     {.thunk = JMP,
      .bhb = BHB_SHORT,
      .verw = true,
      .ibpb_switch = true,
      .spec_ctrl_write = true,
      .spec_ctrl = I_S,
      .spec_ctrl_guest = I_S}},
    {"Ice Lake: stale data of devices",
     "ssbd,bhb-seq=long",
     {SPEC_INTEL, 6, 0x6a, 0, INTEL_CAPS, 0, 0, 0, 0,
      ICE_CAPS | CAPS_FB_CLEAR | CAPS_GDS_CTRL, true},
     {.thunk = JMP,
      .bhb = BHB_LONG,
      .verw = true,
      .ibpb_switch = true,
      .spec_ctrl_write = true,
      .spec_ctrl = I_S_SSBD,
      .spec_ctrl_guest = I_S_SSBD,
      .gds = true}},
    {"Sapphire Rapids: history by the MSR",
     "",
     {SPEC_INTEL, 6, 0x8f, 0, INTEL_CAPS, LEAF72D_BHI_CTRL | LEAF72D_PSFD, 0, 0,
      0, SAPPHIRE_CAPS, true},
     {.thunk = JMP,
      .ibpb_switch = true,
      .spec_ctrl_write = true,
      .spec_ctrl = I_S | SPEC_CTRL_BHI_DIS_S,
      .spec_ctrl_guest = I_S | SPEC_CTRL_BHI_DIS_S}},
    {"Sapphire Rapids, by branches on demand",
     "bhi-dis-s=0,psfd",
     {SPEC_INTEL, 6, 0x8f, 0, INTEL_CAPS, LEAF72D_BHI_CTRL | LEAF72D_PSFD, 0, 0,
      0, SAPPHIRE_CAPS, true},
     {.thunk = JMP,
      .bhb = BHB_SHORT,
      .ibpb_switch = true,
      .spec_ctrl_write = true,
      .spec_ctrl = I_S | SPEC_CTRL_PSFD,
      .spec_ctrl_guest = I_S | SPEC_CTRL_PSFD}},
    {"Sapphire Rapids, BHI let in",
     "bhi-dis-s=0,bhb-entry=0",
     {SPEC_INTEL, 6, 0x8f, 0, INTEL_CAPS, LEAF72D_BHI_CTRL, 0, 0, 0,
      SAPPHIRE_CAPS, true},
     {.thunk = JMP,
      .ibpb_switch = true,
      .spec_ctrl_write = true,
      .spec_ctrl = I_S,
      .spec_ctrl_guest = I_S,
      .exposed = EXPOSED_BHI}},
    {"a future Intel CPU that has it all fixed",
     "",
     {SPEC_INTEL, 6, 0xad, 0, INTEL_CAPS, LEAF72D_BHI_CTRL, 0, 0, 0,
      SAPPHIRE_CAPS | CAPS_BHI_NO, true},
     {.thunk = JMP,
      .ibpb_switch = true,
      .spec_ctrl_write = true,
      .spec_ctrl = I_S,
      .spec_ctrl_guest = I_S}},
    {"Goldmont: no MDS, no L1TF, but the register file",
     "",
     {SPEC_INTEL, 6, 0x5c, 0, INTEL_CAPS, 0, 0, 0, 0, CAPS_RFDS_CLEAR, true},
     {.thunk = RETP,
      .verw = true,
      .ibpb_switch = true,
      .spec_ctrl_write = true,
      .exposed = EXPOSED_MELTDOWN}},
    {"Goldmont, old microcode",
     "",
     {SPEC_INTEL, 6, 0x5c, 0, 0, 0, 0, 0, 0, 0, true},
     {.thunk = RETP, .exposed = EXPOSED_MELTDOWN | EXPOSED_RFDS}},
    {"Zen, with barriers only",
     "",
     {SPEC_AMD, 0x17, 0x01, 0, 0, 0, EXT8B_IBPB, 0, 0, 0, true},
     {.thunk = RETP, .ibpb_switch = true, .ibpb_entry = true}},
    {"Zen without any microcode",
     "",
     {SPEC_AMD, 0x17, 0x01, 0, 0, 0, 0, 0, 0, 0, true},
     {.thunk = RETP, .exposed = EXPOSED_RETBLEED | EXPOSED_SRSO}},
    {"Zen 2, dom0 too",
     "ibpb-entry",
     {SPEC_AMD, 0x17, 0x31, 0, 0, 0, ZEN2_8B, 0, 0, 0, true},
     {.thunk = RETP,
      .ibpb_switch = true,
      .ibpb_entry = true,
      .ibpb_entry_dom0 = true,
      .spec_ctrl_write = true,
      .spec_ctrl = STIBP,
      .spec_ctrl_guest = STIBP}},
    {"Zen 2 by IBRS",
     "ibrs,stibp=no,ibpb=no,ibpb-entry=no",
     {SPEC_AMD, 0x17, 0x31, 0, 0, 0, ZEN2_8B, 0, 0, 0, true},
     {.thunk = JMP,
      .spec_ctrl_write = true,
      .spec_ctrl_toggles = true,
      .spec_ctrl = SPEC_CTRL_IBRS,
      .exposed = EXPOSED_RETBLEED | EXPOSED_SRSO}},
    {"Zen 3, old microcode: a barrier would not help",
     "",
     {SPEC_AMD, 0x19, 0x01, 0, 0, 0, ZEN3_8B, 0, 0, 0, true},
     {.thunk = RETP,
      .ibpb_switch = true,
      .spec_ctrl_write = true,
      .spec_ctrl = STIBP,
      .spec_ctrl_guest = STIBP,
      .exposed = EXPOSED_SRSO | EXPOSED_TSA}},
    {"Zen 4",
     "",
     {SPEC_AMD, 0x19, 0x11, 0, 0, 0, ZEN3_8B,
      EXT21A_AUTO_IBRS | EXT21A_IBPB_BRTYPE, 0, 0, true},
     {.thunk = JMP,
      .auto_ibrs = true,
      .ibpb_switch = true,
      .ibpb_entry = true,
      .spec_ctrl_write = true,
      .spec_ctrl = STIBP,
      .spec_ctrl_guest = STIBP,
      .exposed = EXPOSED_TSA}},
    {"Zen 4, microcode that clears what a scheduler leaves",
     "",
     {SPEC_AMD, 0x19, 0x11, 0, 0, 0, ZEN3_8B,
      EXT21A_AUTO_IBRS | EXT21A_IBPB_BRTYPE | EXT21A_VERW_CLEAR, 0, 0, true},
     {.thunk = JMP,
      .auto_ibrs = true,
      .verw = true,
      .ibpb_switch = true,
      .ibpb_entry = true,
      .spec_ctrl_write = true,
      .spec_ctrl = STIBP,
      .spec_ctrl_guest = STIBP}},
    {"one that leaves nothing",
     "",
     {SPEC_AMD, 0x19, 0x11, 0, 0, 0, ZEN3_8B,
      EXT21A_AUTO_IBRS | EXT21A_IBPB_BRTYPE,
      EXT21C_TSA_SQ_NO | EXT21C_TSA_L1_NO, 0, true},
     {.thunk = JMP,
      .auto_ibrs = true,
      .ibpb_switch = true,
      .ibpb_entry = true,
      .spec_ctrl_write = true,
      .spec_ctrl = STIBP,
      .spec_ctrl_guest = STIBP}},
    {"Zen 5",
     "",
     {SPEC_AMD, 0x1a, 0x02, 0, 0, 0, ZEN3_8B,
      EXT21A_AUTO_IBRS | EXT21A_IBPB_BRTYPE | EXT21A_SRSO_US_NO, 0, 0, true},
     {.thunk = JMP,
      .auto_ibrs = true,
      .ibpb_switch = true,
      .spec_ctrl_write = true,
      .spec_ctrl = STIBP,
      .spec_ctrl_guest = STIBP}},
    {"nothing at all, on the worst CPU",
     "no",
     {SPEC_INTEL, 6, 0x55, LEAF7B_RTM, INTEL_CAPS, 0, 0, 0, 0, CASCADE_CAPS,
      false},
     {.off = true, .thunk = JMP}},
    {"nothing but one",
     "no,rsb",
     {SPEC_AMD, 15, 107, 0, 0, 0, 0, 0, 0, 0, true},
     {.thunk = JMP, .rsb = true, .exposed = EXPOSED_V2}},
    {"what no CPUID bit asks for",
     "verw,bhb-entry,bti-thunk=lfence,rsb=no",
     {SPEC_AMD, 15, 107, 0, 0, 0, 0, 0, 0, 0, false},
     {.thunk = THUNK_LFENCE, .verw = true, .bhb = BHB_SHORT}},
};

static void check_plan(const struct spec_plan *p, const struct spec_plan *want)
{
    assert_int_equal(p->off, want->off);
    assert_int_equal(p->rsb, want->rsb);
    assert_int_equal(p->bhb, want->bhb);
    assert_int_equal(p->ibpb_entry, want->ibpb_entry);
    assert_int_equal(p->ibpb_entry_dom0, want->ibpb_entry_dom0);
    assert_int_equal(p->verw, want->verw);
    assert_int_equal(p->ibpb_switch, want->ibpb_switch);
    assert_int_equal(p->spec_ctrl_write, want->spec_ctrl_write);
    assert_int_equal(p->spec_ctrl_toggles, want->spec_ctrl_toggles);
    assert_int_equal(p->spec_ctrl, want->spec_ctrl);
    assert_int_equal(p->spec_ctrl_guest, want->spec_ctrl_guest);
    assert_int_equal(p->auto_ibrs, want->auto_ibrs);
    assert_int_equal(p->gds, want->gds);
    assert_int_equal(p->srbds, want->srbds);
    assert_int_equal(p->tsx_off, want->tsx_off);
    assert_int_equal(p->thunk, want->thunk);
    assert_int_equal(p->exposed, want->exposed);
}

static enum spec_word parse(struct spec_options *o, const char *list)
{
    enum spec_word word = SPEC_TAKEN;
    char item[32];

    while (word == SPEC_TAKEN && option_next_item(&list, item, sizeof(item)))
        word = spec_parse_item(o, item);
    return word;
}

/* tsx= is an option of its own. */
static struct spec_options options_of(const struct example *e)
{
    struct spec_options o = {0};

    if (e->options[0] == 't')
        o.knob[KNOB_TSX] = SPEC_YES;
    else
        assert_int_equal(parse(&o, e->options), SPEC_TAKEN);
    return o;
}

static void test_plans(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(examples); i++) {
        const struct example *e = &examples[i];
        struct spec_options o = options_of(e);
        struct spec_plan plan = spec_choose(&e->cpu, &o);

        print_message("%s\n", e->name);
        check_plan(&plan, &e->plan);
    }
}

/* What differs for guests is written at both ends, and nothing else is. */
static void test_invariants(void **state)
{
    struct spec_options o = {0};

    (void)state;
    for (unsigned bits = 0; bits < 1U << 12; bits++) {
        struct spec_cpu c = {
            .vendor = bits & 1 ? SPEC_INTEL : SPEC_AMD,
            .family = bits & 1 ? 6 : 0x17 + (bits >> 1 & 3),
            .model = bits & 2 ? 0x55 : 0x3f,
            .leaf7d = (bits & 8 ? INTEL_OLD : 0),
            .leaf72d = (bits & 16 ? LEAF72D_BHI_CTRL : 0),
            .ext8b = (bits & 32 ? ZEN2_8B : 0),
            .ext21a = (bits & 64 ? EXT21A_AUTO_IBRS : 0),
            .arch_caps = (bits & 128 ? CAPS_EIBRS : 0) |
                         (bits & 256 ? CAPS_RDCL_NO | CAPS_MDS_NO : 0) |
                         (bits & 512 ? CAPS_RSBA : 0),
            .smep = bits & 1024,
        };
        struct spec_plan p = spec_choose(&c, &o);

        assert_int_equal(p.spec_ctrl_toggles, p.spec_ctrl != p.spec_ctrl_guest);
        assert_true(!p.spec_ctrl || p.spec_ctrl_write);
        assert_true(!p.ibpb_entry_dom0 || p.ibpb_entry);
        assert_false(p.exposed & EXPOSED_V2);
        assert_int_equal(p.rsb, !c.smep);
    }
}

static enum spec_word word_of(const char *item)
{
    struct spec_options o = {0};

    return spec_parse_item(&o, item);
}

static void test_words(void **state)
{
    static const char *const unknown[] = {"foo", "rsbx",     "no-", "no-foo",
                                          "pv-", "ibrs-all", "rs",  "nox"};
    static const char *const bad[] = {"",         "yes",          "on",
                                      "xen",      "rsb=",         "rsb=maybe",
                                      "pv=2",     "no-rsb=yes",   "rsb=no-dom0",
                                      "ssbd=7",   "bti-thunk=",   "bhb-seq=mid",
                                      "no-xen=1", "bti-thunk=ret"};
    static const char *const without[] = {
        "hvm",         "hvm=no",     "no-eager-fpu", "l1d-flush=yes",
        "rsb=hvm",     "rsb=no-hvm", "verw=hvm=1",   "bhb-seq=tsx",
        "unpriv-mmio", "div-scrub",  "lock-harden",  "branch-harden=0"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(unknown); i++)
        assert_int_equal(word_of(unknown[i]), SPEC_UNKNOWN);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_int_equal(word_of(bad[i]), SPEC_BAD_VALUE);
    for (size_t i = 0; i < ARRAY_SIZE(without); i++)
        assert_int_equal(word_of(without[i]), SPEC_NO_EFFECT);
}

static void test_knobs(void **state)
{
    struct spec_options o = {0};

    (void)state;
    assert_int_equal(parse(&o, "rsb,no-verw,ibpb-entry=no-pv,bhb-entry=pv=1"),
                     SPEC_TAKEN);
    assert_int_equal(o.knob[KNOB_RSB], SPEC_YES);
    assert_int_equal(o.knob[KNOB_VERW], SPEC_NO);
    assert_int_equal(o.knob[KNOB_IBPB_ENTRY], SPEC_NO);
    assert_int_equal(o.knob[KNOB_BHB_ENTRY], SPEC_YES);
    assert_int_equal(o.knob[KNOB_IBPB], SPEC_DEFAULT);
    assert_int_equal(parse(&o, "pv=no,md-clear,bhb-seq=long,bti-thunk=lfence"),
                     SPEC_TAKEN);
    assert_int_equal(o.knob[KNOB_RSB], SPEC_NO);
    assert_int_equal(o.knob[KNOB_MSR_SC], SPEC_NO);
    assert_int_equal(o.knob[KNOB_VERW], SPEC_YES);
    assert_int_equal(o.knob[KNOB_IBRS], SPEC_DEFAULT);
    assert_int_equal(o.thunk, THUNK_LFENCE);
    assert_true(o.bhb_long);
}

static void test_off(void **state)
{
    static const char *const offs[] = {"no",    "0",      "off",  "disable",
                                       "false", "no-xen", "xen=0"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(offs); i++) {
        struct spec_options o = {.knob = {[KNOB_RSB] = SPEC_YES}};

        assert_int_equal(spec_parse_item(&o, offs[i]), SPEC_TAKEN);
        assert_true(o.off);
        assert_int_equal(spec_parse_item(&o, "foo"), SPEC_UNKNOWN);
        assert_true(o.off);
        assert_int_equal(spec_parse_item(&o, "verw"), SPEC_TAKEN);
        assert_false(o.off);
        assert_int_equal(o.knob[KNOB_RSB], SPEC_NO);
        assert_int_equal(o.knob[KNOB_VERW], SPEC_YES);
    }
}

static struct spec_options guests_of(const char *xpti, const char *l1tf)
{
    struct spec_options o = {0};
    char item[32];

    while (option_next_item(&xpti, item, sizeof(item)))
        assert_true(spec_parse_guests(&o.xpti, item));
    while (option_next_item(&l1tf, item, sizeof(item)))
        assert_true(spec_parse_guests(&o.l1tf, item));
    return o;
}

/* Four digits: xpti of dom0 and domU, l1tf of dom0 and domU. */
static void check_guards(const struct spec_cpu *c, const struct spec_options *o,
                         const char *want, uint32_t exposed)
{
    uint32_t left = TABLES_LEAK;
    struct spec_guards g = spec_choose_guards(c, o, &left);
    const enum spec_choice got[] = {g.xpti.dom0, g.xpti.domu, g.l1tf.dom0,
                                    g.l1tf.domu};

    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(got[i], want[i] == '1' ? SPEC_YES : SPEC_NO);
    assert_int_equal(left, exposed);
}

static void test_guards(void **state)
{
    const struct spec_cpu amd = {.vendor = SPEC_AMD, .family = 0x17};
    const struct spec_cpu other = {.vendor = SPEC_OTHER, .family = 6};
    const struct spec_cpu sky = {
        .vendor = SPEC_INTEL, .family = 6, .model = 0x55};
    const struct spec_cpu ice = {.vendor = SPEC_INTEL,
                                 .family = 6,
                                 .model = 0x6a,
                                 .arch_caps = CAPS_RDCL_NO};
    struct spec_options o = guests_of("", "");
    struct spec_guests none = {0};

    (void)state;
    check_guards(&amd, &o, "0000", TABLES_LEAK);
    check_guards(&ice, &o, "0000", TABLES_LEAK);
    check_guards(&other, &o, "1100", EXPOSED_L1TF);
    check_guards(&sky, &o, "1101", 0);
    o = guests_of("dom0=no", "dom0");
    check_guards(&sky, &o, "0111", 0);
    o = guests_of("no,dom0", "no-domu");
    check_guards(&sky, &o, "1000", TABLES_LEAK);
    o = guests_of("yes", "true");
    check_guards(&amd, &o, "1111", 0);
    o = guests_of("no,default", "yes,default");
    check_guards(&sky, &o, "1101", 0);
    o.off = true;
    check_guards(&sky, &o, "0000", TABLES_LEAK);
    assert_false(spec_parse_guests(&none, "dom1"));
    assert_false(spec_parse_guests(&none, "dom0=maybe"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plans), cmocka_unit_test(test_invariants),
        cmocka_unit_test(test_words), cmocka_unit_test(test_knobs),
        cmocka_unit_test(test_off),   cmocka_unit_test(test_guards),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
