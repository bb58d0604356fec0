import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { type Certificates, makeCertificates } from "../../support/certificates";
import { type ProcessOptions, startProcess, stillClock } from "../../support/context";
import { type CountingProxy, countingProxy } from "../../support/countingProxy";
import { type LocalRegistry, type RegistryOptions, startRegistry } from "../../support/registries";
import { type Access, startTokenServer, type TokenServer } from "../../support/tokenServer";
import { type WireProxy, wireProxy } from "../../support/wireProxy";
import { createTestFolder, type TestFolder } from "../../unit/distribution/programs";
import { uniqueName } from "../distribution/content";
import { multiArchImage, platformImage } from "./engine";
import { scripts } from "./scripts";

const versions = [2, 3] as const;
const everything: Access = { "*": ["pull", "push", "delete"] };
const account = { username: "ci", password: "correct horse" };
const environment = { REGISTRY_PASSWORD: account.password };
const fromEnvironment = { username: account.username, passwordEnv: "REGISTRY_PASSWORD" };

/** Runs the whole life of a PlatformImage and of an index over it. @returns the index's digest. */
async function live(registry: PropertyBag, files: PropertyBag, options: ProcessOptions): Promise<unknown> {
  const [image, index] = [platformImage(), multiArchImage()];
  const start = () => startProcess(options);
  const common = { registry, repository: "team/server" };
  const declared = { ...common, tag: "arm64", platform: "linux/arm64", source: files };
  await image.up(declared, start());
  const indexed = { ...common, tags: ["1.4.0"], images: [":arm64"] };
  const { digest } = await index.up(indexed, start());
  assert.equal((await index.refresh(start()))?.["drift"], undefined);
  assert.equal((await image.refresh(start()))?.["drift"], undefined);
  assert.equal((await image.preview(declared, start())).changes, false);
  assert.equal((await index.preview(indexed, start())).changes, false);
  await index.destroy(start());
  await image.destroy(start());
  return digest;
}

/** A registry and what its users need beside their names. */
interface Guarded {
  readonly registry: LocalRegistry;
  readonly tokens?: TokenServer;
}

let made: Certificates | undefined;
const certificates = () => {
  made ??= makeCertificates();
  return made;
};
const guards: Readonly<Record<string, (version: 2 | 3) => Promise<Guarded>>> = {
  "htpasswd accounts": async (version) => ({ registry: await startRegistry({ version, htpasswd: account }) }),
  "a token server that it trusts by certificate (2.8) or key set (3)": (version) => withTokens({ version }),
  "a token server, over TLS of a private authority": (version) => withTokens({ version, tls: certificates() }),
};

async function withTokens(options: RegistryOptions): Promise<Guarded> {
  const users = { [account.username]: { password: account.password, access: everything } };
  const tokens = await startTokenServer({ users, ...(options.tls && { tls: options.tls }) });
  return { tokens, registry: await startRegistry({ ...options, token: tokens.settings }) };
}

for (const version of versions)
  for (const [guard, start] of Object.entries(guards))
    describe(`images and indexes on distribution ${version} with ${guard}`, () => {
      const files = scripts();
      let guarded: Guarded;
      before(async function () {
        this.timeout(20_000);
        guarded = await start(version);
      });
      after(async () => {
        await guarded.registry.stop();
        await guarded.tokens?.stop();
      });
      const connection = (credentials?: object) => {
        const { address, url } = guarded.registry;
        const secured = url.startsWith("https") ? { caCertificate: certificates().ca, plainHttp: false } : {};
        return { address, ...secured, ...(credentials && { credentials }) };
      };

      it("are pushed, looked at and removed with a password of the environment", async () => {
        assert.match(String(await live(connection(fromEnvironment), files.source(), { environment })), /^sha256:/);
      });

      it("are pushed, looked at and removed with a credential helper of docker's configuration", async () => {
        const folder = await helperFolder(guarded.registry.address);
        const options = { environment: { DOCKER_CONFIG: folder.path, PATH: folder.path } };
        await live(connection(), files.source(), options);
        await folder.remove();
      });

      it("are refused in preview with a wrong password, naming the input", async () => {
        const inputs = {
          registry: connection({ username: "ci", password: "battery staple" }),
          repository: "team/server",
        };
        const declared = { ...inputs, tag: "arm64", platform: "linux/arm64", source: files.source() };
        await assert.rejects(platformImage().preview(declared), { code: "ERR_AUTH" });
      });
    });

/** A folder with docker's configuration and a real helper: it answers for this registry alone. */
async function helperFolder(address: string): Promise<TestFolder> {
  const folder = await createTestFolder();
  const answer = JSON.stringify({ ServerURL: address, Username: account.username, Secret: account.password });
  const script = [
    `[ "$1" = get ] || exit 1`,
    "read -r server",
    `if [ "$server" = "${address}" ]; then echo '${answer}'; else echo "credentials not found in native keychain"; exit 1; fi`,
  ];
  await folder.program("docker-credential-vault", script.join("\n"));
  writeFileSync(join(folder.path, "config.json"), JSON.stringify({ credHelpers: { [address]: "vault" } }));
  return folder;
}

for (const version of versions)
  describe(`tokens that live for five seconds, on distribution ${version}`, () => {
    const files = scripts();
    let tokens: TokenServer;
    let registry: LocalRegistry;
    let counting: CountingProxy;
    let wire: WireProxy;
    before(async function () {
      this.timeout(20_000);
      const users = { [account.username]: { password: account.password, access: everything } };
      tokens = await startTokenServer({ users, lifetimeSeconds: 5, endsPunctually: true });
      registry = await startRegistry({ version, token: tokens.settings });
      counting = await countingProxy(registry.address);
      wire = await wireProxy(registry.address);
    });
    after(async () => {
      await counting.stop();
      await wire.stop();
      await registry.stop();
      await tokens.stop();
    });
    const program = (address: string) => ({
      registry: { address, credentials: fromEnvironment },
      repository: uniqueName(),
      tag: "1",
      platform: "linux/arm64",
      source: files.source(),
    });
    const statuses = () => counting.requests.map(({ status }) => status).filter((status) => status === 401);

    it("are renewed before they end: after the first challenge no request is refused", async () => {
      let now = Date.parse("2024-05-01T12:00:00Z");
      const clock = { ...stillClock(), now: () => (now += 500) };
      await platformImage().up(program(counting.address), startProcess({ environment, clock }));
      assert.equal(statuses().length, 1);
      assert.ok(tokens.requests.length > 2, `${tokens.requests.length} tokens`);
    });

    it("that end in the middle of a push are replaced, and the push goes on", async () => {
      let isLate = false;
      wire.observer = async ({ method, path }, moment) => {
        if (isLate || method !== "PUT" || !path.includes("/blobs/") || moment !== "halfway") return;
        isLate = true;
        await setTimeout(6000);
      };
      tokens.reset();
      // Its clock stands still: it learns of the end from the registry alone.
      await platformImage().up(program(wire.address), startProcess({ environment }));
      const writers = tokens.requests.filter(({ scopes }) => scopes.some((scope) => scope.includes("push")));
      assert.deepEqual([isLate, writers.length], [true, 2]);
    }).timeout(30_000);
  });

describe("an index over images of three registries", function () {
  this.timeout(30_000);
  const files = scripts();
  const identities = {
    first: { username: "alice", password: "alice's" },
    second: { username: "bob", password: "bob's" },
    target: { username: "carol", password: "carol's" },
  };
  let registries: Record<keyof typeof identities, LocalRegistry>;
  let tokens: TokenServer;
  before(async () => {
    const { bob } = { bob: { password: identities.second.password, access: { "team/server": ["pull", "push"] } } };
    tokens = await startTokenServer({ users: { bob } });
    registries = {
      first: await startRegistry({ version: 2, htpasswd: identities.first }),
      second: await startRegistry({ version: 3, token: tokens.settings }),
      target: await startRegistry({ version: 3, htpasswd: identities.target, tls: certificates() }),
    };
  });
  after(async () => {
    for (const registry of Object.values(registries)) await registry.stop();
    await tokens.stop();
  });

  const connectionTo = (name: keyof typeof identities) => ({
    address: registries[name].address,
    credentials: identities[name],
    ...(name === "target" && { caCertificate: certificates().ca, plainHttp: false }),
  });
  const push = async (name: keyof typeof identities, platform: string) => {
    const inputs = { registry: connectionTo(name), repository: "team/server", tag: "1", platform };
    const { digest } = await platformImage().up({ ...inputs, source: files.source() });
    return { digest, reference: `${registries[name].address}/team/server:1` };
  };

  it("signs in to each with the identity for it, and to none with another's", async () => {
    const sources = [await push("first", "linux/amd64"), await push("second", "linux/arm64")];
    const own = await push("target", "linux/s390x");
    tokens.reset();
    const index = multiArchImage();
    const outputs = await index.up({
      registry: connectionTo("target"),
      repository: "team/server",
      tags: ["1.4.0"],
      images: [...sources.map(({ reference }) => reference), ":1"],
      sourceRegistries: [connectionTo("first"), connectionTo("second")],
    });
    const digests = [...sources, own].map(({ digest }) => digest);
    assert.deepEqual(Object.values(Object(outputs["platforms"])), digests);
    assert.deepEqual(new Set(tokens.requests.map(({ user }) => user)), new Set(["bob"]));
    assert.deepEqual(listedBySkopeo(registries.target.address, identities.target), digests);
  });
});

function listedBySkopeo(
  address: string,
  { username, password }: { username: string; password: string },
): readonly string[] {
  const options = ["inspect", "--raw", "--tls-verify=false", `--creds=${username}:${password}`];
  const index = execFileSync("skopeo", [...options, `docker://${address}/team/server:1.4.0`], { encoding: "utf8" });
  return JSON.parse(index).manifests.map(({ digest }: { digest: string }) => digest);
}
