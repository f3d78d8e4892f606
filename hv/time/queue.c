/*
 * time/queue.c - a leftist heap of timers. Layer: time. Pure.
 * Source: Knuth, The Art of Computer Programming 3, 5.2.3; C. A. Crane 1972.
 */
#include "time/queue.h"

#include <stdbool.h>

static uint32_t rank_of(const struct timer_node *n)
{
    return n ? n->rank : 0;
}

/* Puts the branch of higher rank left; true if the node's rank changed. */
static bool node_adjust(struct timer_node *n)
{
    uint32_t before = n->rank;

    if (rank_of(n->left) < rank_of(n->right)) {
        struct timer_node *left = n->left;

        n->left = n->right;
        n->right = left;
    }
    n->rank = rank_of(n->right) + 1;
    return n->rank != before;
}

/* Merges two heaps down their right branches, then adjusts on the way up. */
static struct timer_node *merge(struct timer_node *a, struct timer_node *b)
{
    struct timer_node *root = NULL, *parent = NULL, **link = &root;

    while (a && b) {
        struct timer_node *next = a;

        if (b->expires_ns < a->expires_ns) {
            next = b;
            b = a;
        }
        a = next->right;
        *link = next;
        next->parent = parent;
        parent = next;
        link = &next->right;
    }
    *link = a ? a : b;
    if (*link)
        (*link)->parent = parent;
    for (; parent; parent = parent->parent)
        node_adjust(parent);
    return root;
}

void timer_queue_insert(struct timer_queue *q, struct timer_node *n)
{
    n->left = n->right = n->parent = NULL;
    n->rank = 1;
    q->first = merge(q->first, n);
}

void timer_queue_remove(struct timer_queue *q, struct timer_node *n)
{
    struct timer_node *parent = n->parent;
    struct timer_node *rest = merge(n->left, n->right);

    if (rest)
        rest->parent = parent;
    if (!parent)
        q->first = rest;
    else if (parent->left == n)
        parent->left = rest;
    else
        parent->right = rest;
    /* A rank that stays, stays for all above. */
    while (parent && node_adjust(parent))
        parent = parent->parent;
    n->left = n->right = n->parent = NULL;
}
