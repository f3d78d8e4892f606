# pvcc.cmake - cmake --toolchain PREFIX/lib/paravane/pvcc.cmake: programs for the
# Unix layer, with libraries and headers of its own or of what -D
# CMAKE_FIND_ROOT_PATH names besides, and not of this machine.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
find_program(PVCC pvcc REQUIRED NO_CMAKE_FIND_ROOT_PATH
    HINTS "${CMAKE_CURRENT_LIST_DIR}/../../bin" "${CMAKE_CURRENT_LIST_DIR}")
set(CMAKE_C_COMPILER "${PVCC}")
list(APPEND CMAKE_FIND_ROOT_PATH "${CMAKE_CURRENT_LIST_DIR}/sysroot"
    "${CMAKE_CURRENT_LIST_DIR}/../build/uk/sysroot")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(BUILD_SHARED_LIBS OFF CACHE BOOL "there are no shared objects here")
