// The catalog builders of the SDK, as far as the tests need them, and the payload they make
// (docs/contract/catalog.md#payload).

import { titled } from "./payloads";

type Json = any;

export interface Catalog {
    check(params: Json): Promise<Json>;
    track(params: Json): Promise<Json>;
    addEntity(params: Json): Promise<Json>;
    removeEntity(params: Json): Promise<Json>;
    listEntities(params: Json): Promise<Json>;
}

export interface Tier {
    upTo: number | null;
    unitPrice?: number;
    flatFee?: number;
}

// What a plan says of one feature; `of` is sent to the server without its handle.
export interface PlanFeature {
    handle: FeatureBase | CreditSystemHandle;
    of: Json;
}

export interface Plan {
    _type: "plan";
    slug: string;
    definition: Json;
    features: PlanFeature[];
}
export interface CreditPack {
    _type: "creditPack";
    definition: Json;
}
export type CatalogEntry = Plan | CreditPack | CreditSystemHandle;

function checkPrice(price: number): void {
    if (!Number.isFinite(price) || price < 0) throw new Error("A unit price must be a non-negative number.");
}

function checkTiers(tiers: Tier[]): void {
    if (tiers.length === 0) throw new Error("At least one tier is required.");
    let bound = 0;
    tiers.forEach((tier, index) => {
        if (tier.unitPrice === undefined && tier.flatFee === undefined)
            throw new Error("A tier needs unitPrice, flatFee, or both.");
        if (tier.upTo === null) {
            if (index !== tiers.length - 1) throw new Error("Only the last tier can be open-ended.");
            return;
        }
        if (tier.upTo <= bound) throw new Error("Tiers must ascend.");
        bound = tier.upTo;
    });
}

export class FeatureBase {
    client: Catalog | undefined;
    constructor(
        readonly slug: string,
        readonly name: string,
        readonly type: "metered" | "boolean",
        readonly meterType?: "non_consumable",
    ) {}

    get api(): Catalog {
        if (!this.client) throw new Error(`'${this.slug}' belongs to no client yet`);
        return this.client;
    }
    check(customer: string, options: Json = {}): Promise<Json> {
        return this.api.check({ customer, feature: this.slug, ...options });
    }
    definition(): Json {
        const { slug, type, name, meterType } = this;
        return meterType ? { slug, type, name, meterType } : { slug, type, name };
    }
    // The cost of one unit in a credit system: the SDK writes it `gpt4(20)`.
    cost(creditCost: number): { feature: FeatureBase; creditCost: number } {
        return { feature: this, creditCost };
    }
}

export class MeteredHandle extends FeatureBase {
    track(customer: string, value = 1, options: Json = {}): Promise<Json> {
        return this.api.track({ customer, feature: this.slug, value, ...options });
    }
    config(options: Json = {}): PlanFeature {
        return { handle: this, of: { reset: "monthly", overage: "block", ...options } };
    }
    limit(limit: number, options: Json = {}): PlanFeature {
        return this.config({ limit, ...options });
    }
    included(limit: number, options: Json = {}): PlanFeature {
        return this.config({ limit, usageModel: "included", ...options });
    }
    unlimited(options: Json = {}): PlanFeature {
        return this.config({ limit: null, ...options });
    }
    private billed(options: Json): PlanFeature {
        return this.config({ limit: null, usageModel: "usage_based", overage: "charge", ...options });
    }
    perUnit(pricePerUnit: number, options: Json = {}): PlanFeature {
        checkPrice(pricePerUnit);
        return this.billed({ pricePerUnit, ratingModel: "package", billingUnits: 1, ...options });
    }
    graduated(tiers: Tier[], options: Json = {}): PlanFeature {
        checkTiers(tiers);
        return this.billed({ ratingModel: "graduated", tiers, ...options });
    }
    volume(tiers: Tier[], options: Json = {}): PlanFeature {
        checkTiers(tiers);
        return this.billed({ ratingModel: "volume", tiers, ...options });
    }
}

export class BooleanHandle extends FeatureBase {
    on(): PlanFeature {
        return { handle: this, of: { limit: null } };
    }
}

export class EntityHandle extends FeatureBase {
    limit(limit: number, options: Json = {}): PlanFeature {
        return { handle: this, of: { limit, reset: "never", overage: "block", ...options } };
    }
    add(customer: string, entity: string, options: Json = {}): Promise<Json> {
        return this.api.addEntity({ customer, feature: this.slug, entity, ...options });
    }
    remove(customer: string, entity: string): Promise<Json> {
        return this.api.removeEntity({ customer, feature: this.slug, entity });
    }
    list(customer: string): Promise<Json> {
        return this.api.listEntities({ customer, feature: this.slug });
    }
}

export class CreditSystemHandle {
    constructor(
        readonly slug: string,
        readonly name: string,
        readonly children: { feature: FeatureBase; creditCost: number }[],
    ) {}
    credits(limit: number, options: Json = {}): PlanFeature {
        return { handle: this, of: { limit, reset: "monthly", overage: "block", ...options } };
    }
}

export const metered = (slug: string, options: { name?: string } = {}) =>
    new MeteredHandle(slug, options.name ?? titled(slug), "metered");
export const boolean = (slug: string, options: { name?: string } = {}) =>
    new BooleanHandle(slug, options.name ?? titled(slug), "boolean");
export const entity = (slug: string, options: { name?: string } = {}) =>
    new EntityHandle(slug, options.name ?? titled(slug), "metered", "non_consumable");
export const creditSystem = (
    slug: string,
    options: { name?: string; features: { feature: FeatureBase; creditCost: number }[] },
) => new CreditSystemHandle(slug, options.name ?? titled(slug), options.features);

export function plan(slug: string, options: Json & { features: PlanFeature[] }): Plan {
    const { features, ...rest } = options;
    return { _type: "plan", slug, definition: { billingType: "recurring", ...rest, slug }, features };
}
export function creditPack(slug: string, options: Json & { creditSystem: CreditSystemHandle }): CreditPack {
    return { _type: "creditPack", definition: { ...options, slug, creditSystem: options.creditSystem.slug } };
}

// A credit system is found only where a plan uses it; placed in the catalog itself it is ignored.
function systemsOf(plans: Plan[]): Set<CreditSystemHandle> {
    const systems = new Set<CreditSystemHandle>();
    for (const { features } of plans) {
        for (const { handle } of features) if (handle instanceof CreditSystemHandle) systems.add(handle);
    }
    return systems;
}

function featuresOf(plans: Plan[]): Map<string, FeatureBase> {
    const features = new Map<string, FeatureBase>();
    for (const { features: granted } of plans) {
        for (const { handle } of granted) if (handle instanceof FeatureBase) features.set(handle.slug, handle);
    }
    for (const system of systemsOf(plans)) {
        for (const { feature } of system.children) features.set(feature.slug, feature);
    }
    return features;
}

const isPlan = (entry: CatalogEntry): entry is Plan => "_type" in entry && entry._type === "plan";
const isPack = (entry: CatalogEntry): entry is CreditPack => "_type" in entry && entry._type === "creditPack";

export function bindHandles(entries: CatalogEntry[], client: Catalog): void {
    for (const feature of featuresOf(entries.filter(isPlan)).values()) feature.client = client;
}

// Null when there is nothing to send.
export function buildPayload(entries: CatalogEntry[], provider?: string): Json | null {
    const plans = entries.filter(isPlan);
    const packs = entries.filter(isPack);
    if (plans.length === 0 && packs.length === 0) return null;
    return {
        ...(provider ? { defaultProvider: provider } : {}),
        features: [...featuresOf(plans).values()].map((feature) => feature.definition()),
        creditSystems: [...systemsOf(plans)].map(({ slug, name, children }) => ({
            slug,
            name,
            features: children.map(({ feature, creditCost }) => ({ feature: feature.slug, creditCost })),
        })),
        creditPacks: packs.map(({ definition }) => definition),
        plans: plans.map(({ definition, features }) => ({
            ...definition,
            features: features.map(({ handle, of }) => ({ slug: handle.slug, enabled: true, ...of })),
        })),
    };
}
