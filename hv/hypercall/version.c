/*
 * hypercall/version.c - xen_version: what we say we are. Layer: hypercall.
 */
#include "hypercall/hypercall.h"
#include "hypercall/commandline.h"
#include "lib/layout.h"
#include "lib/string.h"
#include "version.h"

#define TEXT_BYTES_MAX 1024 /* of capabilities and the command line */
#define FEATURE(n)     (1U << XENFEAT_##n)

static long copy_out(uint64_t arg, const void *data, size_t bytes)
{
    return guest_write(guest_ptr(arg), data, bytes) ? -EFAULT : 0;
}

/* In a field of so many bytes, which are 0 behind it. */
static long copy_text(uint64_t arg, const char *text, size_t bytes)
{
    char field[TEXT_BYTES_MAX] = "";

    str_copy(field, text, bytes);
    return copy_out(arg, field, bytes);
}

static long get_compile_info(uint64_t arg)
{
    struct xen_compile_info info = {
        .compiler = __VERSION__,
        .compile_by = "paravane",
        .compile_domain = "",
        .compile_date = PARAVANE_DATE,
    };

    return copy_out(arg, &info, sizeof(info));
}

static long get_platform_parameters(uint64_t arg)
{
    struct xen_platform_parameters p = {.virt_start = HV_VIRT_START};

    return copy_out(arg, &p, sizeof(p));
}

static long get_features(uint64_t arg)
{
    const struct domain *d = current_domain;
    struct xen_feature_info info;

    if (guest_get(&info, arg))
        return -EFAULT;
    if (info.submap_idx)
        return -EINVAL;
    info.submap = FEATURE(mmu_pt_update_preserve_ad) | FEATURE(highmem_assist) |
                  FEATURE(gnttab_map_avail_bits) |
                  FEATURE(memory_op_vnode_supported) | FEATURE(direct_mapped);
    if (d->vm_assist & 1UL << VMASST_TYPE_pae_extended_cr3)
        info.submap |= FEATURE(pae_pgdir_above_4gb);
    if (d->privileged)
        info.submap |= FEATURE(dom0);
    return copy_out(arg, &info, sizeof(info));
}

static long get_commandline(uint64_t arg)
{
    static const char denied[] = "<denied>";

    if (!current_domain->privileged)
        return copy_text(arg, denied, sizeof(denied));
    return copy_text(arg, boot_commandline, sizeof(xen_commandline_t));
}

static long get_build_id(uint64_t arg)
{
    static const uint8_t id[] = PARAVANE_BUILD_ID;
    xen_build_id_t head;
    long rc;

    if (!current_domain->privileged)
        return -EPERM;
    if (!arg)
        return (long)sizeof(id);
    if (guest_get(&head, arg))
        return -EFAULT;
    if (head.len < sizeof(id))
        return -ENOBUFS;
    rc = copy_out(arg + offsetof(xen_build_id_t, buf), id, sizeof(id));
    return rc ? rc : (long)sizeof(id);
}

long hypercall_xen_version(uint64_t cmd, uint64_t arg)
{
    switch ((uint32_t)cmd) {
    case XENVER_version:
        return 4 << 16 | 17;
    case XENVER_extraversion:
        return copy_text(arg, ".0-paravane", sizeof(xen_extraversion_t));
    case XENVER_compile_info:
        return get_compile_info(arg);
    case XENVER_capabilities:
        return copy_text(arg, "xen-3.0-x86_64 ",
                         sizeof(xen_capabilities_info_t));
    case XENVER_changeset:
        return copy_text(arg, PARAVANE_CHANGESET, sizeof(xen_changeset_info_t));
    case XENVER_platform_parameters:
        return get_platform_parameters(arg);
    case XENVER_get_features:
        return get_features(arg);
    case XENVER_pagesize:
        return arg ? -EINVAL : (long)PAGE_SIZE;
    case XENVER_guest_handle:
        return copy_out(arg, current_domain->handle,
                        sizeof(current_domain->handle));
    case XENVER_commandline:
        return get_commandline(arg);
    case XENVER_build_id:
        return get_build_id(arg);
    default:
        return hypercall_unknown("xen_version", cmd);
    }
}
