import assert from "node:assert/strict";
import { createRegistryPool, registryClient } from "../../../provider/distribution/registryClient";
import { hasCode } from "../../../provider/errors";
import { impatientClock, newClient } from "../../registry/distribution/content";
import { fakeRegistry } from "./fakeRegistry";

const world = { clock: impatientClock(), environment: {}, config: () => undefined, notify: () => {} };

describe("createRegistryPool", () => {
  const pool = createRegistryPool(world);

  it("has one client for equal connections, in whatever order their fields stand", () => {
    const one = pool({ address: "r.example", credentials: { username: "u", passwordEnv: "P" } });
    assert.equal(pool({ credentials: { passwordEnv: "P", username: "u" }, address: "r.example" }), one);
  });

  for (const [what, connection] of [
    ["another address", { address: "s.example" }],
    ["other credentials", { address: "r.example", credentials: { anonymous: true } }],
    ["another time-out", { address: "r.example", timeoutSeconds: 5 }],
  ] as const) {
    it(`has another client for ${what}`, () => {
      assert.notEqual(pool(connection), pool({ address: "r.example" }));
    });
  }
});

describe("registryClient", () => {
  for (const timeoutSeconds of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    it(`refuses a time-out of ${timeoutSeconds} s, with which a silent registry would hold a function for ever`, () => {
      assert.throws(
        () => registryClient({ address: "localhost:1", timeoutSeconds }, world),
        (error) => hasCode(error, "ERR_INPUT_INVALID") && error.details.path === "registry.timeoutSeconds",
      );
    });
  }

  it("has one repository of each name, so that what is known of it is shared", () => {
    const client = newClient("localhost:1");
    assert.equal(client.repository("team/server"), client.repository("team/server"));
  });

  for (const name of ["Team/server", "../server", "team/server?x", ""]) {
    it(`refuses the repository name ${JSON.stringify(name)}`, () => {
      assert.throws(
        () => newClient("localhost:1").repository(name),
        (error) => hasCode(error, "ERR_REFERENCE_INVALID"),
      );
    });
  }

  it("pings a registry that does not tell its API version", async () => {
    const registry = await fakeRegistry(() => ({ status: 200 }));
    assert.deepEqual(await newClient(registry.address).ping(), {});
    assert.deepEqual(registry.lines(), ["GET /v2/"]);
    await registry.stop();
  });

  for (const [what, credentials] of [
    ["a password that came from state", { username: "ci", password: "old" }],
    ["a password of the stack's configuration", { username: "ci", passwordConfig: "password" }],
  ] as const) {
    it(`tries the environment's login once when ${what} is refused`, async () => {
      const fresh = basic("ci", "new");
      const registry = await fakeRegistry(({ headers }) =>
        headers["authorization"] === fresh
          ? { status: 200 }
          : { status: 401, headers: { "www-authenticate": 'Basic realm="registry"' } },
      );
      const { address } = registry;
      const environment = {
        DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [address]: { auth: fresh.slice("Basic ".length) } } }),
      };
      const world = { clock: impatientClock(), environment, config: () => "old", notify: () => {} };
      assert.deepEqual(await registryClient({ address, credentials }, world).ping(), {});
      await registry.stop();
    });
  }
});

const basic = (username: string, password: string) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
