/* third_party/shim/hidden.h - forced in: no access goes through a GOT. */
#pragma GCC visibility push(hidden)
