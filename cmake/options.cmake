# What every target of ours is compiled with.
add_library(quipu_options INTERFACE)
target_include_directories(quipu_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(quipu_options INTERFACE -Wall -Wextra -Wpedantic -Wno-missing-field-initializers)
# Clang means other things by these names; CI builds with GCC.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(quipu_options INTERFACE -Wconversion -Wsign-conversion -Wshadow)
endif()
if(QUIPU_WERROR)
    target_compile_options(quipu_options INTERFACE -Werror)
endif()
if(QUIPU_SANITIZE)
    # A report of UBSan alone would let the test pass.
    target_compile_options(quipu_options INTERFACE -fsanitize=${QUIPU_SANITIZE} -fno-sanitize-recover=all
                           -fno-omit-frame-pointer)
    target_link_options(quipu_options INTERFACE -fsanitize=${QUIPU_SANITIZE})
endif()

find_program(QUIPU_CCACHE ccache)
if(QUIPU_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${QUIPU_CCACHE})
endif()
find_program(QUIPU_MOLD mold)
if(QUIPU_MOLD)
    target_link_options(quipu_options INTERFACE -fuse-ld=mold)
endif()
