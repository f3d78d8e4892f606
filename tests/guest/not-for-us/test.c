/*
 * Calls for what a domain like this cannot have (a security module, message
 * rings, performance counters, HVM guests' devices) say so, whatever their
 * arguments; the old way to register an NMI handler still works.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"
#include <xen/argo.h>
#include <xen/hvm/hvm_op.h>
#include <xen/kexec.h>
#include <xen/nmi.h>
#include <xen/pmu.h>
#include <xen/xenoprof.h>
#include <xen/xsm/flask_op.h>

static uint8_t zeroes[4096];

static void refused(unsigned call, unsigned op, long error)
{
    CHECK_EQ(hypercall(call, op, U(zeroes), 1, 0, 0), error);
    CHECK_EQ(hypercall(call, op, HV_START, 1, 0, 0), error);
    CHECK_EQ(hypercall(call, op, 0, ~0UL, 0, 0), error);
}

static void security(void)
{
    static const unsigned ops[] = {
        FLASK_LOAD,
        FLASK_GETENFORCE,
        FLASK_SETENFORCE,
        FLASK_CONTEXT_TO_SID,
        FLASK_SID_TO_CONTEXT,
        FLASK_ACCESS,
        FLASK_CREATE,
        FLASK_RELABEL,
        FLASK_USER,
        FLASK_POLICYVERS,
        FLASK_GETBOOL,
        FLASK_SETBOOL,
        FLASK_COMMITBOOLS,
        FLASK_MLS,
        FLASK_DISABLE,
        FLASK_GETAVC_THRESHOLD,
        FLASK_SETAVC_THRESHOLD,
        FLASK_AVC_HASHSTATS,
        FLASK_AVC_CACHESTATS,
        FLASK_MEMBER,
        FLASK_ADD_OCONTEXT,
        FLASK_DEL_OCONTEXT,
        FLASK_GET_PEER_SID,
        FLASK_RELABEL_DOMAIN,
        FLASK_DEVICETREE_LABEL,
    };

    for (unsigned i = 0; i < ARRAY_SIZE(ops); i++)
        refused(__HYPERVISOR_xsm_op, ops[i], -ENOSYS);
}

static void rings_and_counters(void)
{
    static const unsigned rings[] = {XEN_ARGO_OP_register_ring,
                                     XEN_ARGO_OP_unregister_ring,
                                     XEN_ARGO_OP_sendv, XEN_ARGO_OP_notify};
    static const unsigned counters[] = {
        XENPMU_mode_get,    XENPMU_mode_set, XENPMU_feature_get,
        XENPMU_feature_set, XENPMU_init,     XENPMU_finish,
        XENPMU_lvtpc_set,   XENPMU_flush,
    };

    for (unsigned i = 0; i < ARRAY_SIZE(rings); i++)
        refused(__HYPERVISOR_argo_op, rings[i], -ENOSYS);
    for (unsigned i = 0; i < ARRAY_SIZE(counters); i++)
        refused(__HYPERVISOR_xenpmu_op, counters[i], -EOPNOTSUPP);
    refused(__HYPERVISOR_memory_op, XENMEM_paging_op, -ENOSYS);
    refused(__HYPERVISOR_memory_op, XENMEM_sharing_op, -ENOSYS);
    refused(__HYPERVISOR_memory_op, XENMEM_machphys_compat_mfn_list,
            -EOPNOTSUPP);
}

/* Debian's Xen is built with these. */
static void built_without(void)
{
    static const unsigned hvm[] = {HVMOP_set_param,
                                   HVMOP_get_param,
                                   2 /* HVMOP_set_pci_intx_level */,
                                   3 /* HVMOP_set_isa_irq_level */,
                                   4 /* HVMOP_set_pci_link_route */,
                                   HVMOP_flush_tlbs,
                                   HVMOP_pagetable_dying,
                                   HVMOP_get_time,
                                   HVMOP_xentrace,
                                   HVMOP_set_mem_access,
                                   HVMOP_get_mem_access,
                                   HVMOP_get_mem_type,
                                   HVMOP_set_evtchn_upcall_vector,
                                   HVMOP_guest_request_vm_event,
                                   HVMOP_altp2m};
    static const unsigned profile[] = {XENOPROF_init,
                                       XENOPROF_reset_active_list,
                                       XENOPROF_reset_passive_list,
                                       XENOPROF_set_active,
                                       XENOPROF_set_passive,
                                       XENOPROF_reserve_counters,
                                       XENOPROF_counter,
                                       XENOPROF_setup_events,
                                       XENOPROF_enable_virq,
                                       XENOPROF_start,
                                       XENOPROF_stop,
                                       XENOPROF_disable_virq,
                                       XENOPROF_release_counters,
                                       XENOPROF_shutdown,
                                       XENOPROF_get_buffer,
                                       XENOPROF_set_backtrace,
                                       XENOPROF_get_ibs_caps,
                                       XENOPROF_ibs_counter};
    static const unsigned crash[] = {
        KEXEC_CMD_kexec,           KEXEC_CMD_kexec_load_v1,
        KEXEC_CMD_kexec_unload_v1, KEXEC_CMD_kexec_get_range,
        KEXEC_CMD_kexec_load,      KEXEC_CMD_kexec_unload,
        KEXEC_CMD_kexec_status};

    if (on_xen)
        return;
    for (unsigned i = 0; i < ARRAY_SIZE(hvm); i++)
        refused(__HYPERVISOR_hvm_op, hvm[i], -ENOSYS);
    for (unsigned i = 0; i < ARRAY_SIZE(profile); i++)
        refused(__HYPERVISOR_xenoprof_op, profile[i], -ENOSYS);
    for (unsigned i = 0; i < ARRAY_SIZE(crash); i++)
        refused(__HYPERVISOR_kexec_op, crash[i], -ENOSYS);
}

static long dm_op(unsigned domid, unsigned count, uint64_t buffers)
{
    return hypercall(__HYPERVISOR_dm_op, domid, count, buffers, 0, 0);
}

static void device_models(void)
{
    CHECK_EQ(dm_op(0, 1, U(zeroes)), -EPERM);
    CHECK_EQ(dm_op(7, 1, U(zeroes)), -ESRCH);
    CHECK_EQ(dm_op(DOMID_SELF, 1, U(zeroes)), -ESRCH);
    CHECK_EQ(dm_op(0, 1, HV_START), -EFAULT);
    CHECK_EQ(dm_op(0, 100, U(zeroes)), -E2BIG);
    CHECK_EQ(dm_op(0, ~0U, HV_START), -E2BIG);
    CHECK_EQ(dm_op(7, 0, U(zeroes)), -ENODATA);
}

static void translated(void)
{
    static const unsigned physmap[] = {XENMEM_add_to_physmap,
                                       XENMEM_add_to_physmap_batch,
                                       XENMEM_remove_from_physmap};
    static struct xen_pod_target pod = {.domid = DOMID_SELF};
    static uint64_t id[64] = {DOMID_SELF};

    for (unsigned i = 0; i < ARRAY_SIZE(physmap); i++) {
        id[0] = DOMID_SELF;
        CHECK_EQ(memory_op(physmap[i], id), -EACCES);
        CHECK_EQ(memory_op(physmap[i], HV_START), -EFAULT);
        id[0] = 7;
        CHECK_EQ(memory_op(physmap[i], id), -ESRCH);
    }
    CHECK_EQ(memory_op(XENMEM_set_pod_target, &pod), -EINVAL);
    CHECK_EQ(memory_op(XENMEM_get_pod_target, &pod), -EINVAL);
    CHECK_EQ(memory_op(XENMEM_get_pod_target, HV_START), -EFAULT);
    pod.domid = 7;
    CHECK_EQ(memory_op(XENMEM_get_pod_target, &pod), -ESRCH);
    id[0] = DOMID_SELF;
    CHECK_EQ(memory_op(XENMEM_get_vnumainfo, id), -EOPNOTSUPP);
    CHECK_EQ(memory_op(XENMEM_get_vnumainfo, HV_START), -EFAULT);
}

static void access(void)
{
    static struct xen_mem_access_op op;
    static struct xen_reserved_device_memory_map map;
    domid_t other = domain_new(1, 7);

    CHECK_EQ(memory_op(XENMEM_access_op, HV_START), -EFAULT);
    for (unsigned i = 0; i < 5; i++) {
        op.op = (uint8_t)i;
        op.domid = 0;
        CHECK_EQ(memory_op(XENMEM_access_op, &op), -EPERM);
        op.domid = other;
        CHECK_EQ(memory_op(XENMEM_access_op, &op), -EINVAL);
        op.domid = DOMID_SELF;
        CHECK_EQ(memory_op(XENMEM_access_op, &op), -ESRCH);
    }
    domain_destroy(other);
    map.nr_entries = 7;
    CHECK_EQ(memory_op(XENMEM_reserved_device_memory_map, &map), 0);
    CHECK_EQ(map.nr_entries, 0);
    map.flags = XENMEM_RDM_ALL;
    CHECK_EQ(memory_op(XENMEM_reserved_device_memory_map, &map), 0);
    map.flags = XENMEM_RDM_ALL << 1;
    CHECK_EQ(memory_op(XENMEM_reserved_device_memory_map, &map), -EINVAL);
    CHECK_EQ(memory_op(XENMEM_reserved_device_memory_map, HV_START), -EFAULT);
}

static volatile bool seen;

static bool on_nmi(struct frame *f)
{
    (void)f;
    seen = true;
    return true;
}

static void nmi(void)
{
    struct xennmi_callback c = {.handler_address =
                                    trap_table[VECTOR_NMI].address};

    trap_set_hook(VECTOR_NMI, on_nmi);
    CHECK_EQ(CALL2(nmi_op, XENNMI_register_callback, &c), 0);
    CHECK_EQ(vcpu_op(VCPUOP_send_nmi, 0, NULL), 0);
    CHECK(seen);
    CHECK_EQ(CALL2(nmi_op, XENNMI_register_callback, HV_START), -EFAULT);
    c.handler_address = 0x800000000000;
    CHECK_EQ(CALL2(nmi_op, XENNMI_register_callback, &c), -EINVAL);
    CHECK_EQ(CALL2(nmi_op, XENNMI_unregister_callback, HV_START), 0);
    CHECK_EQ(CALL2(nmi_op, 2, &c), -ENOSYS);
}

void test(void)
{
    security();
    rings_and_counters();
    built_without();
    device_models();
    translated();
    access();
    nmi();
}
