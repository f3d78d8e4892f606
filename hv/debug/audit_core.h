/*
 * debug/audit_core.h - counts again what the frame table says. Layer: debug.
 * Pure: sees the machine only through struct audit_source.
 *
 * Everything that refers to a frame is counted anew: the entries of all page
 * tables, pins, and the holds that the source reports. A frame in use as a type
 * must have as many uses as its record says; its references must be the other
 * uses, one for the allocation and one for all typed uses together. Every frame
 * has exactly one state, and none is lost.
 */
#ifndef DEBUG_AUDIT_CORE_H
#define DEBUG_AUDIT_CORE_H

#include "mm/frame.h"

enum audit_error {
    AUDIT_USES,       /* the type's count is wrong */
    AUDIT_REFS,       /* the count of references is wrong */
    AUDIT_TYPE,       /* an entry or hold needs another type (by: the table) */
    AUDIT_BUSY,       /* a table in validation, though nobody runs */
    AUDIT_REACH,      /* an entry reaches what its owner has no right to */
    AUDIT_BITS,       /* an entry with bits that no guest may set */
    AUDIT_SLOTS,      /* an L4 without the hypervisor's slots */
    AUDIT_FREE_USED,  /* a free frame has a user */
    AUDIT_FREE_LIST,  /* a free block within another, or of a wrong size */
    AUDIT_UNCLEAN,    /* a free frame that is said to be zero is not */
    AUDIT_OWNER,      /* owned by nobody that exists */
    AUDIT_LOST,       /* neither free, nor referenced */
    AUDIT_HYPERVISOR, /* a frame of ours that a guest uses, or has a type */
    AUDIT_M2P,        /* the M2P has a pfn for a frame of no domain */
    AUDIT_FREE_COUNT, /* frames on the free lists (frame: 0) */
    AUDIT_PAGES,      /* a domain's count of frames (frame: its number) */
    AUDIT_TOTAL,      /* all frames of RAM (frame: 0) */
    AUDIT_ERRORS,
};

struct audit_finding {
    enum audit_error error;
    uint64_t frame;
    uint64_t kept;  /* as the record says */
    uint64_t found; /* as counted */
    uint64_t by;    /* TYPE, REACH, BITS, SLOTS: the table; else AUDIT_NOBODY */
};

#define AUDIT_NOBODY (~0UL)

/* What is counted for one frame. Zero is the beginning. */
struct audit_count {
    uint32_t refs; /* general references, without the allocation's */
    uint32_t uses; /* typed uses */
    uint32_t mark;
};

/* A frame by what it is for. */
enum audit_state {
    AUDIT_IS_DEVICE, /* no RAM, or left to dom0 as if it were none */
    AUDIT_IS_FREE,
    AUDIT_IS_DOMAINS,
    AUDIT_IS_SHARED, /* a page of ours that a domain may map */
    AUDIT_IS_BOOT,   /* the image, our tables, frame table, M2P */
    AUDIT_IS_OURS,   /* what was allocated since */
    AUDIT_STATES,
};

struct audit;

struct audit_source {
    uint64_t frames; /* numbers are below */
    struct frame (*record)(uint64_t n);
    uint64_t (*m2p)(uint64_t n);
    const uint64_t *(*map)(uint64_t n);
    void (*unmap)(const uint64_t *table);
    /* Calls audit_hold() and audit_boot_frame(): the same in every pass. */
    void (*visit)(struct audit *a);
    /* May tables of `owner` map this frame, which is not its own? */
    bool (*may_reach)(domid_t owner, uint64_t n, uint64_t pte);
    /* The entry that slot i (256-271) of each L4 of the owner has. */
    uint64_t (*hv_slot)(domid_t owner, unsigned i);
    /* The domain's count of frames; false: there is none such. */
    bool (*pages)(domid_t id, uint64_t *pages);
    /* A frame that was allocated for us; false: nobody knows for what. */
    bool (*purpose)(uint64_t n, uint64_t type);
    void (*report)(const struct audit_finding *f);
};

struct audit {
    const struct audit_source *source;
    struct audit_count *counts; /* as many as capacity */
    uint64_t capacity;
    /* Of the pass: frames [first, end) are counted. */
    uint64_t first, end;
    /* The outcome. */
    uint64_t tables, errors;
    uint64_t frames[AUDIT_STATES];
};

/*
 * Runs over all frames in passes of `capacity` frames (at least one). The
 * caller has set the first three fields, the rest is zero.
 */
void audit_run(struct audit *a);

/* From visit(): something holds frame n with one typed use, or, for FRAME_NONE,
 * with a general reference. */
void audit_hold(struct audit *a, uint64_t n, uint64_t type);
/* From visit(): the frame is the hypervisor's since boot. */
void audit_boot_frame(struct audit *a, uint64_t n);

/* Totals, after audit_run(): what the allocator, a domain and the memory map
 * say. */
void audit_check_free(struct audit *a, uint64_t kept);
void audit_check_domain(struct audit *a, domid_t id);
void audit_check_total(struct audit *a, uint64_t kept);

const char *audit_error_text(enum audit_error error);

#endif
