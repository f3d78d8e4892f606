/* third_party/shim/ctype.h - included by bzip2, not used. */
