import assert from "node:assert/strict";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, startRegistry } from "../support/registries";
import { startTokenServer, type TokenRequest, type TokenServer } from "../support/tokenServer";
import { downloadedDigest } from "./clients";
import { plannedStep, plannedSteps, resourceCounts, succeeding } from "./plan";
import { binariesFor, programText } from "./programs";

const repository = "team/server";
const body = `
const registry = new multiarch.Registry("registry", { address, credentials });
const images = Object.entries(binaries).map(([platform, file]) =>
  new multiarch.PlatformImage(platform, { registry, repository, platform, source: { files: { "/usr/bin/server": file } } }));
new multiarch.MultiArchImage("server", { registry, repository, tags: ["1.4.0"], images });
`;

const programOf = (address: string, credentials: object) =>
  programText({ address, repository, credentials, binaries: binariesFor("linux/arm64") }, body);

const actionsOf = (requests: readonly TokenRequest[]) =>
  new Set(requests.flatMap(({ scopes }) => scopes).flatMap((scope) => (scope.split(":")[2] ?? "").split(",")));

describe("a registry with a token server", function () {
  this.timeout(180_000);
  let tokens: TokenServer;
  let registry: LocalRegistry;
  let stack: Stack;
  let digest: unknown;
  let previewed: readonly TokenRequest[];

  before(async () => {
    tokens = await startTokenServer({
      users: {
        reader: { password: "reader's", access: { [repository]: ["pull"] } },
        writer: { password: "writer's", access: { [repository]: ["pull", "push", "delete"] } },
      },
    });
    registry = await startRegistry({ version: 3, token: tokens.settings });
    stack = await createStack({
      program: programOf(registry.address, { username: "reader", passwordEnv: "READER_PASSWORD" }),
      environment: { READER_PASSWORD: "reader's", WRITER: "writer", WRITER_PASSWORD: "writer's" },
    });
    const plan = plannedSteps(await succeeding(stack.preview({ json: true })));
    ({ digest } = plannedStep(plan, "server").inputs);
    previewed = [...tokens.requests];
    const credentials = { usernameEnv: "WRITER", passwordEnv: "WRITER_PASSWORD" };
    await stack.setProgram(programOf(registry.address, credentials));
    await succeeding(stack.up());
  });
  after(async () => {
    await stack.dispose();
    await Promise.all([registry.stop(), tokens.stop()]);
  });

  it("lets somebody who may only pull preview the exact digest", async () => {
    assert.equal(await downloadedDigest(registry, repository, "1.4.0", "--creds", "writer:writer's"), digest);
  });

  it("is asked in a preview for the right to pull and no other", () => {
    assert.deepEqual([...actionsOf(previewed)], ["pull"]);
  });

  it("is asked in an update for the rights to pull and push and no other", () => {
    const updated = tokens.requests.slice(previewed.length).filter(({ user }) => user === "writer");
    assert.deepEqual([...actionsOf(updated)].sort(), ["pull", "push"]);
  });
});

describe("a registry with accounts of its own", function () {
  this.timeout(180_000);
  const [username, password] = ["ci", "canary-password-93ae"];
  let registry: LocalRegistry;
  let stack: Stack;
  let first: CommandResult;
  let second: CommandResult;

  before(async () => {
    registry = await startRegistry({ version: 2, htpasswd: { username, password } });
    stack = await createStack({
      program: programOf(registry.address, { username, passwordEnv: "REGISTRY_PASSWORD" }),
      environment: { REGISTRY_PASSWORD: password },
    });
    first = await succeeding(stack.up({ verbose: true }));
    second = await succeeding(stack.up());
  });
  after(async () => {
    await stack.dispose();
    await registry.stop();
  });

  it("takes an image with a password from the environment", async () => {
    assert.match(
      await downloadedDigest(registry, repository, "1.4.0", "--creds", `${username}:${password}`),
      /^sha256:/,
    );
  });

  it("is left unchanged by a second update", () => {
    assert.deepEqual(resourceCounts(second), ["4 unchanged"]);
  });

  it("security row 15: has a password that not even Pulumi's own log at the highest level tells", () => {
    assert.equal((first.stdout + first.stderr).includes(password), false);
  });

  it("security row 15: has a password that the state does not hold, not even encrypted", async () => {
    assert.doesNotMatch(await stack.checkpointText(), /canary|ciphertext/);
  });
});
