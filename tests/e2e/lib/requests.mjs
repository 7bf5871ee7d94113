// Requests made up from an OpenAPI document: paths, queries and bodies after their schemas, and now and then not.
import { Random } from "./random.mjs";

const TEXTS = ["", "a", "x".repeat(300), "ñandú 漢字", "\u0000", "../..", "%", "a/b", "null", "-1", "1e999", "'\"<>&", "2026-11-20T00:00:00Z", "yesterday", "\ud83d\ude00"];
const NUMBERS = [0, 1, -1, 0.5, 1e3, 2 ** 31, 2 ** 53, -(2 ** 53), 1e300];
const ODD = [null, true, 0, "", [], {}, [[]], { a: { b: [null] } }];
const TYPES = ["text/plain", "application/xml", "application/json; charset=utf-16", ""];
const DEPTH_MAX = 6;
const ODDLY = 0.15; // of the values

export class Requests {
  // known: for parameters of paths, by name, what there is.
  constructor(openapi, known, seed) {
    this.openapi = openapi;
    this.known = known;
    this.random = new Random(seed);
  }

  text(schema) {
    const { random } = this;
    if (schema.enum && !random.happens(ODDLY)) return random.pick(schema.enum);
    if (schema.format === "date-time" && !random.happens(ODDLY)) return new Date(1.76e12 + random.below(3e10)).toISOString();
    if (random.happens(0.5)) return random.pick(this.known.id);
    return random.pick(TEXTS);
  }

  object(schema, depth) {
    const made = {};
    for (const [name, one] of Object.entries(schema.properties ?? {}))
      if (schema.required?.includes(name) ? !this.random.happens(ODDLY / 2) : this.random.happens(0.5)) made[name] = this.value(one, depth + 1);
    if (schema.additionalProperties && this.random.happens(0.7)) made[this.random.pick(TEXTS)] = this.value(schema.additionalProperties, depth + 1);
    if (this.random.happens(ODDLY / 3)) made.unheard_of = this.random.pick(ODD);
    return made;
  }

  value(node, depth = 0) {
    const { random } = this;
    const schema = this.openapi.resolve(node);
    if (random.happens(ODDLY / 3) || depth > DEPTH_MAX || typeof schema !== "object") return random.pick(ODD);
    if ("const" in schema) return schema.const;
    const choices = schema.oneOf ?? schema.anyOf;
    if (choices) return this.value(random.pick(choices), depth);
    if (schema.allOf) return Object.assign({}, ...schema.allOf.map((one) => this.value(one, depth)), this.object(schema, depth));
    const type = random.pick([schema.type ?? "object"].flat());
    if (type === "string") return this.text(schema);
    if (type === "integer") return random.happens(0.8) ? random.below((schema.maximum ?? 100) + 1) : random.pick(NUMBERS);
    if (type === "number") return random.pick(NUMBERS);
    if (type === "boolean") return random.happens(0.5);
    if (type === "null") return null;
    if (type === "array") return Array.from({ length: random.below(4) }, () => this.value(schema.items ?? {}, depth + 1));
    return this.object(schema, depth);
  }

  parameters(operation, place) {
    return (operation.parameters ?? []).map((one) => this.openapi.resolve(one)).filter((one) => one.in === place);
  }

  path(path) {
    return path.replace(/\{(\w+)\}/g, (_, name) => {
      const known = this.known[name] ?? this.known.id;
      return encodeURIComponent(this.random.happens(0.8) ? this.random.pick(known) : this.random.pick(TEXTS) || "none");
    });
  }

  query(operation) {
    const given = this.parameters(operation, "query").filter(() => this.random.happens(0.35));
    const pairs = given.map(({ name, schema }) => [name, this.value(schema ?? {})]);
    if (this.random.happens(ODDLY / 3)) pairs.push(["unheard_of", "1"]);
    return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(typeof value === "object" ? JSON.stringify(value) : value)}`).join("&");
  }

  body(operation, headers) {
    const content = this.openapi.resolve(operation.requestBody)?.content;
    if (!content) return undefined;
    const [type, media] = this.random.pick(Object.entries(content));
    headers["Content-Type"] = this.random.happens(ODDLY / 3) ? this.random.pick(TYPES) : type;
    const text = JSON.stringify(this.value(media.schema ?? {})) ?? "null";
    return this.random.happens(ODDLY / 3) ? text.slice(0, this.random.below(text.length + 1)) : text;
  }

  make(method, path, operation) {
    const headers = {};
    const query = this.query(operation);
    const body = this.body(operation, headers);
    return { path: this.path(path) + (query && `?${query}`), headers, body };
  }
}
