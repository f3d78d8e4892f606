/*
 * lib/list.h - doubly linked lists through nodes inside the objects. Layer:
 * lib. Pure; the caller locks. An empty list's head points to itself.
 */
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/compiler.h"

struct list_node {
    struct list_node *next, *prev;
};

#define LIST_INIT(head)                                                        \
    {                                                                          \
        &(head), &(head)                                                       \
    }

static inline void list_init(struct list_node *head)
{
    head->next = head->prev = head;
}

static inline bool list_is_empty(const struct list_node *head)
{
    return head->next == head;
}

/* Before `at`: at the end of the list when `at` is its head. */
static inline void list_insert_before(struct list_node *at,
                                      struct list_node *node)
{
    node->next = at;
    node->prev = at->prev;
    at->prev->next = node;
    at->prev = node;
}

/* The node is a list of its own then, so removing it again does no harm. */
static inline void list_remove(struct list_node *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

#define list_entry(node, type, member) container_of(node, type, member)

#define list_for_each(node, head)                                              \
    for (struct list_node *node = (head)->next; node != (head);                \
         node = node->next)

#endif
