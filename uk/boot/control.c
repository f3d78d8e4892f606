/*
 * control.c - see control.h: an end is SIGTERM to the program; a target of
 * memory; and being saved, which all but the mapping of the shared page and the
 * ports survives. Source: docs/misc/xenstore-paths of Xen, libxc's migration
 * stream (xen-doc), xen/public/sched.h.
 */
#include "boot/control.h"
#include "lib/string.h"
#include "mm/balloon.h"
#include "mm/pages.h"
#include "sched/signal.h"
#include "xen/clock.h"
#include "xen/console.h"
#include "xen/cpus.h"
#include "xen/end.h"
#include "xen/entropy.h"
#include "xen/hypercall.h"
#include "xen/shared.h"
#include "xen/store.h"

static struct start_info *live; /* seen through the direct map */

/* The tools write them anew: the domain leaves the numbers of its own frames.
 */
static void name_frames(uint32_t store, uint32_t console)
{
    live->store_mfn = store;
    live->console.domU.mfn = console;
}

static void come_back(uint64_t monotonic_ns)
{
    shared_place_info(percpu());
    shared_forget_ports();
    pages_publish();
    clock_go_on_from(monotonic_ns);
    entropy_stir(shared_info()->wc_nsec);
    console_resume(live);
    store_init(live);
    sched_resume();
}

/* The tools look for start_info in the first vcpu's registers; where another
 * one comes to this, the program is ending. */
static void suspend(void)
{
    struct sched_shutdown how = {.reason = SHUTDOWN_suspend};
    uint64_t now = clock_monotonic_ns();
    unsigned long store = live->store_mfn, console = live->console.domU.mfn;
    bool cancelled;

    if (percpu()->id != 0)
        return;
    cpus_stop_others();
    name_frames(pages_frame_of(store), pages_frame_of(console));
    shared_unmap();
    cancelled = xen_suspend(&how, pages_mfn_of(direct_frame(live)));
    if (cancelled) {
        live->store_mfn = store;
        live->console.domU.mfn = console;
    }
    shared_map(live);
    if (!cancelled)
        come_back(now);
    cpus_go_on();
}

static void end(unsigned reason)
{
    end_set_reason(reason);
    signal_send_simple(NULL, SIGTERM, SI_KERNEL);
}

/* The request is taken by an empty value. */
static void shutdown_changed(const char *value)
{
    static const struct {
        const char *word;
        unsigned reason;
    } words[] = {{"suspend", SHUTDOWN_suspend},
                 {"poweroff", SHUTDOWN_poweroff},
                 {"halt", SHUTDOWN_poweroff},
                 {"reboot", SHUTDOWN_reboot}};

    for (unsigned i = 0; i < array_size(words); i++) {
        if (strcmp(value, words[i].word) != 0)
            continue;
        store_write("control/shutdown", "");
        if (words[i].reason == SHUTDOWN_suspend)
            suspend();
        else
            end(words[i].reason);
        return;
    }
}

/* In KiB. */
static void target_changed(const char *value)
{
    uint64_t kib = 0;

    for (; *value >= '0' && *value <= '9'; value++)
        if (kib < UINT32_MAX)
            kib = kib * 10 + (uint64_t)(*value - '0');
    if (kib && !*value)
        balloon_set_target(kib / 4);
}

void control_init(struct start_info *start)
{
    static const struct store_watch watches[] = {
        {"control/shutdown", shutdown_changed},
        {"memory/target", target_changed}};

    live = start;
    store_init(start);
    store_watch(watches, array_size(watches));
}
