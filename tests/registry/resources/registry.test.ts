import assert from "node:assert/strict";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { unknownValue } from "../../../provider/resources/properties/unknown";
import { registryLifecycle } from "../../../provider/resources/registry";
import { startProcess } from "../../support/context";
import { type CountingProxy, countingProxy } from "../../support/countingProxy";
import { forEachRegistry, type LocalRegistry, startRegistry } from "../../support/registries";

const { check, create, read, update, delete: remove } = registryLifecycle;

async function checked(program: PropertyBag): Promise<PropertyBag> {
  return (await check(startProcess().context, {}, program)).inputs;
}

forEachRegistry("a Registry", (registry) => {
  let proxy: CountingProxy;
  before(async () => {
    proxy = await countingProxy(registry().address);
  });
  beforeEach(() => proxy.reset());
  after(() => proxy.stop());

  const lines = () => proxy.requests.map(({ method, path }) => `${method} ${path}`);

  it("is asked for its API in preview, with one request", async () => {
    assert.deepEqual(await checked({ address: proxy.address }), {
      address: proxy.address,
      apiVersion: "registry/2.0",
    });
    assert.deepEqual(lines(), ["GET /v2/"]);
  });

  it("is not asked with preflight: false", async () => {
    const inputs = await checked({ address: proxy.address, preflight: false });
    assert.equal("apiVersion" in inputs, false);
    assert.deepEqual(lines(), []);
  });

  it("is not asked while anything of it is not known", async () => {
    const credentials = { username: "ci", password: unknownValue };
    const { apiVersion } = await checked({ address: proxy.address, credentials });
    assert.equal(apiVersion, unknownValue);
    assert.deepEqual(lines(), []);
  });

  it("is created, changed and deleted without a request, under its address as id", async () => {
    const inputs = await checked({ address: proxy.address });
    proxy.reset();
    const { context } = startProcess();
    const { id, state } = await create(context, inputs);
    assert.deepEqual([id, state], [proxy.address, inputs]);
    const changed = { ...inputs, timeoutSeconds: 5 };
    assert.deepEqual(await update(context, id, state, changed), { id, state: changed });
    await remove(context, id, state);
    assert.deepEqual(lines(), []);
  });

  it("is asked again by a refresh, which finds it unchanged", async () => {
    const inputs = await checked({ address: proxy.address });
    const live = await read(startProcess().context, proxy.address, inputs);
    assert.deepEqual(live?.state, inputs);
    assert.deepEqual(live?.inputs, inputs);
  });

  describe("that is out of reach", () => {
    const program = { address: "localhost:1" };
    const recorded = { address: "localhost:1", apiVersion: "registry/2.0" };

    it("keeps what it said last, with a warning, when nothing changed", async () => {
      const { context, warnings } = startProcess();
      assert.deepEqual((await check(context, recorded, program)).inputs, recorded);
      assert.match(warnings.join(), /^registry not reached: address: GET http:\/\/localhost:1\/v2\/: nothing listens/);
    });

    it("is refused when something changed", async () => {
      const changed = { ...program, timeoutSeconds: 5 };
      await assert.rejects(check(startProcess().context, recorded, changed), { code: "ERR_TRANSPORT" });
    });
  });

  for (const [title, program, start] of [
    ["no address", {}, "address:"],
    ["a malformed address", { address: "http://localhost" }, "address:"],
    ["credentials of no known form", { address: "localhost", credentials: { user: "ci" } }, "credentials:"],
    ["an address where nobody listens", { address: "localhost:1" }, "address:"],
  ] as const) {
    it(`is refused with ${title}: ${start}`, async () => {
      await assert.rejects(checked(program), (error) => {
        assert.ok(error instanceof Error && error.message.startsWith(start), String(error));
        return true;
      });
    });
  }
});

for (const version of [2, 3] as const) {
  describe(`a Registry that wants a password, on distribution ${version}`, () => {
    let registry: LocalRegistry;
    before(async function () {
      this.timeout(20_000);
      registry = await startRegistry({ version, htpasswd: { username: "ci", password: "correct horse" } });
    });
    after(() => registry.stop());

    const withPassword = (password: string) => ({
      address: registry.address,
      credentials: { username: "ci", password },
    });

    it("takes the right one in preview", async () => {
      const { apiVersion } = await checked(withPassword("correct horse"));
      assert.equal(apiVersion, "registry/2.0");
    });

    it("refuses a wrong one in preview, naming the input and not the password", async () => {
      await assert.rejects(checked(withPassword("battery staple")), (error) => {
        assert.ok(error instanceof Error && error.message.startsWith("credentials: "), String(error));
        assert.equal(error.message.includes("battery"), false);
        return true;
      });
    });

    it("refuses none in preview", async () => {
      await assert.rejects(checked({ address: registry.address }), { code: "ERR_AUTH" });
    });
  });
}
