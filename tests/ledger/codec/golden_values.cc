#include "ledger/codec/golden_values.h"

namespace quipu::ledger::golden {
namespace {

using base::Instant;
using base::Quantity;
using base::UnitPrice;

constexpr Instant kNow{1'793'491'200'123'456};
constexpr base::Period kMonth{{1'793'491'200'000'000}, {1'796'083'200'000'000}};

Quantity quantity(const char* text) {
    return *Quantity::parse(text);
}
UnitPrice price(const char* text) {
    return *UnitPrice::parse(text);
}

base::Sha256Digest counting_bytes() {
    base::Sha256Digest bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 8 + 1);
    return bytes;
}

Genesis genesis() {
    return {.partitions = 8,
            .hash_key = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255},
            .rules_version = 1};
}

CommandRecord record(Command command) {
    return record_of(std::move(command));
}

}  // namespace

CommandRecord record_of(Command command) {
    return {.id = "evt_1",
            .organisation = "org_1",
            .customer = "cus_1",
            .occurred_at = kNow,
            .origin = {.node = 0x0123456789abcdef, .sequence = 42},
            .routed = true,
            .command = std::move(command)};
}

namespace {

Plan plan() {
    const rating::RateCard tiers{
        .usage_model = rating::UsageModel::UsageBased,
        .rating_model = rating::RatingModel::Graduated,
        .tiers = {{.up_to = quantity("1000"), .unit_price = price("0.5")},
                  {.unit_price = price("0.000000000001"), .flat_fee = price("100")}}};
    const rating::RateCard package{.usage_model = rating::UsageModel::Included,
                                   .rating_model = rating::RatingModel::Package,
                                   .included = quantity("0"),
                                   .price_per_unit = price("2"),
                                   .overage_price = price("3.25"),
                                   .billing_units = quantity("100")};
    return {.slug = "pro",
            .name = "Pro",
            .description = "",
            .price_minor = 4900,
            .currency = "USD",
            .interval = Interval::Monthly,
            .billing_type = BillingType::Recurring,
            .group = "main",
            .trial_days = 14,
            .auto_enable = true,
            .is_addon = true,
            .active = true,
            .provider = "manual",
            .metadata_json = R"({"tier":2})",
            .created_at = kNow,
            .features = {{.feature = "api-calls",
                          .card = tiers,
                          .trial_limit = quantity("0"),
                          .reset = Interval::Daily,
                          .alignment = Alignment::Calendar,
                          .overage = OverageMode::Charge,
                          .max_overage_units = quantity("0"),
                          .credit_cost = quantity("0.25"),
                          .removed_in_version = 7},
                         {.feature = "seats", .enabled = false, .card = package}}};
}

}  // namespace

Catalog catalog() {
    return {
        .version = 3,
        .features = {{"api-calls", "API calls", FeatureType::Metered, MeterType::Consumable},
                     {"seats", "Séats", FeatureType::Metered, MeterType::NonConsumable},
                     {"sso", "SSO", FeatureType::Boolean, MeterType::Consumable},
                     {"region", "Region", FeatureType::Static, MeterType::Consumable}},
        .credit_systems = {{"credits", "Credits", std::nullopt, {{"api-calls", quantity("2")}}}},
        .credit_packs = {{.slug = "pack-100",
                          .name = "100 credits",
                          .credits = quantity("100"),
                          .price_minor = 1000,
                          .currency = "EUR",
                          .credit_system = "credits",
                          .created_at = kNow,
                          .updated_at = kNow}},
        .plans = {plan()}};
}

BillingSettings settings() {
    return {7, "sandbox", false, true, 5000, true, 24, {1, 2}, 48};
}

namespace {

PaymentMethod method() {
    return {"pm_1",
            "sandbox",
            PaymentMethodType::Card,
            "visa",
            "4242",
            12,
            2030,
            true,
            true,
            base::Instant{1'750'000'000'000'000}};
}

}  // namespace

std::vector<Record> records_by_hand() {
    return {
        {"genesis", {.command = genesis()}},
        {"tick", {.command = Tick{}}},
        {"publish_catalog", {.organisation = "org_1", .command = PublishCatalog{catalog()}}},
        {"open_account", record(OpenAccount{"cus_1", "acme", "a@example.com", true})},
        {"track", record(Track{"api-calls", quantity("1.75"), "seat-1", R"({"a":1.0})", true})},
        {"track_least", {.id = "1", .command = Track{.feature = "f"}}},
        {"track_most", {.id = "1", .command = Track{.feature = "f", .value = base::kMaxQuantity}}},
        {"attach", record(Attach{"pro", "{}"})},
        {"cancel", record(Cancel{"pro", true})},
        {"uncancel", record(Uncancel{"pro"})},
        {"purchase_addon", record(PurchaseAddon{"pack-100", 2})},
        {"add_entity", record(AddEntity{"seats", "seat-1", "Ann", "", "{}"})},
        {"add_entity_least", record(AddEntity{"seats", "seat-1", std::nullopt, std::nullopt, ""})},
        {"remove_entity", record(RemoveEntity{"seats", "seat-1"})},
        {"set_feature_config",
         record(SetFeatureConfig{{"api-calls", OverageMode::Charge, quantity("0")}})},
        {"set_feature_config_clear", record(SetFeatureConfig{{.feature = "api-calls"}})},
        {"set_overage_limit", record(SetOverageLimit{OverageLimit{0, LimitReaction::Notify}})},
        {"set_overage_limit_clear", record(SetOverageLimit{})},
        {"generate_invoice", record(GenerateInvoice{})},
        {"create_organisation", record(CreateOrganisation{"org_1", "Example"})},
        {"create_key", record(CreateKey{"key_1", "live", "x9z1", counting_bytes()})},
        {"revoke_key", record(RevokeKey{"key_1"})},
        {"upsert_customer",
         record(UpsertCustomer{"cus_1", "acme", "a@example.com", "Äcme", "{}", true, true})},
        {"upsert_customer_least", record(UpsertCustomer{.candidate = "cus_1"})},
        {"publish_payload", record(PublishPayload{catalog()})},
        {"publish_settings", record(PublishSettings{settings()})},
        {"activate_subscription",
         record(ActivateSubscription{"sub_1_1", "https://example.com/back"})},
        {"set_up_payment_method", record(SetUpPaymentMethod{"https://example.com/back"})},
        {"remove_payment_method", record(RemovePaymentMethod{"pm_1"})},
        {"pay_invoice", record(PayInvoice{"inv_1_1", "https://example.com/back"})},
        {"mark_invoice_paid", record(MarkInvoicePaid{"inv_1_1", "wire 17"})},
        {"void_invoice", record(VoidInvoice{"inv_1_1", "made by mistake"})},
        {"record_payment",
         record(RecordPayment{"pi_1_1", PaymentResult::Failed, 1999, "USD", "ch_1", method(),
                              "card_declined", "The card was declined.", true})},
        {"record_payment_least", record(RecordPayment{.intent = "pi_1_1"})},
        {"record_refund", record(RecordRefund{"pi_1_1", 500, "USD", "re_1"})},
        {"grant_override", record(GrantOverride{{"api",
                                                 quantity("50000"),
                                                 Interval::Yearly,
                                                 base::Instant{1'800'000'000'000'000},
                                                 "a favour",
                                                 {}}})},
        {"grant_override_least", record(GrantOverride{{.feature = "api"}})},
        {"revoke_override", record(RevokeOverride{"api"})},
        {"correct_usage", record(CorrectUsage{"api", "seat-1", quantity("0.5"), "counted twice"})},
        {"reserve", record(Reserve{"api", "seat-1", quantity("2.5"), 900'000'000})},
        {"confirm_reservation",
         record(ConfirmReservation{"job-17", quantity("1.25"), R"({"model":"large"})"})},
        {"confirm_reservation_least", record(ConfirmReservation{"job-17", {}, {}})},
        {"release_reservation", record(ReleaseReservation{"job-17"})},
        {"set_default_provider", record(SetDefaultProvider{"sandbox"})},
        {"update_settings", record(UpdateSettings{{"sandbox", false, true, 5000, true, 24,
                                                   std::vector<std::uint32_t>{1, 2}, 48}})},
        {"update_settings_least", record(UpdateSettings{})},
        {"attach_callback", record(Attach{"pro", "{}", "https://example.com/back"})},
        {"create_webhook_endpoint",
         record(CreateWebhookEndpoint{
             "we_1", "https://example.com/hooks", "billing", "whsec_AAEC", {"invoice.paid"}})},
        {"update_webhook_endpoint",
         record(UpdateWebhookEndpoint{"we_1", "https://example.com/", "",
                                      std::vector<std::string>{}, false})},
        {"update_webhook_endpoint_least", record(UpdateWebhookEndpoint{.endpoint = "we_1"})},
        {"delete_webhook_endpoint", record(DeleteWebhookEndpoint{"we_1"})},
        {"disable_webhook_endpoint", record(DisableWebhookEndpoint{"we_1", "gone"})},
        {"rotate_webhook_secret", record(RotateWebhookSecret{"we_1", "whsec_AwQF"})},
    };
}

Invoice invoice() {
    const rating::TierStep step{.tier = 1,
                                .units = quantity("12.5"),
                                .unit_price = price("0.5"),
                                .flat_fee = price("0"),
                                .amount = *base::Amount::parse("6.250000000000000000001")};
    return {.id = "inv_1",
            .number = "INV-0001",
            .sequence = 1,
            .organisation = "org_1",
            .customer = "cus_1",
            .subscription = 2,
            .subscription_id = "sub_2",
            .status = InvoiceStatus::Open,
            .trigger = InvoiceTrigger::PeriodEnd,
            .currency = "USD",
            .total_minor = -4,
            .lines = {{.kind = LineKind::Usage,
                       .feature = "api-calls",
                       .name = "API calls",
                       .description = "over the allowance",
                       .quantity = quantity("12.5"),
                       .unit_price_minor = 1,
                       .amount_minor = 6,
                       .period = kMonth,
                       .subscription = 2,
                       .plan = "pro",
                       .entity = "seat-1",
                       .correction = true,
                       .rating_model = "graduated",
                       .steps = {step},
                       .billed_before_minor = 1},
                      {.kind = LineKind::Proration, .amount_minor = -10}},
            .issued_at = kNow,
            .due_at = kNow,
            .period = kMonth};
}

Invoice settled_invoice() {
    Invoice settled = invoice();
    settled.status = InvoiceStatus::Void;
    settled.settled_at = kNow;
    settled.payment = "wire 17";
    settled.issued_position = 41;
    settled.settled_position = 1'000'000'000'000;
    return settled;
}

Account account() {
    Account account;
    account.organisation = "org_1";
    account.id = "cus_1";
    account.external_id = "acme";
    account.email = "a@example.com";
    account.created_at = kNow;
    account.subscriptions = {{.seq = 1,
                              .id = "sub_1",
                              .plan = "pro",
                              .catalog_version = 3,
                              .status = SubscriptionStatus::PendingCancel,
                              .is_addon = true,
                              .created_at = kNow,
                              .anchor = kNow,
                              .period = kMonth,
                              .cancel_at = kMonth.end,
                              .scheduled_plan = "free",
                              .scheduled_version = 2,
                              .ended_at = std::nullopt}};
    account.feature_configs = {{"api-calls", OverageMode::Block, quantity("5")}};
    account.overage_limit = OverageLimit{10'000, LimitReaction::Block};
    account.invoiced_charges[base::Currency("EUR")][kMonth.end] = -1;
    account.invoiced_charges[base::Currency("USD")][kMonth.end] = 250;
    account.trialed_plans = {"pro"};
    account.next_invoice = 2;
    account.next_grant = 3;
    account.next_due = kMonth.end;
    return account;
}

MeterWindow window() {
    return {.period = kMonth,
            .allowance_used = quantity("1000"),
            .credit_used = quantity("0.5"),
            .overage = quantity("12.5"),
            .pooled_overage = quantity("20"),
            .charge_minor = 6,
            .invoiced_minor = 1,
            .notified = kNotified80,
            .notified_limit = quantity("1000")};
}

CreditGrant grant() {
    return {.seq = 1,
            .system = "credits",
            .source = "pack-100",
            .granted = quantity("100"),
            .remaining = quantity("99.999999999"),
            .priority = -1,
            .expires_at = kMonth.end,
            .created_at = kNow};
}

Entity entity() {
    return {.name = "Ann",
            .email = std::nullopt,
            .metadata_json = "{}",
            .created_at = kNow,
            .remove_at = kMonth.end};
}

Customer customer() {
    return {.id = "cus_1",
            .organisation = "org_1",
            .external_id = "acme",
            .email = "a@example.com",
            .name = "Äcme",
            .metadata_json = "{}",
            .home_key = "acme",
            .created_at = kNow,
            .updated_at = kMonth.end};
}

Organisation organisation() {
    return {.id = "org_1", .name = "Example", .created_at = kNow};
}

ApiKey key() {
    return {.id = "key_1",
            .organisation = "org_1",
            .name = "live",
            .hint = "x9z1",
            .secret_sha256 = counting_bytes(),
            .created_at = kNow,
            .revoked_at = kMonth.end};
}

WebhookEndpoint webhook_endpoint() {
    return {.id = "we_1",
            .organisation = "org_1",
            .url = "https://example.com/hooks",
            .description = "billing",
            .secret = "whsec_AwQF",
            .previous_secret = "whsec_AAEC",
            .types = {"invoice.paid", "customer.created"},
            .enabled = false,
            .disabled_reason = "gone",
            .created_at = kNow,
            .updated_at = kMonth.end,
            .rotated_at = kMonth.start};
}

Notification notification() {
    return {.id = "ntf_1",
            .organisation = "org_1",
            .customer = "cus_1",
            .type = "invoice.paid",
            .at = kNow,
            .facts = {{"invoice", "inv_1"},
                      {"total", std::int64_t{-4}},
                      {"trial", false},
                      {"usage", quantity("12.5")},
                      {"paidAt", kMonth.end}}};
}

std::vector<Entry> entries() {
    const UsageAnswer full{.code = Code::AddonCreditsUsed,
                           .feature = "api-calls",
                           .metered = true,
                           .usage = quantity("4711"),
                           .limit = quantity("10000"),
                           .balance = quantity("5289"),
                           .window_start = kMonth.start,
                           .resets_at = kMonth.end,
                           .reset = Interval::Monthly,
                           .plan = "pro",
                           .catalog_version = 3,
                           .overage_units = quantity("1"),
                           .addon_used = quantity("2"),
                           .credits = CreditsView{"credits", quantity("2"), quantity("98"),
                                                  quantity("0"), quantity("5"), kMonth.end},
                           .terms_feature = "credits",
                           .trial_ends_at = kMonth.end,
                           .refused = {Refusal::OverageUnitsCap, quantity("1"), quantity("2")},
                           .message = "why"};
    const std::vector<Posting> postings{{.bucket = Bucket::Allowance,
                                         .meter = {1, "api-calls", "seat-1"},
                                         .window = kMonth,
                                         .units = quantity("2.5"),
                                         .amount = quantity("2.5")},
                                        {.bucket = Bucket::Credit,
                                         .meter = {1, "credits", ""},
                                         .window = {kMonth.start, kNow},
                                         .grant = 1,
                                         .units = quantity("1"),
                                         .amount = quantity("2")},
                                        {.bucket = Bucket::Overage,
                                         .meter = {1, "api-calls", "seat-1"},
                                         .window = kMonth,
                                         .units = quantity("1"),
                                         .amount = quantity("1"),
                                         .charge_minor = 6,
                                         .currency = "USD"}};
    const Changes changes{{"a"}, {"b"}, {"c"}};
    std::vector<Outcome> outcomes{
        full,
        Done{"key_1"},
        AttachAnswer{AttachType::Downgrade, "sub_1", "later", kMonth.end, kMonth.end, "inv_1"},
        AddonAnswer{"pack-100", "100 credits", "credits", 2, quantity("200"), quantity("250"), ""},
        EntityAnswer{"seats", "seat-1", 3, quantity("5"), true, kMonth.end},
        EntityRefused{"seats", 5, quantity("5")},
        InvoiceAnswer{{"inv_1", "inv_2"}},
        CustomerAnswer{"cus_1", true},
        SyncAnswer{{changes, changes, {}, changes, {"warning"}}, 3},
        Rejection{Code::PlanNotFound, "There is no such plan."},
        PaymentAnswer{"pi_1_1", "sub_1_1", "inv_1_1", "The payment is recorded."}};
    std::vector<Entry> entries;
    for (Outcome& outcome : outcomes) {
        entries.push_back({.offset = 7,
                           .id = "evt_1",
                           .content = 0x0123456789abcdef,
                           .kind = 16,
                           .recorded_at = kNow,
                           .occurred_at = kMonth.start,
                           .outcome = std::move(outcome),
                           .value = quantity("2.5"),
                           .entity = "seat-1",
                           .metadata_json = "{}"});
    }
    entries.front().postings = postings;
    return entries;
}

}  // namespace quipu::ledger::golden
