/* classify.c - see classify.h. */
#include <string.h>

#include "classify.h"

const char *const insn_class_names[INSN_CLASSES] = {
    "syscall",   "sysret", "iret",     "cr3_write", "cr_write",   "cr_read",
    "wrmsr",     "rdmsr",  "invlpg",   "io",        "hlt",        "lock",
    "cpuid",     "rep",    "swapgs",   "lgdt_lldt", "seg_load",   "sti_cli",
    "stac_clac", "fence",  "fpu_save", "rdtsc",     "pushf_popf",
};

#define REX_B 1
#define REX_R 4

struct decoded {
    int lock, rep;
    uint8_t rex;
    uint8_t opcode, modrm, third;
    const uint8_t *at; /* the opcode */
    size_t left;       /* bytes from there */
};

static int is_legacy_prefix(uint8_t byte)
{
    return byte != 0 && memchr("\x66\x67\x2e\x36\x3e\x26\x64\x65\xf0\xf2\xf3",
                               byte, 11) != NULL;
}

static int decode(const uint8_t *bytes, size_t count, struct decoded *d)
{
    size_t i = 0;

    memset(d, 0, sizeof(*d));
    for (; i < count && is_legacy_prefix(bytes[i]); i++) {
        d->lock |= bytes[i] == 0xf0;
        d->rep |= bytes[i] == 0xf2 || bytes[i] == 0xf3;
    }
    if (i < count && (bytes[i] & 0xf0) == 0x40)
        d->rex = bytes[i++];
    if (i >= count)
        return 0;
    d->at = bytes + i;
    d->left = count - i;
    d->opcode = bytes[i];
    d->modrm = i + 1 < count ? bytes[i + 1] : 0;
    d->third = i + 2 < count ? bytes[i + 2] : 0;
    return 1;
}

static unsigned reg_field(uint8_t modrm)
{
    return modrm >> 3 & 7;
}

static enum insn_class classify_0f01(uint8_t modrm)
{
    switch (modrm) {
    case 0xf8:
        return INSN_SWAPGS;
    case 0xf9:
        return INSN_RDTSC;
    case 0xca:
    case 0xcb:
        return INSN_STAC_CLAC;
    }
    if (modrm >= 0xc0)
        return INSN_OTHER;
    if (reg_field(modrm) == 7)
        return INSN_INVLPG;
    if (reg_field(modrm) == 2 || reg_field(modrm) == 3)
        return INSN_DESCRIPTOR;
    return INSN_OTHER;
}

static enum insn_class classify_0fae(const struct decoded *d)
{
    if (d->third >= 0xe8)
        return INSN_FENCE;
    return d->rep ? INSN_SEGMENT : INSN_FPU_SAVE;
}

static enum insn_class classify_0f(const struct decoded *d)
{
    switch (d->modrm) { /* here the second opcode byte */
    case 0x00:
        return INSN_DESCRIPTOR;
    case 0x01:
        return classify_0f01(d->third);
    case 0x05:
        return INSN_SYSCALL;
    case 0x06:
        return INSN_CR_WRITE;
    case 0x07:
        return INSN_SYSRET;
    case 0x20:
        return INSN_CR_READ;
    case 0x22:
        return reg_field(d->third) == 3 ? INSN_CR3_WRITE : INSN_CR_WRITE;
    case 0x30:
        return INSN_WRMSR;
    case 0x31:
        return INSN_RDTSC;
    case 0x32:
        return INSN_RDMSR;
    case 0xa2:
        return INSN_CPUID;
    case 0xae:
        return classify_0fae(d);
    case 0xa1:
    case 0xa9:
    case 0xb2:
    case 0xb4:
    case 0xb5:
        return INSN_SEGMENT;
    default:
        return INSN_OTHER;
    }
}

enum insn_class insn_classify(const uint8_t *bytes, size_t count)
{
    struct decoded d;

    if (!decode(bytes, count, &d))
        return INSN_OTHER;
    if (d.lock)
        return INSN_LOCK;
    if (d.opcode == 0x0f)
        return classify_0f(&d);
    if (d.opcode >= 0xa4 && d.opcode <= 0xaf && d.opcode != 0xa8 &&
        d.opcode != 0xa9)
        return d.rep ? INSN_REP : INSN_OTHER;
    switch (d.opcode) {
    case 0x86:
    case 0x87: /* xchg with memory locks by itself */
        return d.modrm < 0xc0 ? INSN_LOCK : INSN_OTHER;
    case 0x8e:
        return INSN_SEGMENT;
    case 0x9c:
    case 0x9d:
        return INSN_PUSHF;
    case 0xcf:
        return INSN_IRET;
    case 0xf4:
        return INSN_HLT;
    case 0xfa:
    case 0xfb:
        return INSN_STI_CLI;
    }
    if ((d.opcode & 0xfc) == 0xe4 || (d.opcode & 0xfc) == 0xec)
        return INSN_IO;
    return INSN_OTHER;
}

static int immediate(const uint8_t *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof(value));
    return value < 64 ? (int)value : EAX_UNKNOWN;
}

int insn_eax_value(const uint8_t *bytes, size_t count)
{
    struct decoded d;

    if (!decode(bytes, count, &d))
        return EAX_NONE;
    if (d.opcode == 0xb8 && !(d.rex & REX_B))
        return d.left == 5 ? immediate(d.at + 1) : EAX_UNKNOWN;
    if (d.opcode == 0xc7 && d.modrm == 0xc0 && !(d.rex & REX_B))
        return immediate(d.at + 2);
    if ((d.opcode == 0x31 || d.opcode == 0x33) && d.modrm == 0xc0 &&
        !(d.rex & (REX_B | REX_R)))
        return 0;
    if (d.opcode == 0x89 && d.modrm >= 0xc0 && (d.modrm & 7) == 0 &&
        !(d.rex & REX_B))
        return EAX_UNKNOWN;
    if (d.opcode == 0x8b && reg_field(d.modrm) == 0 && !(d.rex & REX_R))
        return EAX_UNKNOWN;
    return EAX_NONE;
}
