"""Subscriptions, packs, invoices, payments and how they are collected."""

from explain_shapes import EXPLANATION
from shapes import CARD, CUSTOMER_IDS, EVENT_IDS, METADATA, NEXT_CURSOR, WHO, read, written
from words import (
    CURRENCY_CODE,
    Operation, answered, boolean, example, in_path, in_query, instant, integer, listing, mapping, millis, minor, number,
    one_of, or_null, price, record, ref, text,
)  # fmt: skip

CALLBACK = text("Where the customer's browser goes from the checkout page.", format="uri")
UNUSED_CURRENCY = CURRENCY_CODE | {"description": "No meaning here, which `warnings` says: amounts are never converted."}
WARNINGS = {"warnings?": listing(text(), "Which fields were sent that have no meaning here.")}
SUBSCRIPTION_IDS = {"subscriptionId?": text("`sub_…`"), "subscription_id?": text("The same.")}
CHANGED = {
    "subscriptionId": text(),
    "subscription_id": text(),
    "plan?": text(),
    "status?": text(),
    "cancelAt?": or_null(instant()),
    "endedAt?": or_null(instant()),
    **CUSTOMER_IDS,
}
CUSTOMER_QUERY = in_query("customer", "Our id, your own id, or an e-mail address.", required=True)
ATTACHED = {
    "type?": one_of("new", "upgrade", "downgrade", "lateral", about="Absent for trials."),
    "trial?": boolean(),
    "trial_ends_at?": instant(),
    "trialEndsAt?": instant(),
    "trial_days?": integer(),
    "trialDays?": integer(),
    "requiresCheckout": boolean("True: the plan begins when the page is paid."),
    "checkoutUrl?": text("The page."),
    "reference?": text("The payment intent, `pi_…`."),
    "message": text(),
    **SUBSCRIPTION_IDS,
    "scheduledAt?": millis("When a downgrade takes place."),
    "invoiceId?": text(),
    **CUSTOMER_IDS,
    **WARNINGS,
}
PURCHASED = {
    "requiresCheckout": boolean("True: the credits come when the page is paid."),
    "checkoutUrl?": text(),
    "reference?": text("The payment intent, `pi_…`."),
    "quantity": integer(),
    "credits": number("Of the whole purchase."),
    "balance": number("Purchased credits now."),
    "creditSystemId": text(),
    "pack": text(),
    "message": text(),
    "invoiceId?": text(),
    **CUSTOMER_IDS,
    **WARNINGS,
}
ACTIVATED = {
    "activatedDirectly": boolean(),
    "requiresCheckout": boolean(),
    "checkoutUrl?": text(),
    "subscriptionId": text(),
    "message?": text(),
}

SUBSCRIPTIONS = [
    Operation(
        "POST", "/v1/attach", "Put a customer on a plan",
        tag="Subscriptions", idempotent=True,
        about="An upgrade takes place now, prorated; a downgrade at the period's end; the plan the customer has already undoes what "
        "was going to end it. Where a provider collects, a plan begins when it is paid: at once with a saved card, else on a page.",
        body=record({"customer": WHO, "product": text("The plan's slug."), "customerData?": ref("CustomerData"), "metadata?": METADATA,
                     "currency?": UNUSED_CURRENCY, "callbackUrl?": CALLBACK,
                     "channels?": listing(text(), "No meaning here, which `warnings` says."), **EVENT_IDS}),
        answer=written(ATTACHED), errors=(400, 404, 409),
        also={500: answered("The provider made no page.", ref("Error"))},
        examples=[
            example("paid on a page", {"customer": "ada", "product": "pro", "callbackUrl": "https://app.example.com/billing"}),
            example("paid by the saved card", {"customer": "grace", "product": "support"}),
            example("a trial", {"customer": "grace", "product": "images"}),
            example("a downgrade", {"customer": "turing", "product": "free"}),
            example("unknown plan", {"customer": "ada", "product": "nothing"}, status=404),
        ],
    ),
    Operation(
        "POST", "/v1/subscriptions/cancel", "Cancel",
        tag="Subscriptions", idempotent=True,
        about="At the period's end, or now with `immediate`. `product` may be left out where there is only one.",
        body=record({"customer": WHO, "product?": text(), "immediate?": boolean(), **EVENT_IDS}),
        answer=written(CHANGED), errors=(400, 404, 409),
        examples=[
            example("at the period's end", {"customer": "grace", "product": "pro"}),
            example("one that is not there", {"customer": "ada", "product": "nothing"}, status=404),
        ],
    ),
    Operation(
        "POST", "/v1/subscriptions/uncancel", "Take a cancellation back",
        tag="Subscriptions", idempotent=True,
        body=record({"customer": WHO, "product?": text(), **EVENT_IDS}),
        answer=written(CHANGED), errors=(400, 404, 409),
        examples=[example("go on", {"customer": "grace", "product": "pro"})],
    ),
    Operation(
        "POST", "/v1/subscriptions/{id}/checkout", "The page of a plan that waits for its first payment",
        tag="Subscriptions", idempotent=True,
        parameters=(in_path("id", "`sub_…`"),),
        body=record({"callbackUrl?": CALLBACK, **EVENT_IDS}), body_optional=True,
        answer=written(ACTIVATED), errors=(400, 404, 409),
        examples=[
            example("a pending plan", {"callbackUrl": "https://app.example.com/billing"}, id="sub_ada_2"),
            example("unknown", status=404, id="sub_nothing_1"),
        ],
    ),
    Operation(
        "GET", "/v1/subscriptions/{id}/activate", "The link to that page, for the customer's browser",
        tag="Subscriptions", keyed=False,
        about="Without a key: whoever has the link may pay.",
        parameters=(in_path("id", "`sub_…`"), in_query("callbackUrl", "Where the browser goes from the page.")),
        answer=written(ACTIVATED | {"requiresCheckout?": boolean(), "subscriptionId?": text()}), errors=(400, 404, 409),
        also={302: {"description": "To the page.", "headers": {"Location": {"schema": text()}}}},
        examples=[
            example("to the page", keyless=True, status=302, id="sub_ada_2"),
            example("unknown", keyless=True, status=404, id="sub_nothing_1"),
        ],
    ),
    Operation(
        "POST", "/v1/addon", "Buy credit packs",
        tag="Credits", idempotent=True,
        about="With a saved card the charge is made at once and the credits are there; without one they come when the page is paid.",
        body=record({"customer": WHO, "pack": text(), "quantity?": integer(minimum=1), "customerData?": ref("CustomerData"),
                     "metadata?": mapping("No meaning here, which `warnings` says."), "currency?": UNUSED_CURRENCY,
                     "callbackUrl?": CALLBACK, **EVENT_IDS}),
        answer=written(PURCHASED), errors=(400, 404, 409),
        also={500: answered("The provider made no page.", ref("Error"))},
        examples=[
            example("charged at once", {"customer": "grace", "pack": "credits-500", "quantity": 3, "id": "purchase-1"}),
            example("paid on a page", {"customer": "ada", "pack": "credits-500"}),
            example("unknown pack", {"customer": "ada", "pack": "nothing"}, status=404),
        ],
    ),
]

UNBILLED = record({
    "featureId": text(), "featureSlug": text(), "featureName": text(), "entity?": text(), "subscriptionId": text(),
    "planId": text(), "usageModel": text(), "usage": number(), "included": or_null(number()), "billableQuantity": number(),
    "overageUnits": number(), "pricePerUnit": or_null(price()), "overagePrice": or_null(price()),
    "billingUnits": or_null(number()), "ratingModel": text(), "tierBreakdown?": ref("TierBreakdown"),
    "estimatedAmount": minor(), "estimatedCost": minor(), "alreadyInvoiced": minor(), "currency": text(),
    "periodStart": millis(), "periodEnd": millis(),
    "pricingSnapshot": record({
        "usageModel": text(), "ratingModel": text(), "included": or_null(number()), "pricePerUnit": or_null(price()),
        "billingUnits": number(), "overagePrice": or_null(price()), "tiers": or_null(listing(ref("Tier"))),
    }),
    "billingGroupKey": text(),
})

BILLING = [
    Operation(
        "GET", "/v1/billing/usage", "What is not invoiced yet",
        tag="Billing", parameters=(CUSTOMER_QUERY,), errors=(400, 404),
        answer=read({
            "customer": text(), **CUSTOMER_IDS, "currency": text(), "totalEstimated": minor("In `currency`."),
            "totals": listing(record({"currency": text(), "totalEstimated": minor()}), "Per currency; they are never added."),
            "usageWindowEnd": millis(), "features": listing(ref("UnbilledUsage")),
        }),
        examples=[example("unbilled usage", customer="grace")],
    ),
    Operation(
        "POST", "/v1/billing/invoice", "Invoice the unbilled usage now",
        tag="Billing", idempotent=True,
        about="Bills the difference to what the window has billed already; one invoice per currency.",
        body=record({"customer": WHO, **EVENT_IDS}),
        answer=written({"invoice": ref("Invoice"), "invoices": listing(ref("Invoice"))}), errors=(400, 404, 409),
        examples=[
            example("of one customer", {"customer": "grace"}, saves={"inv_grace_3": "invoice.id"}),
            example("of another", {"customer": "hopper"}, saves={"inv_hopper_2": "invoice.id"}),
            example("of a third", {"customer": "turing"}, saves={"inv_turing_2": "invoice.id"}),
            example("nothing to bill", {"customer": "ada"}, status=400),
        ],
    ),
    Operation(
        "GET", "/v1/billing/invoices", "List a customer's invoices, newest first",
        tag="Billing", errors=(400, 404),
        parameters=(
            CUSTOMER_QUERY,
            in_query("cursor", "`nextCursor` of the page before."),
            in_query("limit", "1000 unless sent.", integer(minimum=1, maximum=1000)),
        ),
        answer=read({"invoices": listing(ref("Invoice")), **NEXT_CURSOR}),
        examples=[example("invoices", customer="grace"), example("the newest", customer="grace", limit=1)],
    ),
    Operation(
        "POST", "/v1/billing/invoice/{id}/pay", "Have the provider collect an open invoice",
        tag="Billing", idempotent=True,
        parameters=(in_path("id", "`inv_…`"),),
        body=record({"callbackUrl?": CALLBACK, **EVENT_IDS}), body_optional=True,
        answer=written({"paid": boolean(), "invoice?": ref("ShortInvoice"), "checkoutUrl?": text("Without a saved card: the page.")}),
        errors=(400, 404),
        also={
            409: answered("Too little for the provider (the invoice is void then), or a conflict.",
                          record({"success": boolean(const=False), "code": text(), "error": text(), "message": text(),
                                  "invoice?": ref("ShortInvoice")})),
            500: answered("The provider made no page.", ref("Error")),
        },
        examples=[
            example("with the saved card", id="inv_grace_3"),
            example("again: it is paid", id="inv_grace_3"),
            example("unknown", id="inv_nothing_1", status=404),
        ],
    ),
    Operation(
        "GET", "/v1/invoices", "List everybody's invoices, newest first",
        tag="Billing", errors=(400, 404),
        about="With `Accept: text/csv` a table, each row of which has the cursor of what comes behind it. Where few fit, a page "
        "may be short, or empty, and have a `nextCursor` all the same.",
        parameters=(
            in_query("status", "With this status.", one_of("open", "paid", "void")),
            in_query("customer", "Of this customer: our id, your own id, or an e-mail address."),
            in_query("currency", "In this currency."),
            in_query("from", "Issued at this moment or later.", instant()),
            in_query("to", "Issued before this moment.", instant()),
            in_query("cursor", "`nextCursor` of the page before."),
            in_query("limit", "100 unless sent.", integer(minimum=1, maximum=1000)),
        ),
        answer=read({"invoices": listing(ref("Invoice")), **NEXT_CURSOR}),
        examples=[
            example("what is open, in dollars", status_="open", currency="USD", limit=10),
            example("unknown customer", customer="nobody", status=404),
        ],
    ),
    Operation(
        "GET", "/v1/invoices/{id}", "One invoice",
        tag="Billing", parameters=(in_path("id", "`inv_…`"),), answer=read({"invoice": ref("Invoice")}), errors=(404,),
        examples=[example("an invoice", id="inv_grace_3"), example("unknown", id="inv_nothing_1", status=404)],
    ),
    Operation(
        "GET", "/v1/invoices/{id}/explain", "Why an invoice says what it says",
        tag="Billing", errors=(400, 404, 409, 422),
        about="Each line with the arithmetic of its price, the events behind it (newest first) and checks that are computed "
        "for the answer. See docs/explaining-an-invoice.md.",
        parameters=(
            in_path("id", "`inv_…`"),
            in_query("line", "Only the line of this index, from 0.", integer(minimum=0)),
            in_query("cursor", "`nextCursor` of that line: only its further events."),
            in_query("limit", "Events per line, 25 unless sent; one answer has at most 1000.", integer(minimum=1, maximum=1000)),
        ),
        answer=read(EXPLANATION),
        examples=[
            example("all lines", id="inv_grace_3"),
            example("one line", id="inv_grace_3", line=0, limit=100),
            example("a line that is not there", id="inv_grace_3", line=7, status=400),
            example("unknown", id="inv_nothing_1", status=404),
        ],
    ),
    Operation(
        "POST", "/v1/invoices/{id}/mark-paid", "An invoice was paid elsewhere",
        tag="Billing", idempotent=True,
        parameters=(in_path("id", "`inv_…`"),),
        body=record({"reference?": text("Of the transfer, cheque …"), **EVENT_IDS}), body_optional=True,
        answer=written({"invoice": ref("Invoice")}), errors=(400, 404, 409),
        examples=[example("by transfer", {"reference": "transfer 4711"}, id="inv_hopper_2")],
    ),
    Operation(
        "POST", "/v1/invoices/{id}/void", "Withdraw an open invoice",
        tag="Billing", idempotent=True,
        about="Its usage becomes unbilled again.",
        parameters=(in_path("id", "`inv_…`"),),
        body=record({"reason?": text(), **EVENT_IDS}), body_optional=True,
        answer=written({"invoice": ref("Invoice")}), errors=(400, 404, 409),
        examples=[
            example("a mistake", {"reason": "wrong customer"}, id="inv_turing_2"),
            example("a paid one", status=400, id="inv_grace_3"),
        ],
    ),
]

SETTINGS = {
    "billingMode": text(const="end_of_period"),
    "billingInterval": text(const="end_of_period"),
    "provider": text("`manual`: nobody collects."),
    "requirePaymentMethod": boolean("Overage needs a saved payment method."),
    "thresholdEnabled": boolean("Bill unbilled usage as soon as it reaches the threshold."),
    "thresholdAmount": or_null(minor()),
    "autoCollect": boolean("Charge invoices of usage without being asked."),
    "gracePeriodHours": integer("Between the threshold and its invoice."),
    "retryHours": listing(integer(), "Hours from each failed charge to the next."),
    "pastDueAfterHours": integer("Access after a renewal that is not paid."),
}
METHOD = record({
    "id": text("`pm_…`"), "type": text(), "provider": text(), "isDefault": boolean(), "isValid": boolean(),
    "card": or_null(ref("Card")),
})
PAYMENTS = [
    Operation(
        "GET", "/v1/wallet", "A customer's payment methods",
        tag="Payments", parameters=(CUSTOMER_QUERY,), errors=(400,),
        about="An unknown customer has none.",
        answer=record({"hasCard": boolean(), "card": or_null(ref("Card")), "methods": listing(METHOD)}),
        examples=[
            example("a card", customer="hopper", saves={"pm_hopper": "card.id"}),
            example("none", customer="nobody"),
        ],
    ),
    Operation(
        "POST", "/v1/wallet/setup", "A page to leave a payment method on",
        tag="Payments", idempotent=True,
        body=record({"customer": WHO, "provider?": text(), "callbackUrl?": CALLBACK, **EVENT_IDS}),
        answer=written({"url": text("The page."), "reference": text("The payment intent, `pi_…`.")}), errors=(400, 404, 409),
        examples=[
            example("a page", {"customer": "ada", "callbackUrl": "https://app.example.com/billing"}),
            example("a provider that is not here", {"customer": "ada", "provider": "stripe"}, status=400),
        ],
    ),
    Operation(
        "POST", "/v1/wallet/remove", "Remove a payment method",
        tag="Payments", idempotent=True,
        about="The newest of the others becomes the one that is charged.",
        body=record({"customer": WHO, "id": text("`pm_…`"), "eventId?": EVENT_IDS["eventId?"],
                     "transactionId?": EVENT_IDS["transactionId?"]}),
        answer=written({}), errors=(400, 404, 409),
        examples=[example("a card", {"customer": "hopper", "id": "pm_hopper"})],
    ),
    Operation(
        "GET", "/v1/billing/settings", "How this organisation collects",
        tag="Payments", answer=read({"data": ref("BillingSettings")}),
        examples=[example("settings")],
    ),
    Operation(
        "POST", "/v1/billing/settings", "Change how it collects",
        tag="Payments", idempotent=True,
        about="What is not sent stays. It holds everywhere once this is answered.",
        body=record({
            "provider?": or_null(text("Null: the server's default.")), "requirePaymentMethod?": boolean(), "thresholdEnabled?": boolean(),
            "thresholdAmount?": minor(minimum=0), "billingInterval?": text("`threshold` is the same as `thresholdEnabled`."),
            "billingMode?": text("No meaning here, which `warnings` says."),
            "autoCollect?": boolean(), "gracePeriodHours?": integer(maximum=1440),
            "retryHours?": listing(integer(minimum=0, maximum=1440), maxItems=10),
            "pastDueAfterHours?": integer(minimum=0, maximum=1440), **EVENT_IDS,
        }),
        answer=written({"data": ref("BillingSettings"), **WARNINGS}), errors=(400, 409),
        examples=[
            example("charge usage by itself, bill it from 50 dollars on", {"autoCollect": True, "thresholdAmount": 5000}),
            example("retry thrice", {"retryHours": [24, 72, 120], "pastDueAfterHours": 48}),
            example("a threshold that nobody collects", {"autoCollect": False, "thresholdEnabled": True}, status=400),
        ],
    ),
]

INCOMING = {
    "body": mapping("The provider's own."),
    "answer": read({"received": boolean(const=True), "skipped?": boolean("An event that means nothing here.")}),
    "errors": (400, 401, 404, 409),
}
PROVIDER_WEBHOOKS = [
    Operation(
        "POST", "/webhooks/{organisation}/{provider}", "What a payment provider tells",
        tag="Payments", keyed=False,
        about="Signed by the provider instead of keyed. Counts once per event.",
        parameters=(in_path("organisation", "The organisation's id."), in_path("provider", "`sandbox`, of a server that has it.")),
        examples=[
            example("without a signature", {"id": "evt_1", "type": "payment.succeeded"}, status=401, keyless=True,
                    organisation="default", provider="sandbox"),
            example("no such organisation", {}, status=404, keyless=True, organisation="nothing", provider="sandbox"),
        ],
        **INCOMING,
    ),
    Operation(
        "POST", "/webhooks/{organisation}", "The same, of the provider `sandbox`",
        tag="Payments", keyed=False,
        parameters=(in_path("organisation", "The organisation's id."),),
        examples=[example("without a signature, shorter", {"id": "evt_1"}, status=401, keyless=True, organisation="default")],
        **INCOMING,
    ),
]
SCHEMAS = {"UnbilledUsage": UNBILLED, "BillingSettings": record(SETTINGS)}
