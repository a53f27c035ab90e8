#include "http/asio_loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace quipu::http {

namespace asio = boost::asio;

struct EngineLoop::Impl {
    using Tasks = std::vector<std::function<void()>>;

    // One thread works on descriptors, so the reactor needs no locks; posting still does.
    asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    asio::signal_set signals{context};
    std::function<void(int)> signalled;

    std::mutex posted_mutex;  // guards posted
    Tasks posted;
    Tasks running;  // the batch of posted tasks at work; kept for its capacity
    Tasks turn_end;
    std::unordered_map<TimerId, asio::steady_timer> timers;
    TimerId last_timer = 0;

    void run_posted() {
        {
            const std::lock_guard lock(posted_mutex);
            std::swap(posted, running);
        }
        for (auto& task : running) std::exchange(task, nullptr)();
        running.clear();
    }

    void run_turn_end() {
        Tasks tasks = std::exchange(turn_end, {});
        for (auto& task : tasks) task();
        tasks.clear();
        if (turn_end.empty()) turn_end = std::move(tasks);
    }

    void run_timer(TimerId id, const std::function<void()>& task) {
        if (timers.erase(id) == 1) task();
    }

    void await_signal() {
        signals.async_wait([this](const boost::system::error_code& error, int number) {
            if (error) return;
            signalled(number);
            await_signal();
        });
    }
};

EngineLoop::EngineLoop() : impl_(std::make_unique<Impl>()) {}
EngineLoop::~EngineLoop() = default;

void EngineLoop::run() {
    impl_->context.run();
}
void EngineLoop::stop() {
    impl_->context.stop();
}
asio::io_context& EngineLoop::context() {
    return impl_->context;
}

void EngineLoop::post(std::function<void()> task) {
    bool first = false;
    {
        const std::lock_guard lock(impl_->posted_mutex);
        first = impl_->posted.empty();
        impl_->posted.push_back(std::move(task));
    }
    if (first) asio::post(impl_->context, [impl = impl_.get()] { impl->run_posted(); });
}

// Asio's queue is first in, first out, so a handler queued now runs behind all that is ready now.
void EngineLoop::at_end_of_turn(std::function<void()> task) {
    impl_->turn_end.push_back(std::move(task));
    if (impl_->turn_end.size() == 1) {
        asio::post(impl_->context, [impl = impl_.get()] { impl->run_turn_end(); });
    }
}

EngineLoop::TimerId EngineLoop::run_at(std::chrono::steady_clock::time_point when,
                                       std::function<void()> task) {
    const TimerId id = ++impl_->last_timer;
    auto& timer = impl_->timers.emplace(id, impl_->context).first->second;
    timer.expires_at(when);
    timer.async_wait(
        [impl = impl_.get(), id, task = std::move(task)](const boost::system::error_code& error) {
            if (!error) impl->run_timer(id, task);
        });
    return id;
}

EngineLoop::TimerId EngineLoop::run_after(std::chrono::nanoseconds delay,
                                          std::function<void()> task) {
    return run_at(std::chrono::steady_clock::now() + delay, std::move(task));
}

void EngineLoop::cancel(TimerId timer) {
    impl_->timers.erase(timer);
}

void EngineLoop::on_signal(std::function<void(int)> task) {
    impl_->signalled = std::move(task);
    impl_->signals.add(SIGINT);
    impl_->signals.add(SIGTERM);
    impl_->await_signal();
}

}  // namespace quipu::http
