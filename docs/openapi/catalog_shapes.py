"""The catalog's shapes: what is sent to be published, and what is read back."""

from shapes import EVENT_IDS, INTERVALS, SUCCESS, written
from words import (
    CURRENCY_CODE,
    boolean, integer, listing, mapping, millis, minor, number, one_of, or_null, price, record, ref, text,
)  # fmt: skip

FEATURE = record(
    {
        "slug": text(maxLength=128),
        "name": text(),
        "type": one_of("metered", "boolean", "static"),
        "meterType?": one_of("consumable", "non_consumable", about="Non-consumable: seats."),
    }
)
CREDIT_COSTS = listing(record({"feature": text(), "creditCost": number("Credits that one unit costs.", minimum=0)}))
CREDIT_SYSTEM = {"slug": text(), "name": text(), "description?": or_null(text()), "features": CREDIT_COSTS}
CREDIT_PACK = record(
    {
        "slug": text(),
        "name": text(),
        "description?": text(),
        "credits": integer(minimum=1),
        "price": minor(minimum=0),
        "currency": CURRENCY_CODE,
        "creditSystem": text(),
        "provider?": text(),
        "metadata?": mapping(),
    }
)
PLAN_FEATURE = record(
    {
        "slug": text("A feature or a credit system."),
        "enabled": boolean(),
        "limit?": or_null(number("Null or absent: unlimited.")),
        "trialLimit?": or_null(number("In place of `limit` while trialing.")),
        "reset?": one_of(*INTERVALS, about="`monthly` unless sent."),
        "anchor?": one_of("subscription", "calendar"),
        "overage?": one_of("block", "charge"),
        "overagePrice?": price("Of `billingUnits` beyond the limit."),
        "maxOverageUnits?": or_null(number("0 allows none.")),
        "usageModel?": one_of("included", "usage_based", "prepaid"),
        "ratingModel?": one_of("package", "graduated", "volume"),
        "pricePerUnit?": price(),
        "billingUnits?": number("The size of a package; 1 unless sent."),
        "tiers?": listing(ref("Tier")),
        "creditCost?": number(),
        "rollover?": boolean("What a window leaves unused is carried into the next."),
        "rolloverEnabled?": boolean("The same."),
        "maxRollover?": or_null(number("Most that is carried over in all.")),
        "rolloverMaxBalance?": or_null(number("The same.")),
    }
)
PLAN = record(
    {
        "slug": text(maxLength=128),
        "name": text(),
        "description?": text(),
        "price": minor("Per interval.", minimum=0),
        "currency": CURRENCY_CODE,
        "interval": one_of(*INTERVALS),
        "billingType?": one_of("recurring", "one_time"),
        "planGroup?": text("Plans of one group replace each other; without one they form the default group."),
        "trialDays?": integer("Minutes instead, when `metadata.trialUnit` is `minutes`.", minimum=0),
        "trialCardRequired?": boolean("A trial begins once a card is saved; where nobody collects it begins at once."),
        "provider?": text(),
        "metadata?": mapping(),
        "autoEnable?": boolean("Starts for every new customer."),
        "isAddon?": boolean("Runs beside other plans."),
        "features": listing(PLAN_FEATURE),
    }
)
PAYLOAD = record(
    {
        "features": listing(FEATURE),
        "creditSystems?": listing(ref("CreditSystem")),
        "creditPacks?": listing(CREDIT_PACK),
        "plans": listing(PLAN),
        "defaultProvider?": text("No meaning here, which `warnings` says."),
        **EVENT_IDS,
    },
    "What is missing stays as it is, but features that a plan lists no more end with their window.",
)
CHANGES = record({"created": listing(text()), "updated": listing(text()), "unchanged": listing(text())})
SYNCED = written(
    {
        "features": ref("Changes"),
        "creditSystems": ref("Changes"),
        "creditPacks": ref("Changes"),
        "plans": ref("Changes"),
        "warnings": listing(text()),
        "version": integer("Of the catalog."),
    }
)

SHOWN_FEATURE = record(
    {
        "slug": text(),
        "name": text(),
        "type": one_of("metered", "boolean", "static"),
        "meterType": one_of("consumable", "non_consumable"),
        "enabled": boolean(),
        "limit": or_null(number()),
        "trialLimit": or_null(number()),
        "resetInterval": or_null(text()),
        "unit": {"type": "null"},
        "usageModel?": text(),
        "pricePerUnit?": price(),
        "billingUnits?": number(),
        "ratingModel?": text(),
        "tiers?": listing(ref("Tier")),
        "overagePrice?": price(),
        "overage?": text(),
        "maxOverageUnits?": number(),
        "creditCost?": number(),
        "rollover?": boolean(),
        "maxRollover?": number(),
    }
)
SHOWN_PLAN = record(
    {
        "id": text("The slug."),
        "slug": text(),
        "name": text(),
        "description": or_null(text()),
        "price": minor(),
        "currency": text(),
        "interval": text(),
        "type": one_of("free", "paid"),
        "billingType": one_of("recurring", "one_time"),
        "isAddon": boolean(),
        "planGroup": or_null(text()),
        "trialDays": integer(),
        "trialCardRequired": boolean(),
        "metadata?": mapping("As it was sent."),
        "provider?": or_null(text("In the list only.")),
        "autoEnable?": boolean("In the list only."),
        "features": listing(SHOWN_FEATURE),
    }
)
SHOWN_PACK = record(
    {
        "id": text("The slug."),
        "slug": text(),
        "name": text(),
        "description": or_null(text()),
        "credits": number(),
        "price": minor(),
        "currency": text(),
        "creditSystemId": text(),
        "creditSystem": text(),
        "provider": or_null(text()),
        "metadata": or_null(mapping()),
        "isActive": boolean(),
        "createdAt": millis(),
        "updatedAt": millis(),
    }
)

SCHEMAS = {
    "CreditSystem": record(CREDIT_SYSTEM),
    "CatalogPayload": PAYLOAD,
    "Changes": CHANGES,
    "Plan": SHOWN_PLAN,
    "CreditPack": SHOWN_PACK,
}
PLANS = record({**SUCCESS, "plans": listing(ref("Plan"))})
ONE_PLAN = record({**SUCCESS, "plan": ref("Plan")})
CREDIT_SYSTEMS = record({**SUCCESS, "creditSystems": listing(ref("CreditSystem"))})
CREDIT_PACKS = record({**SUCCESS, "data": listing(ref("CreditPack"))})

# What the examples sell.
EXAMPLE = {
    "features": [
        {"slug": "api-calls", "name": "API calls", "type": "metered"},
        {"slug": "seats", "name": "Seats", "type": "metered", "meterType": "non_consumable"},
        {"slug": "chat", "name": "Chat messages", "type": "metered"},
        {"slug": "images", "name": "Images", "type": "metered"},
        {"slug": "audit-log", "name": "Audit log", "type": "boolean"},
    ],
    "creditSystems": [
        {
            "slug": "ai-credits",
            "name": "AI credits",
            "features": [{"feature": "chat", "creditCost": 1}, {"feature": "images", "creditCost": 20}],
        }
    ],
    "creditPacks": [
        {
            "slug": "credits-500",
            "name": "500 credits",
            "credits": 500,
            "price": 1000,
            "currency": "USD",
            "creditSystem": "ai-credits",
        }
    ],
    "plans": [
        {
            "slug": "free",
            "name": "Free",
            "price": 0,
            "currency": "USD",
            "interval": "monthly",
            "autoEnable": True,
            "features": [
                {"slug": "api-calls", "enabled": True, "limit": 100, "reset": "monthly", "overage": "block"},
                {"slug": "seats", "enabled": True, "limit": 2},
            ],
        },
        {
            "slug": "pro",
            "name": "Pro",
            "price": 2900,
            "currency": "USD",
            "interval": "monthly",
            "features": [
                {
                    "slug": "api-calls",
                    "enabled": True,
                    "limit": 1000,
                    "reset": "monthly",
                    "overage": "charge",
                    "rollover": True,
                    "maxRollover": 500,
                    "ratingModel": "graduated",
                    "tiers": [{"upTo": 1000, "unitPrice": 0.5}, {"upTo": None, "unitPrice": 0.4}],
                },
                {"slug": "seats", "enabled": True, "limit": 5},
                {"slug": "ai-credits", "enabled": True, "limit": 300, "reset": "monthly", "overage": "block"},
                {"slug": "audit-log", "enabled": True},
            ],
        },
        {
            "slug": "images",
            "name": "Images",
            "price": 900,
            "currency": "USD",
            "interval": "monthly",
            "planGroup": "images",
            "trialDays": 14,
            "features": [{"slug": "images", "enabled": True, "limit": 50, "trialLimit": 5}],
        },
        {
            "slug": "support",
            "name": "Priority support",
            "price": 500,
            "currency": "USD",
            "interval": "monthly",
            "autoEnable": True,
            "isAddon": True,
            "features": [],
        },
    ],
}
