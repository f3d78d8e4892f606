/*
 * vsyscall.c - the three legacy entries of the vsyscall page answer when the
 * kernel offers the page (vsyscall=xonly or emulate), and fault when not.
 */
#include <sched.h>
#include <sys/time.h>
#include <time.h>

#include "probe.h"

#define VSYSCALL_PAGE 0xffffffffff600000UL
#define ROUNDS        1000

static long (*const vsyscall_gettimeofday)(struct timeval *,
                                           void *) = (void *)VSYSCALL_PAGE;
static long (*const vsyscall_time)(long *) = (void *)(VSYSCALL_PAGE + 0x400);
static long (*const vsyscall_getcpu)(unsigned *, unsigned *,
                                     void *) = (void *)(VSYSCALL_PAGE + 0x800);

static int page_offered(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[256];
    int found = 0;

    CHECK(maps != NULL);
    while (fgets(line, sizeof(line), maps))
        found |= strstr(line, "[vsyscall]") != NULL;
    fclose(maps);
    return found;
}

static void use_page(void)
{
    struct timeval now, direct;
    unsigned cpu = 99, node = 99;

    CHECK_EQUAL(vsyscall_gettimeofday(&now, NULL), 0);
    gettimeofday(&direct, NULL);
    CHECK(direct.tv_sec - now.tv_sec <= 1 && now.tv_sec <= direct.tv_sec);
    CHECK(direct.tv_sec - vsyscall_time(NULL) <= 1);
    CHECK_EQUAL(vsyscall_getcpu(&cpu, &node, NULL), 0);
    CHECK(cpu < 64 && node < 64);
}

int main(void)
{
    void *entry = (void *)VSYSCALL_PAGE;

    probe_init();
    CHECK_EQUAL(probe_write(entry), SIGSEGV);
    CHECK_EQUAL(probe_call((char *)entry + 0xc00), SIGSEGV);
    if (!page_offered()) {
        CHECK_EQUAL(probe_call(entry), SIGSEGV);
        CHECK_EQUAL(probe_read(entry), SIGSEGV);
        return pass("no vsyscall page, and its address faults");
    }
    for (int i = 0; i < ROUNDS; i++)
        use_page();
    return pass("%d uses of the vsyscall page", ROUNDS);
}
