import { deepStrictEqual, match, rejects, strictEqual } from "node:assert/strict";
import { dynamicProvider } from "../../../provider/host/dynamic";
import type { Message } from "../../../provider/host/log";
import { createHost } from "../../../provider/host/process";
import { registryLifecycle } from "../../../provider/resources/registry";
import { harness } from "../http/harness";

/** A host whose process has these variables, and what it tells. */
function hostWith(environment: Readonly<Record<string, string>>) {
  const told: Message[] = [];
  return {
    host: createHost({ environment: { HOME: "/nowhere", ...environment }, tell: (message) => told.push(message) }),
    told,
  };
}

describe("createHost", () => {
  const { server } = harness();
  const config = { get: () => undefined, require: () => "" };

  it("has no blob followed where no display shows it, so that progress costs nothing there", async () => {
    strictEqual(await hostWith({}).host.call("urn", ({ progress }) => progress), undefined);
  });

  it("logs each request at the resource that it is made for, when PULUMI_MULTIARCH_DEBUG asks for it", async () => {
    const { host, told } = hostWith({ PULUMI_MULTIARCH_DEBUG: "http" });
    const provider = dynamicProvider(() => registryLifecycle, host);
    const registries = await Promise.all([1, 2].map(() => server((_, response) => response.end())));
    const addresses = registries.map(({ url }) => url().host);
    await Promise.all(addresses.map((address) => provider.check?.({}, { address, resourceUrn: `urn of ${address}` })));
    for (const address of addresses) {
      const lines = told.filter(({ text }) => text.startsWith(`http: GET http://${address}/v2/: 200 after `));
      deepStrictEqual(
        lines.map(({ kind, urn }) => [kind, urn]),
        [["debug", `urn of ${address}`]],
      );
    }
    strictEqual(told.length, 2);
  });

  it("logs no request unless it is asked to", async () => {
    const { host, told } = hostWith({});
    const registry = await server((_, response) => response.end());
    await dynamicProvider(() => registryLifecycle, host).check?.({}, { address: registry.url().host });
    deepStrictEqual(told, []);
  });

  it("warns of an unknown value of PULUMI_MULTIARCH_DEBUG once the engine can be told, and once only", () => {
    const { host, told } = hostWith({ PULUMI_MULTIARCH_DEBUG: "all" });
    strictEqual(told.length, 0);
    host.configure(config);
    host.configure(config);
    strictEqual(told.length, 1);
    match(told[0]?.text ?? "", /PULUMI_MULTIARCH_DEBUG is "all".*"http"/);
  });

  it("logs the stack of an error that it does not know at the resource, for whoever looks for its cause", async () => {
    const { host, told } = hostWith({});
    const failing = () => {
      throw new TypeError("x is not a function");
    };
    await rejects(host.call("urn", failing), /x is not a function/);
    deepStrictEqual(
      told.map(({ kind, urn }) => [kind, urn]),
      [["debug", "urn"]],
    );
    match(told[0]?.text ?? "", /^TypeError: x is not a function\n +at failing .*process\.test\.ts:\d+/);
  });
});
