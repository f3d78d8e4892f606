/*
 * cpu/spec_ctrl.h - protection from what CPUs do speculatively. Layer: cpu.
 *
 * spec_choose() decides from facts about the CPU and the options; it and the
 * parser are pure. spec_ctrl_apply() does what was decided: it writes the code
 * that PATCH_ENTRY and PATCH_EXIT call, and the MSRs. docs/security.md has
 * the table of attacks. Nothing here is ever changed after boot but
 * spec_ibpb_flags, each byte by its own CPU.
 */
#ifndef CPU_SPEC_CTRL_H
#define CPU_SPEC_CTRL_H

#define CPU_id 4 /* offset in struct cpu */

#ifndef __ASSEMBLER__
#include "lib/types.h"

enum spec_vendor {
    SPEC_OTHER,
    SPEC_INTEL,
    SPEC_AMD, /* and Hygon */
};

/* What the CPU says of itself; absent leaves and MSRs are 0. */
struct spec_cpu {
    enum spec_vendor vendor;
    uint16_t family, model;
    uint32_t leaf7b, leaf7d; /* leaf 7, EBX and EDX */
    uint32_t leaf72d;        /* leaf 7.2, EDX */
    uint32_t ext8b;          /* leaf 0x80000008, EBX */
    uint32_t ext21a, ext21c; /* leaf 0x80000021, EAX and ECX */
    uint64_t arch_caps;      /* MSR_ARCH_CAPABILITIES */
    bool smep;               /* in use */
};

#define LEAF7B_RTM       (1U << 11)
#define LEAF7D_SRBDS     (1U << 9)
#define LEAF7D_MD_CLEAR  (1U << 10)
#define LEAF7D_IBRS      (1U << 26) /* and IBPB */
#define LEAF7D_STIBP     (1U << 27)
#define LEAF7D_ARCH_CAPS (1U << 29)
#define LEAF7D_SSBD      (1U << 31)
#define LEAF72D_PSFD     (1U << 0)
#define LEAF72D_BHI_CTRL (1U << 4)

#define EXT8B_IBPB         (1U << 12)
#define EXT8B_IBRS         (1U << 14)
#define EXT8B_STIBP        (1U << 15)
#define EXT8B_STIBP_ALWAYS (1U << 17)
#define EXT8B_SSBD         (1U << 24)
#define EXT8B_PSFD         (1U << 28)
#define EXT8B_BTC_NO       (1U << 29)

#define EXT21A_VERW_CLEAR  (1U << 5)
#define EXT21A_AUTO_IBRS   (1U << 8)
#define EXT21A_IBPB_BRTYPE (1U << 28)
#define EXT21A_SRSO_NO     (1U << 29)
#define EXT21A_SRSO_US_NO  (1U << 30) /* not from user to supervisor */

#define EXT21C_TSA_SQ_NO (1U << 1)
#define EXT21C_TSA_L1_NO (1U << 2)

#define CAPS_RDCL_NO      (1UL << 0)
#define CAPS_EIBRS        (1UL << 1)
#define CAPS_RSBA         (1UL << 2)
#define CAPS_MDS_NO       (1UL << 5)
#define CAPS_TSX_CTRL     (1UL << 7)
#define CAPS_TAA_NO       (1UL << 8)
#define CAPS_SBDR_SSDP_NO (1UL << 13)
#define CAPS_FBSDP_NO     (1UL << 14)
#define CAPS_PSDP_NO      (1UL << 15)
#define CAPS_FB_CLEAR     (1UL << 17)
#define CAPS_BHI_NO       (1UL << 20)
#define CAPS_GDS_CTRL     (1UL << 25)
#define CAPS_GDS_NO       (1UL << 26)
#define CAPS_RFDS_NO      (1UL << 27)
#define CAPS_RFDS_CLEAR   (1UL << 28)

/* MSR_SPEC_CTRL */
#define SPEC_CTRL_IBRS      (1U << 0)
#define SPEC_CTRL_STIBP     (1U << 1)
#define SPEC_CTRL_SSBD      (1U << 2)
#define SPEC_CTRL_PSFD      (1U << 7)
#define SPEC_CTRL_BHI_DIS_S (1U << 10)

enum spec_choice {
    SPEC_DEFAULT,
    SPEC_YES,
    SPEC_NO,
};

/* Sub-options that are yes, no or left to us. */
enum spec_knob {
    KNOB_MSR_SC, /* the first five are what pv= sets */
    KNOB_RSB,
    KNOB_VERW,
    KNOB_IBPB_ENTRY,
    KNOB_BHB_ENTRY,
    KNOB_IBRS,
    KNOB_IBPB,
    KNOB_STIBP,
    KNOB_SSBD,
    KNOB_PSFD,
    KNOB_BHI_DIS_S,
    KNOB_GDS,
    KNOB_SRB_LOCK,
    KNOB_TSX, /* the option tsx= */
    KNOBS,
};

enum spec_thunk {
    THUNK_DEFAULT,
    THUNK_RETPOLINE,
    THUNK_LFENCE,
    THUNK_JMP,
};

/* For which guests: of xpti= and pv-l1tf=. */
struct spec_guests {
    enum spec_choice dom0, domu;
};

struct spec_options {
    bool off; /* spec-ctrl=no, and nothing after it */
    enum spec_choice knob[KNOBS];
    enum spec_thunk thunk;
    bool bhb_long;
    struct spec_guests xpti, l1tf;
};

enum spec_word {
    SPEC_TAKEN,
    SPEC_NO_EFFECT, /* known to Xen, nothing to do with it here */
    SPEC_BAD_VALUE,
    SPEC_UNKNOWN,
};

/* Attacks that the CPU is open to, and nothing is done about. */
#define EXPOSED_MELTDOWN (1U << 0)
#define EXPOSED_L1TF     (1U << 1)
#define EXPOSED_V2       (1U << 2)
#define EXPOSED_MDS      (1U << 3)
#define EXPOSED_RETBLEED (1U << 4)
#define EXPOSED_SRSO     (1U << 5)
#define EXPOSED_GDS      (1U << 6)
#define EXPOSED_BHI      (1U << 7)
#define EXPOSED_RFDS     (1U << 8)
#define EXPOSED_TSA      (1U << 9)

enum spec_bhb {
    BHB_NONE,
    BHB_SHORT,
    BHB_LONG,
};

struct spec_plan {
    bool off;               /* by spec-ctrl=no: nothing below is set */
    bool rsb;               /* entry: overwrite the return stack */
    enum spec_bhb bhb;      /* entry: overwrite the branch history */
    bool ibpb_entry;        /* entry: barrier, from all but dom0 */
    bool ibpb_entry_dom0;   /* and from dom0 */
    bool verw;              /* exit: clear the CPU's buffers */
    bool ibpb_switch;       /* barrier when another domain's vcpu runs */
    bool spec_ctrl_write;   /* the MSR exists */
    bool spec_ctrl_toggles; /* it differs: written at entry and exit */
    uint32_t spec_ctrl;     /* its value in the hypervisor */
    uint32_t spec_ctrl_guest;
    bool auto_ibrs;  /* EFER.AIBRSE */
    bool gds, srbds; /* clear the bits of MCU_OPT_CTRL that disable these */
    bool tsx_off;
    enum spec_thunk thunk;
    uint32_t exposed;
};

/* What guests' page tables are guarded by: SPEC_YES or SPEC_NO. */
struct spec_guards {
    struct spec_guests xpti; /* they do not map us while a guest runs */
    struct spec_guests l1tf; /* their absent entries are checked */
};

/*
 * One item of spec-ctrl='s list ("rsb", "no-rsb", "rsb=no", "rsb=no-pv",
 * "bti-thunk=jmp", "no"). A bad or unknown one changes nothing; "no" changes
 * all, and later items count from there. Pure.
 */
enum spec_word spec_parse_item(struct spec_options *o, const char *item);

/* What to do on this CPU. Pure. */
struct spec_plan spec_choose(const struct spec_cpu *cpu,
                             const struct spec_options *options);

/* One item of the list of xpti= or pv-l1tf=: false if it is not understood.
 * Pure. */
bool spec_parse_guests(struct spec_guests *g, const char *item);

/* The same for page tables. `exposed` loses what other domains than dom0 are
 * kept from. Pure. */
struct spec_guards spec_choose_guards(const struct spec_cpu *cpu,
                                      const struct spec_options *options,
                                      uint32_t *exposed);

/* Asks this CPU. `smep` is what CR4 has. */
struct spec_cpu spec_ctrl_read_cpu(void);

/* Writes the entry and exit code and this CPU's MSRs. Once, before the text is
 * read-only. */
void spec_ctrl_apply(const struct spec_plan *plan);

/* This CPU's MSRs: for CPUs that come up later. */
void spec_ctrl_init_cpu(void);

/* Out of line half of the next. */
void spec_ctrl_new_vcpu(uint32_t cpu, uint16_t domid, bool privileged);
extern bool spec_ctrl_follows_vcpus;
/* Its number may become another domain's. */
void spec_ctrl_forget_domain(uint16_t domid);

/* On CPU number `cpu`, which this is, a vcpu of this domain runs next. */
static inline void spec_ctrl_switch(uint32_t cpu, uint16_t domid,
                                    bool privileged)
{
    if (unlikely(spec_ctrl_follows_vcpus))
        spec_ctrl_new_vcpu(cpu, domid, privileged);
}
#endif

#endif
