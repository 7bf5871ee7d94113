// Answers held against an OpenAPI 3.1 document, strictly: what a schema does not name must not be there.
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import assert from "node:assert/strict";

const METHODS = ["get", "put", "post", "patch", "delete"];
const SCHEMAS = "#/components/schemas/";

// The schema with every object closed. A part of an allOf stays open, for its siblings' members are not its own; the
// whole is closed instead.
function close(schema, is_part = false) {
  if (Array.isArray(schema)) return schema.map((one) => close(one, is_part));
  if (typeof schema !== "object" || schema === null) return schema;
  if (schema.$ref) return is_part ? schema : { $ref: `${schema.$ref}.closed` };
  const closed = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "allOf") closed.allOf = close(value, true);
    else if (key === "oneOf" || key === "anyOf" || key === "items" || key === "additionalProperties") closed[key] = close(value);
    else if (key === "properties") closed.properties = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, close(one)]));
    else closed[key] = value;
  }
  if (!is_part && (schema.properties || schema.allOf)) closed.unevaluatedProperties = false;
  return closed;
}

function closeAll(schemas) {
  const all = {};
  for (const [name, schema] of Object.entries(schemas)) {
    all[name] = close(schema, true);
    const is_object = schema.properties || schema.allOf;
    all[`${name}.closed`] = is_object ? { $ref: SCHEMAS + name, unevaluatedProperties: false } : close(schema);
  }
  return all;
}

export class Openapi {
  constructor(document) {
    this.document = document;
    this.ajv = new Ajv({ strict: false, allErrors: true });
    addFormats(this.ajv);
    this.ajv.addSchema({ $id: "embudo", components: { schemas: closeAll(document.components.schemas) } });
  }

  resolve(node) {
    if (!node?.$ref) return node;
    return node.$ref.slice(2).split("/").reduce((at, key) => at[key], this.document);
  }

  // [{ method, path, operation }], aliases included.
  operations() {
    return Object.entries(this.document.paths).flatMap(([path, item]) => {
      const whole = this.resolve(item);
      return METHODS.filter((method) => whole[method]).map((method) => ({ method, path, operation: whole[method] }));
    });
  }

  check(schema, value, what) {
    const { $ref, ...rest } = close(schema);
    const validate = this.ajv.compile($ref ? { $ref: `embudo${$ref}` } : JSON.parse(JSON.stringify(rest).replaceAll(`"${SCHEMAS}`, `"embudo${SCHEMAS}`)));
    if (validate(value)) return;
    const errors = validate.errors.map((one) => `  ${one.instancePath || "/"} ${one.message} ${JSON.stringify(one.params)}`);
    assert.fail(`${what} is not as described:\n${[...new Set(errors)].join("\n")}\n${JSON.stringify(value).slice(0, 2000)}`);
  }

  // One answer of an operation: its status, media type and body are described.
  checkAnswer(method, path, answer) {
    const what = `${method.toUpperCase()} ${path} with ${answer.status}`;
    const operation = this.resolve(this.document.paths[path])?.[method];
    assert.ok(operation, `${what}: no such operation`);
    const response = this.resolve(operation.responses[answer.status]);
    assert.ok(response, `${what} is not described: ${answer.text}`);
    const type = (answer.headers["content-type"] ?? "").split(";")[0];
    const media = response.content?.[type];
    assert.ok(media, `${what}: ${type} is not described`);
    if (type === "application/json") this.check(media.schema, answer.json, what);
  }
}
