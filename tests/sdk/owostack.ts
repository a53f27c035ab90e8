// A client that does what the public SDK does on the wire, and nothing more
// (docs/contract/requests-and-errors.md#sdk-routes).
import { type Catalog, type CatalogEntry, bindHandles, buildPayload } from "./catalog";

type Json = any;

export interface OwostackConfig {
    secretKey: string;
    apiUrl?: string;
    mode?: "sandbox" | "live";
    catalog?: CatalogEntry[];
    provider?: string;
}

export class OwostackError extends Error {
    constructor(
        readonly code: string,
        message: string,
    ) {
        super(message);
        this.name = "OwostackError";
    }
}

// The SDK's rules, first match wins (docs/contract/requests-and-errors.md#errors-in-the-sdk).
export function errorOf(text: string): OwostackError {
    let body: Json;
    try {
        body = JSON.parse(text);
    } catch {
        return new OwostackError("unknown_error", text);
    }
    if (body === null || typeof body !== "object") return new OwostackError("unknown_error", "Request failed");
    const { error } = body;
    if (typeof error === "string") return new OwostackError(body.code ?? "unknown_error", error);
    if (error && typeof error === "object" && (error.message || error.error))
        return new OwostackError(error.code ?? body.code ?? "unknown_error", error.message ?? error.error);
    return new OwostackError(body.code ?? "unknown_error", body.message ?? "Request failed");
}

function baseUrl(config: OwostackConfig): string {
    if (config.apiUrl !== undefined) return config.apiUrl;
    return config.mode === "sandbox" ? "https://sandbox.owostack.com/v1" : "https://api.owostack.com/v1";
}

// Empty values are left out.
function query(values: Record<string, string | boolean | undefined>): string {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(values)) {
        if (value) search.set(name, String(value));
    }
    const text = search.toString();
    return text ? `?${text}` : "";
}

export class Owostack implements Catalog {
    private readonly url: string;

    constructor(private readonly config: OwostackConfig) {
        this.url = baseUrl(config);
        bindHandles(config.catalog ?? [], this);
    }

    private async request(method: string, endpoint: string, body?: Json): Promise<Json> {
        const headers: Record<string, string> = { Authorization: `Bearer ${this.config.secretKey}` };
        const init: RequestInit = { method, headers };
        if (method === "POST") {
            headers["Content-Type"] = "application/json";
            init.body = JSON.stringify(body);
        }
        const response = await fetch(`${this.url}${endpoint}`, init);
        if (!response.ok) throw errorOf(await response.text());
        return response.json();
    }
    private post(endpoint: string, body: Json): Promise<Json> {
        return this.request("POST", endpoint, body);
    }
    private get(endpoint: string): Promise<Json> {
        return this.request("GET", endpoint);
    }

    async sync(): Promise<Json> {
        const payload = buildPayload(this.config.catalog ?? [], this.config.provider);
        if (!payload) {
            const none = { created: [], updated: [], unchanged: [] };
            return {
                ...{ success: true, features: none, creditSystems: none, creditPacks: none, plans: none },
                warnings: ["No catalog entries to sync."],
            };
        }
        return this.post("/sync", payload);
    }

    attach = (params: Json) => this.post("/attach", params);
    check = (params: Json) => this.post("/check", params);
    track = (params: Json) => this.post("/track", params);
    addon = (params: Json) => this.post("/addon", params);
    customer = (params: Json) => this.post("/customers", params);
    addEntity = (params: Json) => this.post("/entities", params);
    removeEntity = (params: Json) => this.post("/entities/remove", params);
    listEntities = (params: { customer: string; feature?: string }) => this.get(`/entities${query(params)}`);
    setFeatureConfig = (params: Json) => this.post("/customers/feature-config", params);
    setOverageLimit = (params: Json) => this.post("/customers/overage-limit", params);

    plans = Object.assign(
        (params: { group?: string; interval?: string; currency?: string; includeInactive?: boolean } = {}) =>
            this.get(`/plans${query(params)}`),
        { get: async (slug: string) => (await this.get(`/plans/${encodeURIComponent(slug)}`)).plan },
    );

    billing = {
        usage: (params: { customer: string }) => this.get(`/billing/usage${query(params)}`),
        invoice: (params: { customer: string }) => this.post("/billing/invoice", params),
        invoices: (params: { customer: string }) => this.get(`/billing/invoices${query(params)}`),
    };
}
