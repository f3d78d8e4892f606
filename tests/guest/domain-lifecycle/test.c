/*
 * A domain that is made by domctl runs its own code, says something, shuts
 * down, is destroyed, and leaves as much free memory as there was: 20 times.
 * Numbers that are not chosen ascend.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"

static struct sibling sibling;
static volatile uint64_t answer;

static void run(void)
{
    answer = start_info->nr_pages + 1;
    print("a sibling was here\n");
    shut_down(SHUTDOWN_reboot);
}

void test(void)
{
    uint64_t before, *seen;
    domid_t last = 0;

    sibling_run(&sibling, run);
    CHECK_EQ(sibling_wait(&sibling), SHUTDOWN_reboot);
    seen = sibling_at(&sibling, &answer);
    CHECK_EQ(*seen, SIBLING_PAGES + 1);
    foreign_unmap(seen);
    domain_destroy(sibling.id);
    before = free_pages_settled();
    for (unsigned i = 0; i < 20; i++) {
        sibling_run(&sibling, run);
        CHECK(sibling.id > last);
        last = sibling.id;
        CHECK_EQ(sibling_wait(&sibling), SHUTDOWN_reboot);
        domain_destroy(sibling.id);
        CHECK(EVENTUALLY(free_pages() == before));
        CHECK_EQ(free_pages(), before);
    }
}
