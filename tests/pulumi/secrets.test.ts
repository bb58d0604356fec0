import assert from "node:assert/strict";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, startRegistry } from "../support/registries";
import { startTokenServer, type TokenServer } from "../support/tokenServer";
import { diagnostics, succeeding } from "./plan";
import { binariesFor, programText } from "./programs";

const username = "ci";
const password = "canary-password-5d1f";

const body = `
const config = new pulumi.Config();
const secret = (name) => wrong[name] ?? config.requireSecret(name);
const source = { files: { "/usr/bin/server": binaries["linux/arm64"] } };
const publish = (name, registry) => {
  const repository = "team/" + name;
  const image = new multiarch.PlatformImage(name, { registry, repository, platform: "linux/arm64", source });
  new multiarch.MultiArchImage(name, { registry, repository, tags: ["1.4.0"], images: [image] });
};
publish("password", new multiarch.Registry("password", { address: basic, credentials: { username, password: secret("password") } }));
publish("token", { address: bearer, credentials: { token: secret("token") } });
new multiarch.Registry("config", { address: basic, credentials: { username, passwordConfig: "password" } });
`;

/** What the engine and Pulumi's SDK write of every secret when they are told to log all messages between them. */
const isPulumiOwn = (line: string) => /arshaling property for RPC\[|RegisterResource RPC finished/.test(line);

describe("a secret of a stack, security row 15", function () {
  this.timeout(180_000);
  let tokens: TokenServer;
  let basic: LocalRegistry;
  let bearer: LocalRegistry;
  let stack: Stack;
  let token: string;
  let checkpoint: string;
  const results: Record<string, CommandResult> = {};

  /** @param wrong - what the program has instead of the stack's secrets. */
  const program = (wrong: { readonly password?: string; readonly token?: string }) =>
    programText(
      { basic: basic.address, bearer: bearer.address, username, binaries: binariesFor("linux/arm64"), wrong },
      body,
    );

  before(async () => {
    tokens = await startTokenServer({ users: { ci: { password, access: { "*": ["pull", "push", "delete"] } } } });
    basic = await startRegistry({ version: 3, htpasswd: { username, password } });
    bearer = await startRegistry({ version: 3, token: tokens.settings });
    token = await grantedToken(tokens, "team/token");
    stack = await createStack({ program: program({}), secretConfig: { password, token } });
    results["preview"] = await succeeding(stack.preview({ diff: true }));
    results["preview --json"] = await succeeding(stack.preview({ json: true }));
    results["up --debug"] = await succeeding(stack.run("up", "--yes", "--skip-preview", "--debug"));
    results["up, with every message logged"] = await succeeding(stack.up({ verbose: true }));
    results["refresh"] = await succeeding(stack.refresh());
    results["export"] = await succeeding(stack.exportState());
    checkpoint = await stack.checkpointText();
    await stack.setProgram(program({ password: "canary-wrong-81b2" }));
    results["preview of a wrong password"] = await stack.preview();
    await stack.setProgram(program({ token: "canary-wrong-77c0" }));
    results["preview of a wrong token"] = await stack.preview();
    await stack.setProgram(program({}));
  });
  after(async () => {
    await stack.dispose();
    await Promise.all([basic.stop(), bearer.stop(), tokens.stop()]);
  });

  const occurs = (text: string) =>
    [password, token, Buffer.from(`${username}:${password}`).toString("base64"), "canary"].filter((secret) =>
      text.includes(secret),
    );

  it("is nowhere in what the backend keeps: state, history and backups", () => {
    assert.deepEqual(occurs(checkpoint), []);
  });

  it("is in the state as ciphertext, so that refresh and destroy have it", () => {
    assert.match(checkpoint, /"password": *\{[^}]*"ciphertext"/);
  });

  const commands = ["preview", "preview --json", "up --debug", "refresh", "export"];
  for (const command of [...commands, "preview of a wrong password", "preview of a wrong token"]) {
    it(`is not printed by ${command}`, () => {
      const { stdout = "", stderr = "" } = results[command] ?? {};
      assert.deepEqual(occurs(stdout + stderr), []);
    });
  }

  it("is not in what the provider says at the highest level of logging", () => {
    const { stdout = "", stderr = "" } = results["up, with every message logged"] ?? {};
    const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => !isPulumiOwn(line));
    assert.deepEqual(occurs(lines.join("\n")), []);
  });

  for (const [secret, name] of [
    ["password", 'user "ci"'],
    ["token", "the registry token"],
  ] as const) {
    it(`is refused by name, not by value, when it is a wrong ${secret}`, () => {
      const { [`preview of a wrong ${secret}`]: wrong } = results;
      assert.match(wrong ? diagnostics(wrong) : "", new RegExp(`credentials: .*401: localhost:\\d+ refuses ${name}`));
    });
  }
});

/** A token as somebody else's tool would have asked for it. */
async function grantedToken({ settings }: TokenServer, repository: string): Promise<string> {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const scope = `repository:${repository}:pull,push,delete`;
  const url = `${settings.realm}?service=${settings.service}&scope=${encodeURIComponent(scope)}`;
  const answer: { readonly token: string } = JSON.parse(
    await (await fetch(url, { headers: { authorization } })).text(),
  );
  return answer.token;
}
