import assert from "node:assert/strict";
import { armUrl } from "../../../provider/azure/arm";
import { hasCode, hasStatus, messageOf } from "../../../provider/errors";
import { type AzureStandIn, azureClock, connectTo, secretCanary, startAzure } from "../../azure/world";

const registry = { name: "example", loginServer: "example.azurecr.io", url: "http://localhost:1" };

describe("connectResourceManager", () => {
  let azure: AzureStandIn;
  beforeEach(async () => {
    azure = await startAzure({ registries: [registry] });
  });
  afterEach(() => azure.stop());

  const get = ({ arm } = connectTo(azure), path = azure.arm.registryId("example")) =>
    arm.send({ method: "GET", url: armUrl(arm, path, "2025-11-01"), isRepeatable: true });
  const post = (isRepeatable: boolean) => {
    const { arm } = connectTo(azure);
    const url = armUrl(arm, `${azure.arm.registryId("example")}/listCredentials`, "2025-11-01");
    return arm.send({ method: "POST", url, isRepeatable });
  };

  it("signs in with a token for Azure Resource Manager, and gets one for all requests", async () => {
    const manager = connectTo(azure);
    const answers = await Promise.all([get(manager), get(manager), get(manager)]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    assert.deepEqual(
      azure.entra.requests.map(({ parameters }) => parameters["scope"]),
      [`${azure.arm.url}/.default`],
    );
  });

  it("gets another token before the old one ends", async () => {
    const clock = azureClock();
    const manager = connectTo(azure, clock);
    await get(manager);
    clock.advance(3599 - 299);
    await get(manager);
    assert.equal(azure.entra.requests.length, 2);
  });

  it("gets another token once when one is refused", async () => {
    azure.arm.refuseNext("/registries/example", 401, "ExpiredAuthenticationToken");
    assert.equal((await get()).status, 200);
    assert.equal(azure.entra.requests.length, 2);
  });

  it("tells what Azure said, the correlation id and which right is missing", async () => {
    azure.arm.refuseNext("/registries/example", 403, "AuthorizationFailed");
    const error = await get().catch((thrown: unknown) => thrown);
    assert.ok(hasStatus(error, 403));
    assert.deepEqual(error.details.errors, [{ code: "AuthorizationFailed", message: "said by the stand-in" }]);
    assert.match(messageOf(error), /Container Registry Data Importer and Data Reader.*x-ms-correlation-request-id: /);
  });

  it("waits as long as Azure asks for when it is asked too often", async () => {
    const clock = azureClock();
    const start = clock.now();
    azure.arm.refuseNext("/registries/example", 429, "TooManyRequests", { "retry-after": "17" });
    await get(connectTo(azure, clock));
    assert.equal(clock.now() - start, 17_000);
  });

  it("names a registry that is not there", async () => {
    const path = azure.arm.registryId("other");
    const error = await get(connectTo(azure), path).catch((thrown: unknown) => thrown);
    assert.ok(hasStatus(error, 404));
    assert.match(messageOf(error), /ResourceNotFound.*Check the registry's resource id/);
  });

  it("repeats a request that may be repeated when its answer is lost", async () => {
    azure.arm.dropNext("/listCredentials");
    assert.equal((await post(true)).status, 200);
  });

  it("does not repeat another one", async () => {
    azure.arm.dropNext("/listCredentials");
    await assert.rejects(
      post(false),
      (error) => hasCode(error, "ERR_TRANSPORT") && /so it was not sent again/.test(error.message),
    );
    assert.equal(azure.arm.requests.length, 0);
  });

  it("never tells a secret", async () => {
    azure.arm.refuseNext("/registries/example", 403, secretCanary);
    const error = await get().catch(messageOf);
    assert.doesNotMatch(String(error), new RegExp(secretCanary));
  });
});
