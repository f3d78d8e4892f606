/*
 * CPUID, asked for by ud2-xen, names the hypervisor, and shows nothing that a
 * PV guest cannot use: no VMX or SVM, no PSE, PGE, SYSENTER on AMD; a
 * PV kernel finds what it must have.
 */
#include "guest.h"

static void leaves(void)
{
    struct cpuid r = cpuid_forced(0x40000000, 0);

    CHECK(r.a >= 0x40000002 && r.a < 0x40000010);
    CHECK_EQ(r.b, 0x566e6558); /* XenV */
    CHECK_EQ(r.c, 0x65584d4d); /* MMXe */
    CHECK_EQ(r.d, 0x4d4d566e); /* nVMM */
    r = cpuid_forced(0x40000001, 0);
    CHECK_EQ(r.a, 4 << 16 | 17);
    r = cpuid_forced(0x40000002, 0);
    CHECK_EQ(r.a, 1);
    CHECK_EQ(r.b, 0x40000000);
    CHECK_EQ(r.c & 1, 1); /* MMU_PT_UPDATE_PRESERVE_AD */
}

static void features(void)
{
    struct cpuid r = cpuid_forced(1, 0);

    CHECK_EQ(r.c >> 31, 1);     /* a hypervisor */
    CHECK_EQ(r.c >> 5 & 1, 0);  /* VMX */
    CHECK_EQ(r.d >> 3 & 1, 0);  /* PSE */
    CHECK_EQ(r.d >> 13 & 1, 0); /* PGE */
    CHECK_EQ(r.d & 0x07008171, 0x07008171 & cpuid(1, 0).d);
    r = cpuid_forced(0x80000001, 0);
    CHECK_EQ(r.c >> 2 & 1, 0);  /* SVM */
    CHECK_EQ(r.d >> 11 & 1, 1); /* SYSCALL */
    CHECK_EQ(r.d >> 20 & 1, 1); /* NX */
    CHECK_EQ(r.d >> 29 & 1, 1); /* long mode */
    CHECK_EQ(r.d >> 26 & 1, 0); /* 1 GiB pages */
    r = cpuid_forced(7, 0);
    CHECK_EQ(r.b >> 7 & 1, 0);  /* SMEP */
    CHECK_EQ(r.b >> 20 & 1, 0); /* SMAP */
}

void test(void)
{
    struct cpuid r = cpuid_forced(0, 0), host = cpuid(0, 0);

    CHECK_EQ(r.b, host.b);
    CHECK(r.a >= 7 || r.a == host.a);
    leaves();
    features();
    /* No leaf beyond tells more than zeros. */
    r = cpuid_forced(0x40000fff, 0);
    CHECK_EQ(r.a | r.b | r.c | r.d, 0);
}
