/*
 * Where guests are isolated from the hypervisor by L4s of its own, a change of
 * an L4 that is in use is a change of those: in kernel and in user mode, for
 * the vcpu that makes it and for another on another CPU.
 *
 * With "kernel" or "user" on its command line it stays in that mode, for who
 * looks from outside at what is mapped then; with "between" it goes from one to
 * the other for a while, for who sends interrupts that find it anywhere.
 */
/* hv-args: xpti=yes dom0_max_vcpus=2 */
/* smp: 2 */
#include "guest.h"

#define VA ((volatile uint64_t *)0x8000000000UL) /* slot 1 */

static uint64_t *page;
static struct tree tree;
static uint64_t entry;

ASM_FUNCTION(user_read, "mov (%rdi), %rax; syscall");
ASM_FUNCTION(user_spin, "1: jmp 1b");

static void in_kernel(uint64_t *slot)
{
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(pte_write(slot, entry), 0);
        CHECK_EQ(try_read(VA), NO_FAULT);
        CHECK_EQ(*VA, 1234);
        CHECK_EQ(pte_write(slot, 0), 0);
        CHECK_EQ(mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0), 0);
        CHECK_EQ(try_read(VA), VECTOR_PF);
    }
}

static const struct frame *read_in_user_mode(void)
{
    struct frame start = user_start(user_read);

    start.rdi = (uint64_t)VA;
    return user_run(&start);
}

static void in_user(void)
{
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(pte_write(&user_l4[1], entry), 0);
        CHECK_EQ(read_in_user_mode()->rax, 1234);
        CHECK_EQ(try_read(VA), VECTOR_PF);
        CHECK_EQ(pte_write(&user_l4[1], 0), 0);
        CHECK_EQ(read_in_user_mode()->vector, VECTOR_PF);
    }
}

/* Tables that are loaded later, and changed while they were not. */
static void of_other_tables(void)
{
    uint64_t *l4 = page_alloc();

    l4[511] = kernel_l4()[511];
    page_protect(l4, false);
    REQUIRE_EQ(pin(4, l4), 0);
    CHECK_EQ(pte_write(&l4[1], entry), 0);
    CHECK_EQ(try_read(VA), VECTOR_PF);
    CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, va_to_mfn(l4), 0), 0);
    CHECK_EQ(try_read(VA), NO_FAULT);
    CHECK_EQ(M2P[va_to_mfn(page)], va_to_pfn(page));
    CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, va_to_mfn(kernel_l4()), 0), 0);
    CHECK_EQ(try_read(VA), VECTOR_PF);
    CHECK_EQ(unpin(l4), 0);
}

/* An entry of the L4 that shows itself shows what is in it, and no way to the
 * hypervisor. */
static void by_itself(uint64_t *l4)
{
    uint64_t self = pte_make(va_to_mfn(l4), PTE_RO_FLAGS);
    const uint64_t *seen = (const uint64_t *)0x10080402000UL; /* slot 2 */

    CHECK_EQ(pte_write(&l4[2], self), 0);
    CHECK_EQ(seen[511], l4[511]);
    CHECK_EQ(seen[1], l4[1]);
    for (uint64_t slot = 257; slot < 272; slot++)
        CHECK_EQ(try_read((void *)(2UL << 39 | slot << 30)), VECTOR_PF);
    CHECK_EQ(pte_write(&l4[2], 0), 0);
    CHECK_EQ(mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0), 0);
    CHECK_EQ(try_read(seen), VECTOR_PF);
}

static volatile uint64_t asked, answered, answer;

/* Another vcpu, which has the same tables: says what it finds when asked. */
static void reader(void *arg)
{
    (void)arg;
    while (asked != ~0UL) {
        if (answered != asked) {
            answer = (uint64_t)try_read(VA);
            answered = asked;
        }
        pause();
    }
}

static uint64_t other_finds(void)
{
    uint64_t end = now_ns() + 2000 * MS, question = asked + 1;

    asked = question;
    while (answered != question && now_ns() < end)
        pause();
    return answered == question ? answer : ~1UL;
}

static void on_another_cpu(uint64_t *slot)
{
    vcpu_launch(1, reader, NULL);
    for (unsigned i = 0; i < 20; i++) {
        CHECK_EQ(pte_write(slot, entry), 0);
        CHECK_EQ(other_finds(), NO_FAULT);
        CHECK_EQ(pte_write(slot, 0), 0);
        CHECK_EQ(mmuext(MMUEXT_TLB_FLUSH_ALL, 0, 0), 0);
        CHECK_EQ(other_finds(), VECTOR_PF);
    }
    asked = ~0UL;
}

static bool is_asked_for(const char *word)
{
    const char *line = (const char *)start_info->cmd_line;

    for (; *line; line++)
        if (!memcmp(line, word, strlen(word)))
            return true;
    return false;
}

static unsigned nmis;

static bool take_nmi(struct frame *f)
{
    (void)f;
    nmis++;
    return true;
}

static void go_between(void)
{
    uint64_t end = now_ns() + 3000 * MS;
    struct frame start = user_start(user_read);
    unsigned times = 0;

    trap_set_hook(2, take_nmi);
    print("LOOK: in no mode for long\n");
    start.rdi = (uint64_t)user_stack;
    for (; now_ns() < end; times++) {
        user_run(&start);
        CHECK_EQ(mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0), 0);
        CHECK_EQ(try_read(VA), VECTOR_PF);
    }
    print("%u NMIs in %u rounds\n", nmis, times);
    CHECK(times > 1000 && nmis > 100);
}

static void stay(void)
{
    struct frame start = user_start(user_spin);

    if (is_asked_for(" kernel")) {
        print("LOOK: in kernel mode\n");
        user_spin();
    }
    if (is_asked_for(" between")) {
        go_between();
        test_end();
    }
    if (is_asked_for(" user")) {
        print("LOOK: in user mode\n");
        user_run(&start);
    }
}

void test(void)
{
    events_init();
    user_init();
    stay();
    page = page_alloc();
    page[0] = 1234;
    tree = tree_make((uint64_t)VA, page, 1, PTE_RW_FLAGS);
    entry = pte_make(va_to_mfn(tree.l3), PTE_RW_FLAGS);
    in_kernel(&kernel_l4()[1]);
    in_user();
    of_other_tables();
    by_itself(kernel_l4());
    on_another_cpu(&kernel_l4()[1]);
}
