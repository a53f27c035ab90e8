"""The catalogs of the scenario: every price model, interval and rule of a plan occurs."""


def metered(slug, **more):
    return {"slug": slug, "type": "metered", "name": slug.title(), **more}


def plan(slug, price, *features, **more):
    of = {"slug": slug, "name": slug.title(), "price": price, "currency": "USD", "interval": "monthly"}
    return {**of, **more, "features": list(features)}


def grant(slug, **terms):
    return {"slug": slug, "enabled": True, **terms}


def charged(slug, limit, price, **more):
    return grant(slug, limit=limit, overage="charge", overagePrice=price, **more)


def used(slug, **more):
    return grant(slug, usageModel="usage_based", **more)


def tiers(*steps):
    return [dict(zip(("upTo", "unitPrice", "flatFee"), step)) for step in steps]


def pack(slug, credits, price, system="ai", currency="USD", **more):
    of = {"slug": slug, "name": slug.title(), "credits": credits, "price": price}
    return {**of, "currency": currency, "creditSystem": system, **more}


FEATURES = [
    metered("calls"),
    metered("tokens"),
    metered("storage"),
    metered("traffic"),
    metered("gpt"),
    metered("embed"),
    metered("minutes"),
    metered("jobs"),
    metered("seats", meterType="non_consumable"),
    metered("desks", meterType="non_consumable"),
    {"slug": "sso", "type": "boolean", "name": "SSO"},
    {"slug": "region", "type": "static", "name": "Region"},
]
SYSTEMS = [
    {
        "slug": "ai",
        "name": "AI credits",
        "description": "For models",
        "features": [{"feature": "gpt", "creditCost": 20}, {"feature": "embed", "creditCost": 0.5}],
    },
    {"slug": "wallet", "name": "Wallet", "features": []},
]
PACKS = [
    pack("small", 500, 900, description="Five hundred", metadata={"shown": True}),
    pack("big", 5000, 7500),
    pack("gift", 50, 0),
    pack("purse", 100, 1000, system="wallet"),
    pack("euros", 100, 1000, currency="EUR"),
    pack("by-hand", 10, 100, provider="manual"),
    pack("elsewhere", 10, 100, provider="stripe"),
    pack("orphan", 10, 100, system="nothing"),
]
STORAGE = used("storage", ratingModel="graduated", tiers=tiers((10, 0), (100, 25), (None, 20)))
TRAFFIC = used("traffic", ratingModel="volume", tiers=tiers((100, 3, 50), (1000, 2), (None, 1.5, 100)))


def plans(price=2900, limit=1000, overage=5):
    """The plans; a later version changes what the arguments say."""
    main = {"planGroup": "main"}
    return [
        plan("free", 0, grant("calls", limit=100), grant("seats", limit=2, reset="never"), grant("tokens", limit=10, reset="daily"), **main),
        plan(
            "pro",
            price,
            charged("calls", limit, overage, billingUnits=10),
            STORAGE,
            TRAFFIC,
            charged("seats", 3, 900, reset="never"),
            grant("ai", limit=300),
            grant("tokens", limit=100, rollover=True, maxRollover=150),
            grant("minutes", limit=60, reset="hourly"),
            grant("sso"),
            grant("region"),
            **main,
            metadata={"tier": 2},
        ),
        plan("plus", price, charged("calls", limit, overage + 1, anchor="calendar"), grant("tokens", limit=200, rollover=True), **main),
        plan(
            "max",
            9900,
            charged("calls", 5000, 3, maxOverageUnits=700),
            STORAGE,
            charged("seats", 10, 700, reset="never"),
            charged("desks", 1, 300, reset="never"),
            charged("ai", 2000, 0.25),
            grant("gpt", limit=5),
            grant("jobs", limit=None, reset="weekly"),
            grant("sso"),
            **main,
            description="All of it",
        ),
        plan("yearly", 29000, charged("calls", 20000, 4, reset="yearly"), grant("jobs", limit=50, reset="quarterly"), interval="yearly", **main),
        plan("trial", 1900, charged("calls", 500, 2, trialLimit=50), charged("seats", 1, 500, reset="never"), trialDays=14, **main),
        plan("carded", 1500, charged("calls", 300, 2), trialDays=7, trialCardRequired=True, **main),
        plan("taster", 0, grant("jobs", limit=5, reset="5min"), trialDays=30, metadata={"trialUnit": "minutes"}, planGroup="taste"),
        plan("weekly", 700, grant("minutes", limit=30, reset="15min"), used("jobs", pricePerUnit=0.35), interval="weekly", planGroup="week"),
        plan("once", 5000, grant("jobs", limit=1000, reset="never"), billingType="one_time", planGroup="once"),
        plan("extra", 500, grant("calls", limit=200), grant("tokens", limit=50), isAddon=True),
        plan("euro", 0, charged("calls", 0, 10), used("traffic", pricePerUnit=12.5, billingUnits=100), currency="EUR", planGroup="euro"),
        plan("prepaid", 1000, grant("jobs", usageModel="prepaid", limit=20, pricePerUnit=10, reset="30min"), planGroup="prepaid"),
        plan("halves", 3000, charged("tokens", 1000, 0.001, reset="semi_annual"), interval="semi_annual", planGroup="half"),
        plan("own", 0, charged("gpt", 3, 7, creditCost=2), grant("wallet", limit=40, reset="weekly"), planGroup="own"),
    ]


FIRST = {"features": FEATURES, "creditSystems": SYSTEMS, "creditPacks": PACKS, "plans": plans()}
# Dearer and tighter; one feature more, a credit that costs more, a pack that gives less.
SECOND = {
    "features": [*FEATURES, metered("renders")],
    "creditSystems": [{**SYSTEMS[0], "features": [{"feature": "gpt", "creditCost": 25}, {"feature": "embed", "creditCost": 1}, {"feature": "renders", "creditCost": 3}]}],
    "creditPacks": [pack("small", 400, 950), pack("huge", 50000, 50000)],
    "plans": [*plans(price=3400, limit=800, overage=7), plan("team", 4900, charged("renders", 10, 25), grant("calls", limit=50, reset="daily"), planGroup="main")],
}
# Cheaper and wider again, in part only: what is not named stays as it is.
THIRD = {
    "features": [],
    "plans": [each for each in plans(price=2500, limit=1500, overage=4) if each["slug"] in ("free", "pro", "trial", "weekly")],
}
ACME = {
    "features": [metered("calls"), metered("seats", meterType="non_consumable"), metered("gpt")],
    "creditSystems": [{"slug": "ai", "name": "AI", "features": [{"feature": "gpt", "creditCost": 1}]}],
    "creditPacks": [pack("hundred", 100, 500)],
    "plans": [
        plan("start", 0, charged("calls", 10, 100), grant("seats", limit=1, reset="never"), autoEnable=True, planGroup="main"),
        plan("support", 5000, grant("gpt", limit=10), autoEnable=True, planGroup="support"),
        plan("grow", 2000, charged("calls", 100, 50), grant("ai", limit=10), planGroup="main"),
    ],
}
