// Names whose addresses lie: no name server gets an enricher into the inside, whatever it answers and when.
import { before, describe, test } from "node:test";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import assert from "node:assert/strict";
import { EMBUDO, ROOT } from "./lib/daemon.mjs";

const run = promisify(execFile);
const apart = ["-rmn"]; // a network, mounts and a root of its own
const possible = await run("unshare", [...apart, "true"]).then(() => true, () => false);

describe("with a name server of our own", { skip: possible ? false : "this machine allows no namespaces" }, () => {
  let came, results;
  before(async () => {
    const { stdout } = await run("unshare", [...apart, process.execPath, join(ROOT, "lib/names.mjs"), EMBUDO]);
    ({ came, results } = JSON.parse(stdout));
  });
  const of = (name) => results.filter(([asked]) => asked === name).map(([, end]) => end);

  test("a name that was public and then is not (rebinding) is denied when it is connected to", () => {
    assert.deepEqual(of("rebind.example"), ["unreachable", "denied"]);
  });

  test("among addresses of both kinds the inner ones are denied", () => {
    for (const name of ["mixed.example", "mixed-first.example"]) assert.deepEqual(of(name), ["denied"], name);
  });

  test("so is every way to write one of the inside", () => {
    for (const name of ["loopback", "loopback6", "mapped", "nat64", "sixtofour", "zero", "unspecified6", "metadata", "private", "alias"])
      assert.deepEqual(of(`${name}.example`), ["denied"], name);
  });

  test("names that are allowed are asked, others without an address are not", () => {
    assert.deepEqual(of("allowed.example"), ["answered"]);
    assert.deepEqual(of("public.example"), ["unreachable"]); // there is no internet here
    assert.deepEqual(of("nobody.example"), ["unresolved"]);
  });

  test("nobody else came to the service that waits inside", () => assert.deepEqual(came, ["allowed.example"]));
});
