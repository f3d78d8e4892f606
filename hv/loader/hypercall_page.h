/*
 * loader/hypercall_page.h - the stubs that older kernels call. Layer: loader.
 */
#ifndef LOADER_HYPERCALL_PAGE_H
#define LOADER_HYPERCALL_PAGE_H

/* Fills a page: 32 bytes for each number. */
void hypercall_page_fill(void *page);

#endif
