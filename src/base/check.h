// A defect in our own code stops the process, in release builds too.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace quipu::base {

[[noreturn]] inline void check_failed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "CHECK failed: %s (%s:%d)\n", expression, file, line);
    std::abort();
}

}  // namespace quipu::base

// For what can only be false through a defect; never for input or for the world.
#define QUIPU_CHECK(expression)                                           \
    do {                                                                  \
        if (!(expression)) [[unlikely]]                                   \
            ::quipu::base::check_failed(#expression, __FILE__, __LINE__); \
    } while (false)
