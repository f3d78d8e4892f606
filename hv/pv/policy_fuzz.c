/*
 * pv/policy_fuzz.c - any leaves for a machine and for a domain on it: a policy
 * that is taken has no feature and no state that the machine's have not, shows
 * its leaves in order, and is left as it is when it is taken again.
 */
/* link: hv/pv/policy.c hv/pv/cpuid_policy.c hv/cpu/xstate.c */
/* covers: hv/pv/policy.c */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pv/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            abort();                                                           \
    } while (0)

static struct xstate_layout xstate = {
    .component = {[2] = {256, 576, false},
                  [5] = {64, 1088, false},
                  [6] = {512, 1152, false},
                  [7] = {1024, 1664, false}},
};
static struct cpuid_view view = {.xstate = &xstate};

static void check_shown(const struct cpu_policy *p)
{
    struct xen_cpuid_leaf last = {0}, l;
    struct cpuid_regs r;

    for (unsigned i = 0; i < POLICY_SLOTS; i++) {
        l = policy_leaf(p, i);
        if (!policy_shows(p, i)) {
            CHECK(!(l.a | l.b | l.c | l.d));
            continue;
        }
        CHECK(!i || l.leaf > last.leaf ||
              (l.leaf == last.leaf && l.subleaf > last.subleaf));
        if (policy_find(p, l.leaf, l.subleaf, &r))
            CHECK(r.a == l.a && r.b == l.b && r.c == l.c && r.d == l.d);
        last = l;
    }
}

static void check_taken(struct cpu_policy *p, const struct cpu_policy *max)
{
    struct cpu_policy once;
    uint64_t xcr0;

    policy_restrict(p, max, &view);
    once = *p;
    check_shown(p);
    for (unsigned i = 0; i < POLICY_WORDS; i++)
        CHECK(!(policy_word(p, i) & ~policy_word(max, i)) ||
              (i == 1 && policy_word(p, i) >> 31)); /* a hypervisor is there */
    xcr0 = policy_xcr0(p, xstate.allowed);
    CHECK(!xcr0 || xstate_is_valid(&xstate, xcr0));
    CHECK(policy_last_xen_leaf(p) >= 0x40000002);
    policy_restrict(p, max, &view);
    CHECK(!memcmp(p, &once, sizeof(once)));
}

static bool merge_next(struct cpu_policy *p, const uint8_t **data,
                       size_t *bytes)
{
    struct xen_cpuid_leaf l;

    if (*bytes < sizeof(l))
        return false;
    memcpy(&l, *data, sizeof(l));
    *data += sizeof(l);
    *bytes -= sizeof(l);
    (void)policy_merge(p, &l);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct cpu_policy host = {0}, max, p;
    struct xen_cpuid_leaf l;
    unsigned leaves;

    if (bytes < 2)
        return 0;
    xstate.allowed = data[0];
    xstate_restrict(&xstate);
    view.amd = data[1] & 1;
    view.intel = data[1] & 2;
    view.invariant_tsc = data[1] & 4;
    leaves = data[1] >> 4;
    data += 2;
    bytes -= 2;
    for (; leaves; leaves--)
        (void)merge_next(&host, &data, &bytes);
    max = host;
    policy_restrict(&max, &host, &view);
    policy_widen(&max, &view);
    p = max;
    while (merge_next(&p, &data, &bytes))
        if (!policy_check(&p, &max, &l))
            check_taken(&p, &max);
    return 0;
}
