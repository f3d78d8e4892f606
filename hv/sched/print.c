/*
 * sched/print.c - the run queue, for who debugs. Layer: sched.
 */
#include "lib/log.h"
#include "sched/sched_internal.h"

static void print_vcpu(const struct sched_vcpu *s,
                       void (*name)(const struct vcpu *v))
{
    name(top_of(s)->vcpu);
    printk(" weight %u, run time %ld us behind the floor%s\n", s->weight,
           (int64_t)(floor_runtime - s->runtime) / 1000,
           s->parked ? ", parked" : "");
}

void sched_print(void (*name)(const struct vcpu *v))
{
    spin_lock(&queue_lock);
    for_each_cpu(cpu)
    {
        printk(XENLOG_INFO "CPU%u:%s", cpu->id, cpu->online ? "" : " offline");
        if (chosen[cpu->id]->idle)
            printk(" idle\n");
        else
            print_vcpu(chosen[cpu->id], name);
    }
    list_for_each(node, &queue)
    {
        printk(XENLOG_INFO "waits:");
        print_vcpu(queued_at(node), name);
    }
    spin_unlock(&queue_lock);
}
