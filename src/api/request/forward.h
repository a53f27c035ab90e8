// The names of what handlers use, for those who only hand it on.
#pragma once

namespace quipu::base {
class ApiIds;
}
namespace quipu::engine {
class HistoryWalks;
class LedgerEngine;
class PastAccounts;
}  // namespace quipu::engine
namespace quipu::ingest {
class CloudEventDecoder;
}
namespace quipu::ledger {
struct ControlState;
}
namespace quipu::payments {
class PaymentIntents;
class SandboxProvider;
}  // namespace quipu::payments
namespace quipu::webhooks {
class WebhookSender;
}

namespace quipu::api {

class Commands;
class Directory;
class PaymentAnswers;

}  // namespace quipu::api
