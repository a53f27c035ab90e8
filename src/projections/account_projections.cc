#include "projections/projection.h"

namespace quipu::projections {

// Invoices are read while folding, so the fold owns theirs (invoice_history.h).
Projections account_projections() {
    return {};
}

}  // namespace quipu::projections
