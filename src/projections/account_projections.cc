#include "projections/invoice_index.h"
#include "projections/projection.h"

namespace quipu::projections {

// Invoices are read while folding, so the fold owns theirs (invoice_history.h).
Projections account_projections() {
    Projections projections;
    projections.push_back(std::make_unique<InvoiceIndex>());
    return projections;
}

}  // namespace quipu::projections
