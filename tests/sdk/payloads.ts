// Parts of a sync payload, for tests that say on the wire what they mean.

type Json = any;

export const metered = (slug: string, more: Json = {}) => ({ slug, type: "metered", name: titled(slug), ...more });
export const boolean = (slug: string) => ({ slug, type: "boolean", name: titled(slug) });
export const seats = (slug: string) => metered(slug, { meterType: "non_consumable" });

export const plan = (slug: string, features: Json[], more: Json = {}) => ({
    ...{ slug, name: titled(slug), price: 0, currency: "USD", interval: "monthly" },
    ...more,
    features,
});
export const grant = (slug: string, terms: Json = {}) => ({ slug, enabled: true, ...terms });
// Included units and a price for those above.
export const charged = (slug: string, limit: number, overagePrice: number, more: Json = {}) =>
    grant(slug, { limit, overage: "charge", overagePrice, ...more });

// "api-calls" is "Api Calls".
export function titled(slug: string): string {
    return slug
        .split(/[-_]/)
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join(" ");
}
