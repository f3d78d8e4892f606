/*
 * cpu/spec_ctrl_options.c - the items of spec-ctrl=. Layer: cpu. Pure.
 * Source: Xen's command-line reference, spec-ctrl (x86).
 */
#include "cpu/spec_ctrl.h"
#include "lib/option.h"
#include "lib/string.h"

struct named {
    const char *name;
    enum spec_knob knob;
};

/* These may also name the kind of guest: rsb=no-pv. */
static const struct named primitives[] = {
    {"msr-sc", KNOB_MSR_SC},
    {"rsb", KNOB_RSB},
    {"verw", KNOB_VERW},
    {"md-clear", KNOB_VERW},
    {"mds", KNOB_VERW},
    {"ibpb-entry", KNOB_IBPB_ENTRY},
    {"bhb-entry", KNOB_BHB_ENTRY},
};

static const struct named knobs[] = {
    {"ibrs", KNOB_IBRS},   {"ibpb", KNOB_IBPB},
    {"stibp", KNOB_STIBP}, {"ssbd", KNOB_SSBD},
    {"psfd", KNOB_PSFD},   {"bhi-dis-s", KNOB_BHI_DIS_S},
    {"gds-mit", KNOB_GDS}, {"srb-lock", KNOB_SRB_LOCK},
};

static const char *const without_effect[] = {
    "hvm",         "eager-fpu", "l1d-flush",   "branch-harden",
    "unpriv-mmio", "div-scrub", "lock-harden", "bp-spec-reduce"};

/* "NAME", "no-NAME", "NAME=BOOL": 1 or 0; -1: a bad value; -2: another name. */
static int named_bool(const char *item, const char *name)
{
    size_t n = strlen(name);
    bool no = strncmp(item, "no-", 3) == 0;

    if (no)
        item += 3;
    if (strncmp(item, name, n) != 0)
        return -2;
    if (!item[n])
        return !no;
    if (item[n] != '=')
        return -2;
    return no || !item[n + 1] ? -1 : option_parse_bool(item + n + 1);
}

static enum spec_word set_knob(struct spec_options *o, enum spec_knob knob,
                               int value)
{
    if (value < 0)
        return SPEC_BAD_VALUE;
    o->knob[knob] = value ? SPEC_YES : SPEC_NO;
    return SPEC_TAKEN;
}

/* The value behind NAME= where NAME is a primitive, or NULL. */
static const char *value_of(const char *item, const char *name)
{
    size_t n = strlen(name);

    return strncmp(item, name, n) == 0 && item[n] == '=' ? item + n + 1 : NULL;
}

static enum spec_word parse_primitive(struct spec_options *o, const char *item)
{
    for (size_t i = 0; i < ARRAY_SIZE(primitives); i++) {
        const char *value = value_of(item, primitives[i].name);
        int on = named_bool(item, primitives[i].name);

        if (on == -2)
            continue;
        if (on == -1 && value && named_bool(value, "hvm") >= 0)
            return SPEC_NO_EFFECT;
        if (on == -1 && value)
            on = named_bool(value, "pv");
        return set_knob(o, primitives[i].knob, on);
    }
    return SPEC_UNKNOWN;
}

static enum spec_word parse_knob(struct spec_options *o, const char *item)
{
    for (size_t i = 0; i < ARRAY_SIZE(knobs); i++) {
        int on = named_bool(item, knobs[i].name);

        if (on != -2)
            return set_knob(o, knobs[i].knob, on);
    }
    for (size_t i = 0; i < ARRAY_SIZE(without_effect); i++)
        if (named_bool(item, without_effect[i]) != -2)
            return SPEC_NO_EFFECT;
    return SPEC_UNKNOWN;
}

/* pv=: everything that is done at entry and exit. */
static enum spec_word parse_pv(struct spec_options *o, int on)
{
    if (on < 0)
        return SPEC_BAD_VALUE;
    for (unsigned i = KNOB_MSR_SC; i <= KNOB_BHB_ENTRY; i++)
        o->knob[i] = on ? SPEC_YES : SPEC_NO;
    return SPEC_TAKEN;
}

static enum spec_word parse_thunk(struct spec_options *o, const char *value)
{
    static const char *const names[] = {[THUNK_RETPOLINE] = "retpoline",
                                        [THUNK_LFENCE] = "lfence",
                                        [THUNK_JMP] = "jmp"};

    for (unsigned i = THUNK_RETPOLINE; i <= THUNK_JMP; i++) {
        if (strcmp(value, names[i]) != 0)
            continue;
        o->thunk = (enum spec_thunk)i;
        return SPEC_TAKEN;
    }
    return SPEC_BAD_VALUE;
}

static enum spec_word parse_sequence(struct spec_options *o, const char *value)
{
    bool is_long = strcmp(value, "long") == 0;

    if (strcmp(value, "tsx") == 0)
        return SPEC_NO_EFFECT;
    if (!is_long && strcmp(value, "short") != 0)
        return SPEC_BAD_VALUE;
    o->bhb_long = is_long;
    return SPEC_TAKEN;
}

static void switch_off(struct spec_options *o)
{
    for (unsigned i = 0; i < KNOBS; i++)
        o->knob[i] = SPEC_NO;
    o->knob[KNOB_TSX] = SPEC_YES; /* as the firmware left it */
    o->thunk = THUNK_JMP;
    o->off = true;
}

/* Xen's "no" and "no-xen": we offer guests nothing that could stay on. */
static enum spec_word parse_off(struct spec_options *o, const char *item)
{
    int xen = named_bool(item, "xen");

    if (xen == -2 && option_parse_bool(item) < 0)
        return SPEC_UNKNOWN;
    if (xen == -1 || xen == 1 || (xen == -2 && option_parse_bool(item) == 1))
        return SPEC_BAD_VALUE;
    switch_off(o);
    return SPEC_TAKEN;
}

static enum spec_word parse_other(struct spec_options *o, const char *item)
{
    const char *thunk = value_of(item, "bti-thunk");
    const char *sequence = value_of(item, "bhb-seq");
    int pv = named_bool(item, "pv");
    enum spec_word word;

    if (thunk)
        return parse_thunk(o, thunk);
    if (sequence)
        return parse_sequence(o, sequence);
    if (pv != -2)
        return parse_pv(o, pv);
    word = parse_primitive(o, item);
    return word == SPEC_UNKNOWN ? parse_knob(o, item) : word;
}

enum spec_word spec_parse_item(struct spec_options *o, const char *item)
{
    enum spec_word word = parse_off(o, item);

    if (word != SPEC_UNKNOWN)
        return word;
    word = parse_other(o, item);
    if (word == SPEC_TAKEN)
        o->off = false;
    return word;
}

/* "default", a boolean for all, or "dom0" or "domu", alone or with one. */
bool spec_parse_guests(struct spec_guests *g, const char *item)
{
    int all = option_parse_bool(item);
    int dom0 = named_bool(item, "dom0"), domu = named_bool(item, "domu");

    if (strcmp(item, "default") == 0)
        *g = (struct spec_guests){SPEC_DEFAULT, SPEC_DEFAULT};
    else if (all >= 0)
        g->dom0 = g->domu = all ? SPEC_YES : SPEC_NO;
    else if (dom0 >= 0)
        g->dom0 = dom0 ? SPEC_YES : SPEC_NO;
    else if (domu >= 0)
        g->domu = domu ? SPEC_YES : SPEC_NO;
    else
        return false;
    return true;
}
