import assert from "node:assert/strict";
import { type Acr, startAcr } from "../azure/acr";
import { fullAccess } from "../azure/acrTokens";
import { clientId, clientSecret, secretEnvironment } from "../azure/clients";
import { type Entra, startEntra } from "../azure/entra";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { diagnostics, resourceCounts, succeeding } from "./plan";
import { binariesFor, programText } from "./programs";

const body = `
const registry = new multiarch.Registry("registry", { address, credentials: { azure } });
const source = { files: { "/usr/bin/server": binaries["linux/arm64"] } };
const image = new multiarch.PlatformImage("image", { registry, repository: "team/server", platform: "linux/arm64", source });
new multiarch.MultiArchImage("server", { registry, repository: "team/server", tags: ["1.4.0"], images: [image], lock: { tag: true } });
`;

describe("a stack on an Azure registry", function () {
  this.timeout(180_000);
  let entra: Entra;
  let acr: Acr;
  let stack: Stack;
  let checkpoint: string;
  const results: Record<string, CommandResult> = {};

  /** @param azure - which identity signs in. */
  const program = (azure: object) =>
    programText({ address: acr.address, azure, binaries: binariesFor("linux/arm64") }, body);

  before(async () => {
    entra = await startEntra({ applications: { [clientId]: { secret: clientSecret } } });
    acr = await startAcr({ entra, principals: { [clientId]: fullAccess } });
    const environment = { ...secretEnvironment(entra), WRONG_SECRET: "canary-wrong-secret-2b8d" };
    stack = await createStack({ program: program({}), environment });
    results["preview"] = await succeeding(stack.preview({ diff: true }));
    results["up, with every message logged"] = await succeeding(stack.up({ verbose: true }));
    results["up again"] = await succeeding(stack.up());
    results["refresh"] = await succeeding(stack.refresh());
    results["export"] = await succeeding(stack.exportState());
    await stack.setProgram(program({ clientSecretEnv: "WRONG_SECRET" }));
    results["preview with a wrong secret"] = await stack.preview();
    await stack.setProgram(program({ tenantId: "contoso.example" }));
    results["preview with a wrong tenant"] = await stack.preview();
    acr.switches.firewall = true;
    await stack.setProgram(program({}));
    results["preview behind a firewall"] = await stack.preview();
    acr.switches.firewall = false;
    checkpoint = await stack.checkpointText();
  });
  after(async () => {
    await stack.dispose();
    await Promise.all([acr.stop(), entra.stop()]);
  });

  it("is up to date after its first update", () => {
    const { "up again": again } = results;
    assert.deepEqual(again && resourceCounts(again), ["4 unchanged"]);
  });

  it("has its tag locked", () => {
    assert.equal(acr.repositories.get("team/server")?.tags.get("1.4.0")?.attributes.writeEnabled, false);
  });

  it("security row 15: keeps no secret and no token in what the backend has: state, history and backups", () => {
    assert.doesNotMatch(checkpoint, /canary|eyJ|ciphertext/);
  });

  for (const command of [
    "preview",
    "up, with every message logged",
    "refresh",
    "export",
    "preview with a wrong secret",
    "preview with a wrong tenant",
  ])
    it(`security row 15: has no secret and no token printed by ${command}`, () => {
      const { stdout = "", stderr = "" } = results[command] ?? {};
      assert.doesNotMatch(stdout + stderr, /canary|eyJ[\w-]{5}/);
    });

  const failures: readonly (readonly [command: string, message: RegExp])[] = [
    ["preview with a wrong secret", /AADSTS7000215.*Correct the client secret/],
    ["preview with a wrong tenant", /AADSTS90002.*Correct the tenant/],
    ["preview behind a firewall", /not allowed access.*az acr network-rule add/],
  ];
  for (const [command, message] of failures)
    it(`says what to do at a ${command}`, () => {
      const { [command]: result } = results;
      assert.match(result ? diagnostics(result) : "", message);
    });
});
