// One record of every command.
#include <algorithm>
#include <type_traits>

#include "ledger/codec/example_value.h"
#include "ledger/codec/golden_values.h"

namespace quipu::ledger::golden {
namespace {

template <typename C>
bool holds(const Record& record) {
    return std::holds_alternative<C>(record.record.command);
}

}  // namespace

std::vector<Record> records() {
    std::vector<Record> all = records_by_hand();
    boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, AnyCommand>>(
        [&]<typename C>(std::type_identity<C>) {
            if (std::ranges::any_of(all, holds<C>)) return;
            C command{};
            ExampleValue().fill({}, command);
            all.push_back({std::string(C::kKind.name), record_of(std::move(command))});
        });
    return all;
}

}  // namespace quipu::ledger::golden
