/*
 * domain/clock.c - what a guest reads time from: pvclock, the wall clock, and
 * the runstate of its vcpus. Layer: domain. Locks: none; a vcpu's runstate and
 * areas are written on the CPU it runs on, or before it ever ran.
 * Source: Xen's public xen.h and vcpu.h; docs/abi.md
 */
#include "domain/domain.h"
#include "lib/string.h"
#include "mm/guest.h"

#define NS_PER_SECOND 1000000000UL

/* The time a guest computes from, without version. */
static struct vcpu_time_info time_info(void)
{
    return (struct vcpu_time_info){
        .tsc_timestamp = time_scale.base_tsc,
        .system_time = time_scale.base_ns,
        .tsc_to_system_mul = time_scale.mul,
        .tsc_shift = time_scale.shift,
        .flags = tsc_is_stable ? XEN_PVCLOCK_TSC_STABLE_BIT : 0,
    };
}

/* Readers retry while the version is odd, or when it changed. */
static void write_time_info(struct vcpu_time_info *dst,
                            struct vcpu_time_info src)
{
    src.version = READ_ONCE(dst->version) | 1;
    WRITE_ONCE(dst->version, src.version);
    barrier();
    *dst = src;
    barrier();
    WRITE_ONCE(dst->version, src.version + 1);
}

/* The same through guest addresses. It may be unmapped: then it stays old. */
static int write_time_area(uint64_t area, struct vcpu_time_info src)
{
    uint32_t version;
    int rc = guest_get(&version, area);

    src.version = version | 1;
    if (!rc)
        rc = guest_put(area, &src.version);
    if (!rc)
        rc = guest_put(area, &src);
    src.version++;
    return rc ? rc : guest_put(area, &src.version);
}

void vcpu_update_time(struct vcpu *v)
{
    struct vcpu_time_info now = time_info();

    write_time_info(&v->entry.info->time, now);
    if (v->time_area && write_time_area(v->time_area, now))
        return;
    v->time_base_tsc = now.tsc_timestamp;
}

void domain_update_wallclock(struct domain *d)
{
    struct shared_info *s = d->shared_info;
    uint64_t ns = wallclock_base_ns();
    uint64_t seconds = ns / NS_PER_SECOND + (uint64_t)d->time_offset_s;
    uint32_t version;

    spin_lock(&d->lock);
    version = READ_ONCE(s->wc_version) | 1;
    WRITE_ONCE(s->wc_version, version);
    barrier();
    WRITE_ONCE(s->wc_sec, (uint32_t)seconds);
    WRITE_ONCE(s->wc_sec_hi, (uint32_t)(seconds >> 32));
    WRITE_ONCE(s->wc_nsec, (uint32_t)(ns % NS_PER_SECOND));
    barrier();
    WRITE_ONCE(s->wc_version, version + 1);
    spin_unlock(&d->lock);
}

/* How long its present state has lasted. What was before it ever ran does not
 * count: to a guest offline is stolen time. */
static uint64_t time_in_state(const struct vcpu_runstate_info *r, uint64_t now)
{
    if (r->state == RUNSTATE_offline && !r->time[RUNSTATE_running])
        return 0;
    return now > r->state_entry_time ? now - r->state_entry_time : 0;
}

void vcpu_set_runstate(struct vcpu *v, int state, uint64_t now)
{
    struct vcpu_runstate_info *r = &v->runstate;

    if (r->state == state)
        return;
    r->time[r->state] += time_in_state(r, now);
    r->state = state;
    WRITE_ONCE(r->state_entry_time, now);
}

void vcpu_get_runstate(const struct vcpu *v, struct vcpu_runstate_info *r)
{
    uint64_t entered;
    unsigned tries = 0;

    do { /* until it did not change state meanwhile */
        entered = READ_ONCE(v->runstate.state_entry_time);
        barrier();
        *r = v->runstate;
        barrier();
    } while (READ_ONCE(v->runstate.state_entry_time) != entered && ++tries < 8);
    r->time[r->state] += time_in_state(r, time_now_ns());
}

_Static_assert(sizeof(struct vcpu_runstate_info) % 8 == 0, "words");

/* The flag is in state_entry_time: set before anything changes, and cleared
 * when all has. */
static int write_flagged(struct vcpu_runstate_info *r, uint64_t area)
{
    uint64_t time = r->state_entry_time;
    uint64_t at = area + offsetof(struct vcpu_runstate_info, state_entry_time);
    int rc = guest_put_64(at, time | XEN_RUNSTATE_UPDATE);

    if (rc)
        return rc;
    r->state_entry_time = time | XEN_RUNSTATE_UPDATE;
    rc = guest_put_words(area, r, sizeof(*r) / 8);
    r->state_entry_time = time;
    return rc ? rc : guest_put_64(at, time);
}

int vcpu_write_runstate_to(const struct vcpu *v, uint64_t area)
{
    struct vcpu_runstate_info r = v->runstate;

    if (!(v->domain->vm_assist & 1UL << VMASST_TYPE_runstate_update_flag))
        return guest_put(area, &r);
    return write_flagged(&r, area);
}
