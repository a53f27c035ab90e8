"""The shapes that requests and answers share. Answers may grow fields: ignore what you do not know."""

from words import (
    boolean, described, either, instant, integer, listing, mapping, millis, minor, number, one_of, or_null, price,
    record, ref, text,
)  # fmt: skip

QUANTITY = "A quantity, exact, up to 9 decimals."
INTERVALS = (
    "5min", "15min", "30min", "hourly", "daily", "weekly", "monthly", "quarterly", "semi_annual", "yearly", "none", "never",
    "hour", "day", "week", "month", "quarter", "biannually", "year", "annually",
)  # fmt: skip

SUCCESS = {"success": boolean(const=True)}
POSITION = {
    "topic": one_of("control", "events"),
    "partition": integer(),
    "offset": integer(),
}
# What every write answers with beside its own fields.
RECEIPT = {
    "eventId": text("The id under which this request counts once."),
    "duplicate?": boolean("True: this is the answer of an earlier request with this id."),
    "position": ref("Position"),
}
CUSTOMER_IDS = {"customerId": text("`cus_…`"), "customer_id": text("The same.")}


def read(fields: dict) -> dict:
    return record({**SUCCESS, **fields})


def written(fields: dict, about: str = "") -> dict:
    return record({**SUCCESS, **fields, **RECEIPT}, about)


ERROR = record(
    {
        "success": boolean(const=False),
        "code": text("Stable, snake_case."),
        "error": text("A sentence."),
        "message": text("The same sentence."),
    },
    "Every refusal has this shape; some say more.",
)

TIER = record({"upTo": or_null(number("Null in the last tier: no end.")), "unitPrice?": price(), "flatFee?": price()})

NUMBERS = {
    "usage": or_null(number("What was used in the window, overage included. " + QUANTITY)),
    "limit": or_null(number("Null: unlimited, or not metered.")),
    "balance": or_null(number("What is left of the limit, never below 0; null: unlimited.")),
    "overageUnits?": number("Used beyond the limit."),
    "resetsAt": or_null(instant("The window's exact end.")),
    "resetInterval": or_null(text()),
    "windowStart?": instant(),
    "credits": or_null(ref("Credits")),
}

CREDITS = record(
    {
        "source": one_of("credit_system", "prepaid"),
        "systemSlug?": text(),
        "costPerUnit?": number("Credits that one unit costs."),
        "addonBalance": or_null(number("Credits of purchased packs.")),
        "plan": record(
            {
                "used": number(),
                "limit": or_null(number()),
                "balance": or_null(number()),
                "resetsAt": or_null(instant()),
            }
        ),
    }
)

DETAILS = record(
    {
        "message": text("Why, as a sentence."),
        "planName?": text(),
        "trial?": boolean(),
        "trialEndsAt?": instant(),
        "creditSystem?": text(),
        "creditCostPerUnit?": number(),
        "pricing?": record(
            {
                "usageModel": one_of("included", "usage_based", "prepaid"),
                "ratingModel": one_of("package", "graduated", "volume"),
                "pricePerUnit?": price(),
                "billingUnits?": number(),
                "currentTier?": record(
                    {
                        "index": integer(),
                        "startsAt": number(),
                        "endsAt": or_null(number()),
                        "unitPrice": price(),
                        "flatFee?": price(),
                    }
                ),
            }
        ),
        "overage?": record(
            {
                "type": text(const="charge"),
                "willBeBilled": boolean(),
                "pricePerUnit?": price(),
                "billingUnits?": number(),
            }
        ),
        "addonCreditsUsed?": number(),
        "addonCreditsRemaining?": number(),
    }
)

USAGE = {
    "allowed": boolean(),
    "code": text(
        "`access_granted`, `tracked`, `overage_allowed`, `tracked_overage`, `addon_credits_used`, `limit_exceeded`, "
        "`feature_not_in_plan`, `no_active_subscription`, `customer_not_found`, `feature_not_found` …"
    ),
    "error?": text(),
    "message?": text(),
    **NUMBERS,
    "details": ref("UsageDetails"),
}
MAYBE_RECEIPT = {"eventId?": RECEIPT["eventId"], "duplicate?": RECEIPT["duplicate?"], "position?": RECEIPT["position"]}
CHECK = record({**USAGE, **MAYBE_RECEIPT}, "With `sendEvent` the receipt is there too.")
PAST_CHECK = record({**USAGE, "asOf?": instant("Of a request with `at`: that instant, to the millisecond.")})
TRACK = record({"success": boolean("Whether it counts."), **USAGE, **MAYBE_RECEIPT})

CUSTOMER_DATA = record({"email": text(format="email"), "name?": text(), "metadata?": mapping()})
METADATA = mapping("Kept as it is sent.")
WHO = text("Our id, your own id, or an e-mail address.")
EVENT_IDS = {
    "id?": text("The request's idempotency key, unless the header is sent. At most 256 bytes."),
    "eventId?": text("The same."),
    "transactionId?": text("The same."),
}
USAGE_BODY = {
    "customer": WHO,
    "feature": text(),
    "value?": number("1 unless sent. " + QUANTITY, minimum=0),
    "entity?": text("A seat, workspace or the like that was added to the customer: its own window."),
    "customerData?": ref("CustomerData"),
    "metadata?": METADATA,
    "timestamp?": either(instant(), millis("When it happened.")),
    "occurredAt?": either(instant(), millis("The same.")),
    **EVENT_IDS,
}
CHECK_BODY = record({**USAGE_BODY, "sendEvent?": boolean("Records the usage when it is allowed.")})
TRACK_BODY = record(USAGE_BODY)

SUBSCRIPTION = record(
    {
        "id": text("`sub_…`"),
        "plan": text(),
        "status": one_of(
            "active", "trialing", "pending", "pending_cancel", "past_due", "canceled", "expired", "refunded"
        ),
        "isAddon": boolean(),
        "currentPeriodStart": instant(),
        "currentPeriodEnd": or_null(instant("Null: it has no end.")),
        "cancelAt": or_null(instant()),
        "scheduledPlan": or_null(text()),
        "endedAt": or_null(instant()),
        "createdAt": instant(),
    }
)
FEATURE_CONFIG = {
    "feature": text(),
    "overage": or_null(one_of("block", "charge")),
    "maxOverageUnits": or_null(number()),
}
CUSTOMER = {
    "id": text("`cus_…`"),
    "externalId": or_null(text("Your own id.")),
    "email": or_null(text()),
    "name": or_null(text()),
    "metadata": or_null(mapping()),
    "createdAt": instant(),
    "updatedAt": instant(),
    "billing": record(
        {
            "overageLimit": or_null(
                record({"maxOverageAmount": minor(), "onLimitReached": one_of("block", "notify")})
            ),
            "featureConfigs": listing(record(FEATURE_CONFIG)),
            "overageBlock": or_null(
                record({"reason": text(), "invoiceId": text(), "since": instant()}, "Overage is refused until it is paid.")
            ),
        }
    ),
    "subscriptions": listing(ref("Subscription")),
}

ENTITY = record(
    {
        "id": text(),
        "featureId": text(),
        "name": or_null(text()),
        "email": or_null(text()),
        "metadata": or_null(mapping()),
        "status": one_of("active", "pending_removal"),
        "createdAt": instant(),
        "removeAt?": instant(),
    }
)

LINE = record(
    {
        "id": text(),
        "invoiceId": text(),
        "kind": one_of("plan_fee", "usage", "credit_pack", "proration"),
        "featureId": text(),
        "featureSlug": text(),
        "featureName": text(),
        "description": text(),
        "quantity": number(),
        "unitPrice": minor(),
        "amount": minor(),
        "periodStart": millis(),
        "periodEnd": millis(),
        "planId?": text(),
        "entity?": text(),
        "correction?": boolean("It bills usage of a period that was closed before."),
        "ratingModel?": text(),
        "tierBreakdown?": ref("TierBreakdown"),
        "billedBefore?": minor("What earlier invoices of this window billed."),
        "metadata": {"type": "null"},
        "createdAt": millis(),
    }
)
TIER_BREAKDOWN = listing(
    record({"tier": integer(), "units": number(), "unitPrice": price(), "flatFee?": price(), "amount": price()})
)
INVOICE = record(
    {
        "id": text("`inv_…`"),
        "invoiceId": text("The same."),
        "number": text("Per customer, without gaps."),
        "organizationId": text(),
        **CUSTOMER_IDS,
        "subscriptionId": or_null(text()),
        "status": one_of("open", "paid", "void"),
        "trigger": one_of("subscription", "period_end", "manual", "purchase", "threshold"),
        "idempotencyKey": text(),
        "currency": text(),
        "description": {"type": "null"},
        "subtotal": minor(),
        "tax": minor("Always 0."),
        "total": minor("The sum of the lines."),
        "amountPaid": minor(),
        "amountDue": minor(),
        "lineItems": listing(ref("InvoiceLine")),
        "items": listing(ref("InvoiceLine"), "The same."),
        "periodStart": millis(),
        "periodEnd": millis(),
        "usageWindowStart": {"type": "null"},
        "usageWindowEnd": millis(),
        "usageCutoffAt": millis(),
        "dueAt": millis(),
        "paidAt": or_null(millis()),
        "payment": text("The payment intent, or the reference it was marked paid with."),
        "metadata": record({"sourceTrigger": text()}),
        "createdAt": millis(),
        "updatedAt": millis(),
    }
)
SHORT_INVOICE = record(
    {
        "id": text(),
        "invoiceId": text(),
        "number": text(),
        "total": minor(),
        "currency": text(),
        "status": one_of("open", "paid", "void"),
    }
)

CARD = record({"id": text("`pm_…`"), "last4": text(), "brand": text(), "exp": text(), "provider": text()})

NEXT_CURSOR = {"nextCursor": or_null(text("Null: there is no more."))}

SCHEMAS = {
    "Error": ERROR,
    "Position": record(POSITION, "Where the request is on the log."),
    "Tier": TIER,
    "TierBreakdown": TIER_BREAKDOWN,
    "Credits": CREDITS,
    "UsageDetails": DETAILS,
    "Check": CHECK,
    "PastCheck": PAST_CHECK,
    "Tracked": TRACK,
    "CustomerData": described(CUSTOMER_DATA, "Creates the customer if they are not known."),
    "CheckRequest": CHECK_BODY,
    "TrackRequest": TRACK_BODY,
    "Subscription": SUBSCRIPTION,
    "Customer": record(CUSTOMER),
    "Entity": ENTITY,
    "InvoiceLine": LINE,
    "Invoice": INVOICE,
    "ShortInvoice": SHORT_INVOICE,
    "Card": CARD,
}
