# third_party/third_party.mk - the decompression libraries, one object each:
# $(TP_OBJECTS), build/third_party/NAME.o. Each holds the functions of unpack.h
# and what they call, nothing else of the library; all of it in .init.text,
# .init.rodata and .init.data, so that it is given back after boot. The unit
# tests link the same objects.
#
# Uses CC, LD and OBJCOPY; runs third_party/fetch when a source is missing.

TP_BUILD ?= build/third_party
TP_NAMES := zlib bzip2 xz-utils lz4 libzstd
TP_OBJECTS := $(TP_NAMES:%=$(TP_BUILD)/%.o)

TP_CFLAGS := -std=gnu11 -Os -g -w -ffreestanding -nostdinc -fpie \
    -mcmodel=small -mno-red-zone -mgeneral-regs-only -fno-stack-protector \
    -fno-asynchronous-unwind-tables -fno-strict-aliasing \
    -ffunction-sections -fdata-sections \
    -include third_party/shim/hidden.h -Ithird_party/shim -I. \
    -isystem $(shell $(CC) -print-file-name=include)

# NAME_sources: files below src/; NAME_flags; NAME_roots: what unpack.h offers;
# NAME_dropped: undefined symbols that only dropped functions used.
zlib_sources := inflate.c inftrees.c inffast.c crc32.c \
    adler32.c
zlib_flags := -Ithird_party/zlib/src -DZ_SOLO -DZ_TESTW= -DHAVE_MEMCPY \
    -include third_party/shim/string.h -O2
zlib_roots := unpack_gzip

bzip2_sources := bzlib.c decompress.c huffman.c crctable.c randtable.c
bzip2_flags := -Ithird_party/bzip2/src -DBZ_NO_STDIO
bzip2_roots := unpack_bzip2
bzip2_dropped := BZ2_compressBlock

xz-utils_sources := $(addprefix src/liblzma/,check/check.c \
    check/crc32_small.c check/crc64_small.c common/alone_decoder.c \
    common/block_decoder.c common/block_header_decoder.c \
    common/block_util.c common/common.c common/filter_common.c \
    common/filter_decoder.c common/filter_flags_decoder.c \
    common/index_hash.c common/stream_decoder.c \
    common/stream_flags_common.c common/stream_flags_decoder.c \
    common/vli_decoder.c common/vli_size.c lz/lz_decoder.c \
    lzma/lzma2_decoder.c lzma/lzma_decoder.c simple/simple_coder.c \
    simple/simple_decoder.c simple/x86.c)
xz-utils_flags := -DHAVE_CONFIG_H -Ithird_party/xz-utils \
    -Ithird_party/xz-utils/src/src/common \
    $(patsubst %,-Ithird_party/xz-utils/src/src/liblzma/%,api common check \
    lz lzma rangecoder simple delta) -O2
xz-utils_roots := unpack_xz unpack_lzma

lz4_sources := lib/lz4.c
lz4_flags := -Ithird_party/lz4/src/lib -DLZ4_FREESTANDING=1 \
    -DLZ4_memcpy=__builtin_memcpy -DLZ4_memmove=__builtin_memmove \
    -DLZ4_memset=__builtin_memset -O2
lz4_roots := unpack_lz4_legacy

libzstd_sources := $(addprefix lib/,common/entropy_common.c \
    common/error_private.c common/fse_decompress.c common/xxhash.c \
    common/zstd_common.c decompress/huf_decompress.c \
    decompress/zstd_ddict.c decompress/zstd_decompress.c \
    decompress/zstd_decompress_block.c)
libzstd_flags := -Ithird_party/libzstd/src/lib -DZSTD_LEGACY_SUPPORT=0 \
    -DZSTD_LIB_DEPRECATED=0 -DZSTD_STRIP_ERROR_STRINGS -DZSTD_TRACE=0 \
    -DZSTD_NO_INTRINSICS -DZSTD_DISABLE_ASM -DDYNAMIC_BMI2=0 -DZSTD_NO_INLINE \
    -DHUF_FORCE_DECOMPRESS_X1 -DZSTD_FORCE_DECOMPRESS_SEQUENCES_SHORT \
    -DXXH_NO_XXH3 -DZSTD_HEAPMODE=1 -O2
libzstd_roots := unpack_zstd

# Every section that takes memory becomes one of boot time.
TP_SECTIONS := --rename-section .text=.init.text \
    --rename-section .rodata=.init.rodata --rename-section .data=.init.data \
    --rename-section .bss=.init.data,alloc,load,data,contents

TP_LINK_SCRIPT := third_party/merge.ld

# $(1) NAME
define tp_library
$(1)_parts := $$($(1)_sources:%.c=$$(TP_BUILD)/$(1)/%.o) \
    $$(TP_BUILD)/$(1)/unpack.o

$$(TP_BUILD)/$(1).fetched: third_party/$(1)/version third_party/$(1)/sha256 \
    $(if $(wildcard third_party/$(1)/src/.fetched),,tp_force)
	@mkdir -p $$(@D)
	third_party/fetch $(1)
	@touch $$@

$$(TP_BUILD)/$(1)/unpack.o: third_party/$(1)/unpack.c third_party/unpack.h
$$(TP_BUILD)/$(1)/%.o: $$(TP_BUILD)/$(1).fetched third_party/third_party.mk \
    third_party/shim/string.h third_party/shim/hidden.h
	@mkdir -p $$(@D)
	$$(CC) $$(TP_CFLAGS) $$($(1)_flags) -c -o $$@ \
	    $$(if $$(filter unpack,$$*),third_party/$(1)/unpack.c,third_party/$(1)/src/$$*.c)

$$(TP_BUILD)/$(1).o: $$($(1)_parts) $$(TP_LINK_SCRIPT)
	$$(LD) -r --gc-sections $$($(1)_roots:%=-u %) -T $$(TP_LINK_SCRIPT) \
	    -o $$@.tmp $$($(1)_parts)
	$$(OBJCOPY) $$(TP_SECTIONS) $$($(1)_roots:%=--keep-global-symbol=%) \
	    $$($(1)_dropped:%=--strip-unneeded-symbol=%) $$@.tmp $$@
	@rm -f $$@.tmp
endef
$(foreach name,$(TP_NAMES),$(eval $(call tp_library,$(name))))

.PHONY: third_party tp_force
third_party: $(TP_OBJECTS)
