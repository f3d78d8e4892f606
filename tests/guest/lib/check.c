/* check.c - results of a guest, its beginning and its end. */
#include "guest.h"

const char *test_name = "?";
bool on_xen;
bool is_initial;
bool is_sibling __attribute__((section(".data")));
void (*sibling_main)(void) __attribute__((section(".data")));
static unsigned failures;

static bool is_small_negative(uint64_t n)
{
    return (long)n < 0 && (long)n > -4096;
}

static void print_value(uint64_t n)
{
    if (is_small_negative(n))
        print("%ld", (long)n);
    else
        print("%#lx", n);
}

static const char *base_name(const char *file)
{
    const char *base = file;

    for (; *file; file++)
        if (*file == '/' && file[1] != 't')
            base = file + 1;
    return base;
}

void check_equal(const char *file, int line, const char *what, uint64_t got,
                 uint64_t wanted)
{
    if (got == wanted)
        return;
    failures++;
    print("FAIL %s: %s is ", test_name, what);
    print_value(got);
    print(", not ");
    print_value(wanted);
    print(" (%s:%d)\n", base_name(file), line);
}

void check_true(const char *file, int line, const char *what, bool fine)
{
    if (fine)
        return;
    failures++;
    print("FAIL %s: not so: %s (%s:%d)\n", test_name, what, base_name(file),
          line);
}

static void power_off(void)
{
    struct sched_shutdown s = {.reason = SHUTDOWN_poweroff};

    print_finish();
    for (;;)
        sched_op(SCHEDOP_shutdown, &s);
}

void test_end(void)
{
    if (is_sibling)
        power_off();
    if (!failures)
        print("PASS %s\n", test_name);
    print("END %s\n", test_name);
    power_off();
    __builtin_unreachable();
}

void fail(const char *format, ...)
{
    va_list list;

    failures++;
    print("FAIL %s: ", test_name);
    va_start(list, format);
    vprint(format, list);
    va_end(list);
    print("\n");
    test_end();
}

void skip(const char *why)
{
    print("SKIP %s: %s\nEND %s\n", test_name, why, test_name);
    power_off();
    __builtin_unreachable();
}

static void set_name(char *line)
{
    static char name[64];
    unsigned n = 0;

    while (*line == ' ')
        line++;
    while (line[n] && line[n] != ' ' && n < sizeof(name) - 1) {
        name[n] = line[n];
        n++;
    }
    test_name = name;
}

static bool runs_on_xen(void)
{
    char extra[XEN_EXTRAVERSION_LEN] = "";

    xen_version(XENVER_extraversion, extra);
    for (const char *p = extra; *p; p++)
        if (!memcmp(p, "paravane", 8))
            return false;
    return true;
}

void pages_init(struct start_info *info);
void events_of_toolstack(void);
void guest_main(struct start_info *info);

void guest_main(struct start_info *info)
{
    set_name((char *)info->cmd_line);
    on_xen = runs_on_xen();
    is_initial = info->flags & SIF_INITDOMAIN;
    pages_init(info);
    events_of_toolstack();
    traps_init();
    if (is_sibling)
        sibling_main();
    else
        test();
    test_end();
}
