/*
 * xen_version tells the version, texts that end, features and addresses of the
 * ABI, and refuses buffers that cannot be written.
 */
#include "guest.h"

static const uint64_t bad[] = {0x1000, HV_START, HV_END - 8, 0x800000000000,
                               ~0UL};

static bool ends(const char *text, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        if (!text[i])
            return true;
    return false;
}

static void texts(void)
{
    char text[1024];
    static const struct {
        unsigned cmd, size;
    } t[] = {{XENVER_extraversion, 16},
             {XENVER_capabilities, 1024},
             {XENVER_changeset, 64},
             {XENVER_commandline, 1024}};

    for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
        memset(text, 0xff, sizeof(text));
        CHECK_EQ(xen_version(t[i].cmd, text), 0);
        CHECK(ends(text, t[i].size));
        CHECK(text[0] || t[i].cmd == XENVER_changeset);
        CHECK(is_initial || t[i].cmd != XENVER_commandline ||
              !memcmp(text, "<denied>", 9));
        for (unsigned j = 0; j < ARRAY_SIZE(bad); j++)
            CHECK_EQ(xen_version(t[i].cmd, bad[j]), -EFAULT);
    }
}

static void features(void)
{
    struct xen_feature_info f = {.submap_idx = 0};

    CHECK_EQ(xen_version(XENVER_get_features, &f), 0);
    /* This kernel's notes say PAE_MODE "yes"; libxl does not pass it on. */
    CHECK_EQ(f.submap, (is_initial ? 1U << XENFEAT_pae_pgdir_above_4gb : 0) |
                           1U << XENFEAT_mmu_pt_update_preserve_ad |
                           1U << XENFEAT_highmem_assist |
                           1U << XENFEAT_gnttab_map_avail_bits |
                           (is_initial ? 1U << XENFEAT_dom0 : 0) |
                           1U << XENFEAT_memory_op_vnode_supported |
                           1U << XENFEAT_direct_mapped);
    f.submap_idx = 1;
    CHECK_EQ(xen_version(XENVER_get_features, &f), -EINVAL);
    CHECK_EQ(vm_assist(VMASST_CMD_disable, VMASST_TYPE_pae_extended_cr3), 0);
    f.submap_idx = 0;
    CHECK_EQ(xen_version(XENVER_get_features, &f), 0);
    CHECK_EQ(f.submap & 1U << XENFEAT_pae_pgdir_above_4gb, 0);
}

static void build_id(void)
{
    uint8_t buffer[64] = {0};
    xen_build_id_t *id = (void *)buffer;
    long bytes = xen_version(XENVER_build_id, NULL);

    if (!is_initial) {
        CHECK_EQ(bytes, -EPERM);
        return;
    }
    CHECK(bytes > 0 && bytes < 60);
    id->len = 60;
    CHECK_EQ(xen_version(XENVER_build_id, id), bytes);
    CHECK_EQ(id->len, 60);
    id->len = 1;
    CHECK_EQ(xen_version(XENVER_build_id, id), -ENOBUFS);
}

void test(void)
{
    struct xen_platform_parameters p;
    xen_domain_handle_t handle;
    struct xen_compile_info info;

    CHECK_EQ(xen_version(XENVER_version, NULL), 4 << 16 | 17);
    CHECK_EQ(xen_version(XENVER_version, HV_START), 4 << 16 | 17);
    CHECK_EQ(xen_version(XENVER_pagesize, NULL), 4096);
    CHECK_EQ(xen_version(XENVER_pagesize, 1), -EINVAL);
    CHECK_EQ(xen_version(XENVER_platform_parameters, &p), 0);
    CHECK_EQ(p.virt_start, HV_START);
    CHECK_EQ(xen_version(XENVER_guest_handle, handle), 0);
    CHECK_EQ(xen_version(XENVER_compile_info, &info), 0);
    CHECK(ends(info.compiler, sizeof(info.compiler)));
    CHECK_EQ(xen_version(99, NULL), -ENOSYS);
    texts();
    features();
    build_id();
}
