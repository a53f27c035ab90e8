// Several calls answered together: one result each, in the order they were sent.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "api/request/call.h"

namespace quipu::api {

inline constexpr std::size_t kMaxBatch = 1000;

// Shared by the callbacks of its calls. The last result answers the request.
class ApiBatch {
public:
    ApiBatch(Responder respond, std::size_t size);  // size > 0

    void finish(std::size_t index, http::HttpResponse response);

private:
    void answer();

    Responder respond_;
    std::vector<http::HttpResponse> results_;
    std::size_t left_;
};

}  // namespace quipu::api
