# Every indirect branch of the image becomes a call of one of the thunks in
# hv/cpu/spec_code.S, which boot takes out again where the CPU needs none
# (docs/security.md).
CODE += $(if $(findstring clang,$(CC)),-mretpoline-external-thunk, \
    -mindirect-branch=thunk-extern -mindirect-branch-register \
    -fjump-tables)
$(OBJECTS): hv/cpu/room.mk
