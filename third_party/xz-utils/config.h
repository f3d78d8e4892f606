/*
 * third_party/xz-utils/config.h - what liblzma's configure would have found:
 * decoders of xz and lzma with the filters that Linux's build uses, no
 * threads, tables made at run time.
 */
#define HAVE_INTTYPES_H         1
#define HAVE_LIMITS_H           1
#define HAVE_STDBOOL_H          1
#define HAVE_STDINT_H           1
#define HAVE_STRING_H           1
#define HAVE__BOOL              1
#define HAVE_VISIBILITY         0
#define HAVE_SMALL              1
#define HAVE_CHECK_CRC32        1
#define HAVE_CHECK_CRC64        1
#define HAVE_DECODERS           1
#define HAVE_DECODER_LZMA1      1
#define HAVE_DECODER_LZMA2      1
#define HAVE_DECODER_X86        1
#define HAVE_LZIP_DECODER       0
#define SIZEOF_SIZE_T           8
#define TUKLIB_SYMBOL_PREFIX    lzma_
#define TUKLIB_FAST_UNALIGNED_ACCESS 1
#define PACKAGE_NAME            "XZ Utils"
#define PACKAGE_BUGREPORT       ""
#define PACKAGE_URL             ""
