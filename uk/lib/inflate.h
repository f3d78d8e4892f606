/*
 * inflate.h - unpacks what gzip packed. Layer: lib. Pure. Source: RFC 1951,
 * RFC 1952.
 */
#ifndef UK_LIB_INFLATE_H
#define UK_LIB_INFLATE_H

#include "lib/types.h"

enum { GZIP_BROKEN = -1, GZIP_TOO_LONG = -2, GZIP_WRONG_SUM = -3 };

bool gzip_is(const void *data, size_t size);

/* What it says that its contents' size is, if it is not cut off. */
size_t gzip_size(const void *data, size_t size);

/* Room for it to work with, and where in `data` it stopped. */
struct inflate;
size_t gzip_work_bytes(void);
size_t gzip_stopped_at(const struct inflate *work);

/*
 * Writes at most `room` bytes; gives their number, or GZIP_*. Of several files
 * in a row the first is unpacked.
 */
long gzip_unpack(struct inflate *work, const void *data, size_t size, void *to,
                 size_t room);

#endif
