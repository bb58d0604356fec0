import assert from "node:assert/strict";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { onDistribution3 } from "../support/registries";
import { actionsOf, startReaderAndWriter, type TokenServer } from "../support/tokenServer";
import { downloadedDigest } from "./clients";
import { diagnostics, plannedStep, plannedSteps, resourceCounts, succeeding } from "./plan";
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

let tokens: TokenServer;
const withTokens = async () => {
  tokens = await startReaderAndWriter(repository);
  return { token: tokens.settings };
};

onDistribution3("a registry with a token server", withTokens, (registry) => {
  let stack: Stack;
  let planned: unknown;
  let refused: CommandResult;
  let written: string;
  let previewed: ReadonlySet<string>;
  let updated: ReadonlySet<string>;
  let destroyed: ReadonlySet<string>;

  const reader = { username: "reader", passwordEnv: "READER_PASSWORD" };
  const writer = { usernameEnv: "WRITER", passwordEnv: "WRITER_PASSWORD" };
  /** What is asked of the token server from now on. */
  const newActions = () => {
    const before = tokens.requests.length;
    return () => actionsOf(tokens.requests.slice(before));
  };

  before(async function () {
    this.timeout(180_000);
    const { address } = registry();
    stack = await createStack({
      program: programOf(address, reader),
      environment: { READER_PASSWORD: "reader's", WRITER: "writer", WRITER_PASSWORD: "writer's" },
    });
    const inPreview = newActions();
    const plan = plannedSteps(await succeeding(stack.preview({ json: true })));
    ({ digest: planned } = plannedStep(plan, "server").inputs);
    previewed = inPreview();
    refused = await stack.up();
    await stack.setProgram(programOf(address, writer));
    const inUpdate = newActions();
    await succeeding(stack.up());
    updated = inUpdate();
    written = await downloadedDigest(registry(), repository, "1.4.0", "--creds", "writer:writer's");
    const inDestruction = newActions();
    await succeeding(stack.destroy());
    destroyed = inDestruction();
  });
  after(async function () {
    this.timeout(180_000);
    await stack.dispose();
    await tokens.stop();
  });

  it("somebody who may only pull previews", () => {
    assert.match(String(planned), /^sha256:/);
    assert.deepEqual([...previewed], ["pull"]);
  });

  it("somebody who may only pull updates", () => {
    assert.notEqual(refused.code, 0);
    assert.match(diagnostics(refused), /reader/);
  });

  it("somebody who may push updates", () => {
    assert.equal(written, planned);
    assert.deepEqual([...updated].sort(), ["pull", "push"]);
  });

  it("somebody who may delete destroys", () => {
    assert.deepEqual([...destroyed].sort(), ["delete", "pull", "push"]);
  });
});

const [username, password] = ["ci", "canary-password-93ae"];
const withAccounts = () => ({ htpasswd: { username, password } });

onDistribution3("a registry with accounts of its own", withAccounts, (registry) => {
  let stack: Stack;
  let first: CommandResult;
  let second: CommandResult;

  before(async function () {
    this.timeout(180_000);
    stack = await createStack({
      program: programOf(registry().address, { username, passwordEnv: "REGISTRY_PASSWORD" }),
      environment: { REGISTRY_PASSWORD: password },
    });
    first = await succeeding(stack.up({ verbose: true }));
    second = await succeeding(stack.up());
  });
  after(async function () {
    this.timeout(180_000);
    await stack.dispose();
  });

  it("a password is taken from the environment", async () => {
    const digest = await downloadedDigest(registry(), repository, "1.4.0", "--creds", `${username}:${password}`);
    assert.match(digest, /^sha256:/);
    assert.deepEqual(resourceCounts(second), ["4 unchanged"]);
  });

  // Security row 15, both.
  it("Pulumi's own log at the highest level is read for a password from the environment", () => {
    assert.equal((first.stdout + first.stderr).includes(password), false);
  });

  it("the state is read for a password from the environment", async () => {
    assert.doesNotMatch(await stack.checkpointText(), /canary|ciphertext/);
  });
});
