# Precompiled headers: most of a compilation is reading the same headers again.
#
# They only save time. Every file still includes what it uses; QUIPU_PCH=OFF shows where one does
# not (`scripts/headers`). GCC takes a precompiled header only where the flags are the same, and
# the macros that it has read; -Winvalid-pch says when it does not.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    set(QUIPU_PCH OFF)
endif()
if(NOT QUIPU_PCH)
    set(CMAKE_DISABLE_PRECOMPILE_HEADERS ON)
endif()
# Headers of ours in here keep their warnings.
set(CMAKE_PCH_PROLOGUE "")
if(QUIPU_PCH)
    # GCC 12 sees copies of std::string beyond their end where <string> was precompiled.
    target_compile_options(quipu_options INTERFACE -Wno-array-bounds -Wno-restrict
                           -Wno-stringop-overflow)
    # A precompiled header fills the compiler's heap to where it starts to collect garbage, in KiB.
    target_compile_options(quipu_options INTERFACE --param=ggc-min-heapsize=400000)
    # For ccache: what it hashes names the precompiled header instead of holding all of its text.
    target_compile_options(quipu_options INTERFACE -fpch-preprocess)
endif()

# CLI11 stays out: its global objects are code in every file that takes such a header, 3 seconds each.

# What nearly every file of ours reads.
set(quipu_std_headers
    <algorithm> <array> <atomic> <charconv> <chrono> <compare> <condition_variable> <cstdint>
    <cstdio> <cstdlib> <cstring> <deque> <filesystem> <functional> <iterator> <limits> <map>
    <memory> <mutex> <optional> <set> <span> <string> <string_view> <thread> <tuple> <type_traits>
    <unordered_map> <utility> <variant> <vector>
    <boost/describe.hpp> <boost/mp11/algorithm.hpp> <fmt/format.h> <tl/expected.hpp>)

# quipu_precompiled(name LIBS... HEADERS...): a precompiled header for targets to reuse. LIBS are
# those whose macros the headers read.
function(quipu_precompiled name)
    cmake_parse_arguments(ARG "" "" "LIBS;HEADERS" ${ARGN})
    add_library(${name} OBJECT EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/cmake/precompiled.cc)
    target_link_libraries(${name} PRIVATE quipu_options fmt::fmt tl::expected ${ARG_LIBS})
    target_precompile_headers(${name} PRIVATE ${quipu_std_headers} ${ARG_HEADERS})
endfunction()

# quipu_reuse_precompiled(name FOLDER...): every target of these folders and below that has no
# precompiled header of its own uses this one.
function(quipu_reuse_precompiled name)
    foreach(folder ${ARGN})
        get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
        foreach(target ${targets})
            get_target_property(type ${target} TYPE)
            get_target_property(own ${target} PRECOMPILE_HEADERS)
            get_target_property(reused ${target} PRECOMPILE_HEADERS_REUSE_FROM)
            if(type MATCHES "EXECUTABLE|STATIC_LIBRARY" AND NOT own AND NOT reused)
                target_precompile_headers(${target} REUSE_FROM ${name})
            endif()
        endforeach()
        get_property(below DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
        if(below)
            quipu_reuse_precompiled(${name} ${below})
        endif()
    endforeach()
endfunction()
