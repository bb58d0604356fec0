import assert from "node:assert/strict";
import type { LookupAddress, LookupOptions } from "node:dns";
import { hasCode, messageOf } from "../../../provider/errors";
import { filteredLookup, refuseLiteral } from "../../../provider/http/lookup";
import type { HttpRequest } from "../../../provider/http/message";

type Answer = string | LookupAddress[];

/** What the filtered look-up says when the system's finds these addresses, or fails with this error. */
function filtered(
  found: Answer | NodeJS.ErrnoException,
  options: LookupOptions,
  host: HttpRequest["host"] = "untrusted",
): Promise<Answer> {
  const lookup = filteredLookup(
    (_hostname, _options, callback) => (found instanceof Error ? callback(found, []) : callback(null, found)),
    host,
  );
  return new Promise((resolve, reject) =>
    lookup("auth.example", options, (error, address) => (error === null ? resolve(address) : reject(error))),
  );
}

const publicAddress = { address: "8.8.8.8", family: 4 };
const privateAddress = { address: "10.0.0.1", family: 4 };

const standings = {
  named: ["8.8.8.8", "10.0.0.1", "127.0.0.1", "169.254.169.254"],
  untrusted: ["8.8.8.8"],
  internal: ["8.8.8.8", "10.0.0.1"],
  loopback: ["8.8.8.8", "127.0.0.1"],
};

describe("filteredLookup", () => {
  it("passes public addresses on", async () =>
    assert.deepEqual(await filtered([publicAddress], { all: true }), [publicAddress]));
  it("passes the first one on to who wants one", async () =>
    assert.equal(await filtered([privateAddress, publicAddress], {}), "8.8.8.8"));
  it("leaves private addresses out", async () =>
    assert.deepEqual(await filtered([privateAddress, publicAddress], { all: true }), [publicAddress]));
  it("passes errors on", () => {
    const error: NodeJS.ErrnoException = new Error("not found");
    return assert.rejects(filtered(error, {}), error);
  });
  for (const found of [[privateAddress], [{ address: "::1", family: 6 }], [], "127.0.0.1"])
    it(`security row 1: refuses a name that is at ${JSON.stringify(found)}`, () =>
      assert.rejects(filtered(found, { all: true }), (error) => hasCode(error, "ERR_ADDRESS_REFUSED")));
  for (const host of ["named", "untrusted", "internal", "loopback"] as const)
    it(`security row 2: yields to a host that is ${host} no other addresses than ${standings[host].join(", ")}`, async () => {
      const found = standings.named.map((address) => ({ address, family: 4 }));
      const allowed = found.filter(({ address }) => standings[host].includes(address));
      assert.deepEqual(await filtered(found, { all: true }, host), allowed);
    });
  it("tells the name and the address", () =>
    assert.rejects(filtered([privateAddress], {}), (error) => /auth\.example.*10\.0\.0\.1/.test(messageOf(error))));
});

describe("refuseLiteral", () => {
  const literals = [
    "127.0.0.1:5000",
    "[::1]",
    "169.254.169.254",
    "0x7f.1",
    "2130706433",
    "0177.0.0.1",
    "[::ffff:10.0.0.1]",
    "0",
  ];
  for (const host of literals)
    it(`security row 1: refuses ${host}`, () =>
      assert.throws(
        () => refuseLiteral({ url: new URL(`http://${host}/`), host: "untrusted" }),
        (error) => hasCode(error, "ERR_ADDRESS_REFUSED"),
      ));
  for (const host of ["8.8.8.8", "[2606:4700::1]", "registry.example", "10.example"])
    it(`lets ${host} pass`, () =>
      assert.doesNotThrow(() => refuseLiteral({ url: new URL(`http://${host}/`), host: "untrusted" })));
  it("lets every address pass that the user named", () =>
    assert.doesNotThrow(() => refuseLiteral({ url: new URL("http://169.254.169.254/"), host: "named" })));
});
