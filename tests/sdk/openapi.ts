// The API's own description, as the tests use it: its examples as requests, its shapes as judges.
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020";
import type { Answer, Json, Server } from "./server";

export interface Call {
    name: string; // "POST /v1/track: twelve calls"
    method: string;
    path: string; // with {parameters}
    operation: Json;
    example: Json;
}

// Every example, in the order of the document.
export function callsOf(document: Json): Call[] {
    const calls: Call[] = [];
    for (const [path, methods] of Object.entries<Json>(document.paths)) {
        for (const [method, operation] of Object.entries<Json>(methods)) {
            for (const example of operation["x-examples"]) {
                const name = `${method.toUpperCase()} ${path}: ${example.name}`;
                calls.push({ name, method: method.toUpperCase(), path, operation, example });
            }
        }
    }
    return calls;
}

// Answers may grow fields, but a field that an answer has today is described: objects are closed.
function closed(schema: Json): Json {
    if (Array.isArray(schema)) return schema.map(closed);
    if (schema === null || typeof schema !== "object") return schema;
    if (typeof schema.$ref === "string") return { $ref: schema.$ref.replace("#/components/schemas/", "api#/$defs/") };
    const copy: Json = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
    if (copy.properties && typeof copy.properties === "object" && copy.additionalProperties === undefined && copy.type)
        copy.additionalProperties = false;
    return copy;
}

export class Description {
    private readonly ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });

    constructor(readonly document: Json) {
        this.ajv.addFormat("date-time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/);
        this.ajv.addFormat("email", /^[^@\s]+@[^@\s]+\.[^@\s]+$/);
        this.ajv.addFormat("uri", /^https?:\/\/\S+$/);
        this.ajv.addSchema({ $id: "api", $defs: closed(document.components.schemas) });
    }

    // What is wrong with `value`, one line per finding; "" when it fits.
    problems(schema: Json, value: Json): string {
        const validate: ValidateFunction = this.ajv.compile({ ...closed(schema) });
        if (validate(value)) return "";
        return (validate.errors ?? [])
            .map((e) => `${e.instancePath || "/"} ${e.message} ${JSON.stringify(e.params)}`)
            .join("\n");
    }

    private resolve(value: Json): Json {
        if (!value.$ref) return value;
        return value.$ref.slice(2).split("/").reduce((at: Json, name: string) => at[name], this.document);
    }

    // The schema that answers of this status have; undefined for those without a body.
    answer(operation: Json, status: number): Json | undefined {
        const response = operation.responses[String(status)];
        if (!response) throw new Error(`status ${status} is not described`);
        return this.resolve(response).content?.["application/json"].schema;
    }

    body(operation: Json, type: string): Json {
        const content = operation.requestBody?.content[type];
        if (!content) throw new Error(`a body of type ${type} is not described`);
        return content.schema;
    }

    // The parameters of an example, by where they go; what is not described is an error.
    parameters(operation: Json, example: Json): Record<string, Record<string, string>> {
        const places: Record<string, Record<string, string>> = { path: {}, query: {}, header: {} };
        const known = (operation.parameters ?? []).map((parameter: Json) => this.resolve(parameter));
        for (const [name, value] of Object.entries<Json>(example.parameters ?? {})) {
            const parameter = known.find((each: Json) => each.name === name);
            if (!parameter) throw new Error(`parameter ${name} is not described`);
            const problems = this.problems(parameter.schema, value);
            if (problems && example.status < 400) throw new Error(`parameter ${name}: ${problems}`);
            places[parameter.in]![name] = String(value);
        }
        for (const parameter of known) {
            const missing = parameter.required && !((example.parameters ?? {})[parameter.name] !== undefined);
            if (missing && example.status === 200) throw new Error(`parameter ${parameter.name} is missing`);
        }
        return places;
    }
}

// Ids that the server made, under the names that the examples have for them.
export class Names {
    private readonly ids = new Map<string, string>();

    // A value of the answer, by its path: "subscriptions.1.id".
    save(name: string, body: Json, path: string): void {
        const value = path.split(".").reduce((at: Json, part: string) => at?.[part], body);
        if (typeof value !== "string") throw new Error(`there is no ${path} to call ${name}`);
        this.ids.set(name, value);
    }

    in(value: Json): Json {
        if (typeof value === "string") return this.ids.get(value) ?? value;
        if (Array.isArray(value)) return value.map((each) => this.in(each));
        if (value === null || typeof value !== "object") return value;
        return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.in(each)]));
    }
}

export async function send(server: Server, description: Description, names: Names, call: Call): Promise<Answer> {
    const { example, operation } = call;
    const { path, query, header } = description.parameters(operation, { ...example, parameters: names.in(example.parameters ?? {}) });
    let url = call.path.replace(/\{(\w+)\}/g, (_, name: string) => {
        const value = path![name];
        if (value === undefined) throw new Error(`the example has no ${name} for its path`);
        return encodeURIComponent(value);
    });
    const search = new URLSearchParams(query).toString();
    if (search) url += `?${search}`;
    return server.call(call.method, url, names.in(example.body), {
        ...(example.keyless ? { key: null } : {}),
        headers: header!,
        contentType: example.contentType ?? "application/json",
    });
}
