#include "http/http_exchange.h"

#include <utility>

namespace quipu::http {

HttpExchange* ExchangePool::take() {
    if (spare_.empty()) return new HttpExchange;
    HttpExchange* const exchange = spare_.back().release();
    spare_.pop_back();
    return exchange;
}

void ExchangePool::give_back(HttpExchange* exchange) {
    std::unique_ptr<HttpExchange> owned(exchange);
    if (spare_.size() == kMaxSpare) return;
    HttpExchange fresh;
    fresh.head = std::move(owned->head);
    fresh.body = std::move(owned->body);
    fresh.fields = std::move(owned->fields);
    fresh.head.clear();
    fresh.body.clear();
    fresh.fields.clear();
    if (fresh.body.capacity() > kMaxSpareBody) fresh.body = std::string();
    *owned = std::move(fresh);
    spare_.push_back(std::move(owned));
}

}  // namespace quipu::http
