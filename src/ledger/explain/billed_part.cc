#include "ledger/explain/billed_part.h"

#include <algorithm>
#include <limits>

namespace quipu::ledger {
namespace {

constexpr std::size_t kNobody = std::numeric_limits<std::size_t>::max();

struct Owned {
    Stretch stretch;
    std::size_t owner = kNobody;
};

// The ledger up to the newest invoice so far, by who billed it.
class Ownership {
public:
    void issue(std::size_t owner, Offset position) {
        if (position > end_) {
            owned_.push_back({{end_, position}, kNobody});
            end_ = position;
        }
        for (Owned& each : owned_) {
            if (each.owner == kNobody) each.owner = owner;
        }
    }
    void give_back(std::size_t owner) {
        for (Owned& each : owned_) {
            if (each.owner == owner) each.owner = kNobody;
        }
    }
    [[nodiscard]] std::vector<Stretch> of(std::size_t owner) const {
        std::vector<Stretch> stretches;
        for (const Owned& each : owned_) {
            if (each.owner != owner) continue;
            if (!stretches.empty() && stretches.back().to == each.stretch.from) {
                stretches.back().to = each.stretch.to;
            } else {
                stretches.push_back(each.stretch);
            }
        }
        return stretches;
    }

private:
    std::vector<Owned> owned_;
    Offset end_ = 0;
};

}  // namespace

bool BilledPart::contains(Offset offset) const {
    return std::ranges::any_of(stretches, [&](const Stretch& stretch) {
        return stretch.from <= offset && offset < stretch.to;
    });
}

BilledPart billed_part(std::vector<EarlierBill> earlier, Offset issued) {
    Ownership ownership;
    std::vector<bool> given_back(earlier.size(), false);
    const auto give_back_until = [&](Offset position) {
        for (std::size_t i = 0; i < earlier.size(); ++i) {
            const std::optional<Offset>& voided = earlier[i].voided;
            if (given_back[i] || !voided || *voided > position) continue;
            ownership.give_back(i);
            given_back[i] = true;
        }
    };
    for (std::size_t i = 0; i < earlier.size(); ++i) {
        give_back_until(earlier[i].issued);
        ownership.issue(i, earlier[i].issued);
    }
    give_back_until(issued);
    const std::size_t own = earlier.size();
    ownership.issue(own, issued);

    BilledPart part;
    part.end = issued;
    part.stretches = ownership.of(own);
    for (std::size_t i = 0; i < earlier.size(); ++i) {
        if (given_back[i]) continue;
        part.quantity_before += earlier[i].quantity;
        part.amount_before_minor += earlier[i].amount_minor;
        part.earlier.push_back(std::move(earlier[i]));
    }
    return part;
}

}  // namespace quipu::ledger
