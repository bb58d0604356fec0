import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parsePlatform } from "../../provider/oci/platform";
import { type Layout, makeLayout } from "../support/layouts";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, startRegistry } from "../support/registries";
import { checkout } from "../support/sourceFiles";
import { crane, regctl, skopeo } from "./clients";
import { resourceCounts, shownOutput, succeeding } from "./plan";

/** Runs a command that makes or reads files of tests. */
const copy = (...args: readonly string[]) => skopeo("copy", "--quiet", "--insecure-policy", ...args);

/** Previews a stack, updates it, and updates it again. */
async function run(stack: Stack) {
  const preview = await succeeding(stack.preview());
  const first = await succeeding(stack.up());
  const second = await succeeding(stack.up());
  return { preview, first, second };
}

function assertUnchanged(second: CommandResult): void {
  assert.match(resourceCounts(second).join(), /^\d+ unchanged$/);
}

describe("examples/push-multi-arch", function () {
  this.timeout(180_000);
  let registry: LocalRegistry;
  let stack: Stack;
  let builds: string;
  let results: Awaited<ReturnType<typeof run>>;
  const repository = () => `${registry.address}/multi-arch-samples/myimage`;

  before(async () => {
    registry = await startRegistry({ version: 3 });
    builds = mkdtempSync(join(tmpdir(), "multiarch-builds-"));
    for (const architecture of ["arm64", "amd64"]) {
      const layout = makeLayout();
      layout.publish(layout.image({ platform: { os: "linux", architecture } }));
      const archive = join(builds, `${architecture}.tar`);
      await copy(`oci:${layout.directory}`, `docker-archive:${archive}:myimage:${architecture}`);
      layout.remove();
    }
    const config = { registry: registry.address, builds };
    stack = await createStack({ program: join(checkout, "examples/push-multi-arch"), config });
    results = await run(stack);
  });
  after(async () => {
    await stack.dispose();
    await registry.stop();
    rmSync(builds, { recursive: true });
  });

  it("pushes an image for each architecture under its tag, and the list of them under multi", async () => {
    const listed = await crane("ls", "--insecure", repository());
    assert.deepEqual(listed.trim().split("\n").sort(), ["amd64", "arm64", "multi"]);
    const { manifests } = JSON.parse(await crane("manifest", "--insecure", `${repository()}:multi`));
    const digests = ["arm64", "amd64"].map((tag) => crane("digest", "--insecure", `${repository()}:${tag}`));
    assert.deepEqual(
      manifests.map(({ digest }: { readonly digest: string }) => digest),
      (await Promise.all(digests)).map((digest) => digest.trim()),
    );
  });

  it("is pulled like a single image, each platform by its own", async () => {
    for (const architecture of ["arm64", "amd64"]) {
      const folder = join(builds, `pulled-${architecture}`);
      const flags = ["--src-tls-verify=false", `--override-arch=${architecture}`];
      await copy(...flags, `docker://${repository()}:multi`, `dir:${folder}`);
      const config = await crane("config", "--insecure", `--platform=linux/${architecture}`, `${repository()}:multi`);
      assert.equal(JSON.parse(config).architecture, architecture);
    }
  });

  it("shows in preview the digest that it pushes", async () => {
    const { preview, first } = results;
    assert.equal(shownOutput(preview, "image"), shownOutput(first, "image"));
    const digest = (await crane("digest", "--insecure", `${repository()}:multi`)).trim();
    assert.equal(shownOutput(first, "image"), `${repository()}@${digest}`);
  });

  it("finds nothing to do in a second update", () => assertUnchanged(results.second));
});

describe("examples/import", function () {
  this.timeout(180_000);
  let theirs: LocalRegistry;
  let ours: LocalRegistry;
  let layout: Layout;
  let stack: Stack;
  let results: Awaited<ReturnType<typeof run>>;

  before(async () => {
    [theirs, ours] = await Promise.all([startRegistry({ version: 2 }), startRegistry({ version: 3 })]);
    layout = makeLayout();
    layout.publish(layout.index(["linux/amd64", "linux/arm64"].map((text) => layoutImage(layout, text))));
    const source = `${theirs.address}/library/base:3.20`;
    await copy("--all", "--dest-tls-verify=false", `oci:${layout.directory}`, `docker://${source}`);
    const config = { registry: ours.address, source };
    stack = await createStack({ program: join(checkout, "examples/import"), config });
    results = await run(stack);
  });
  after(async () => {
    await stack.dispose();
    await Promise.all([theirs.stop(), ours.stop()]);
    layout.remove();
  });

  it("brings an image over with the digest that it has at its source, and shows it in preview", async () => {
    const digest = (await crane("digest", "--insecure", `${theirs.address}/library/base:3.20`)).trim();
    const { preview, first } = results;
    assert.deepEqual([shownOutput(preview, "digest"), shownOutput(first, "digest")], [digest, digest]);
    assert.equal((await crane("digest", "--insecure", `${ours.address}/mirror/base:1.0.0`)).trim(), digest);
  });

  it("brings each platform's image whole", async () => {
    for (const platform of ["linux/amd64", "linux/arm64"])
      await crane("validate", "--insecure", `--platform=${platform}`, `--remote=${ours.address}/mirror/base:1.0.0`);
  });

  it("finds nothing to do in a second update", () => assertUnchanged(results.second));
});

describe("examples/copy-between-registries", function () {
  this.timeout(180_000);
  const names = ["builds", "production", "devices"] as const;
  const passwordOf = (name: string) => `password of ${name}`;
  const credsOf = (name: string) => `${name}:${passwordOf(name)}`;
  let registries: Readonly<Record<string, LocalRegistry>>;
  let layout: Layout;
  let stack: Stack;
  let results: Awaited<ReturnType<typeof run>>;
  const addressOf = (name: (typeof names)[number]) => String(registries[name]?.address);
  const hosts = () =>
    names.flatMap((name) => ["--host", `reg=${addressOf(name)},tls=disabled,user=${name},pass=${passwordOf(name)}`]);
  const regctlAt = (...args: readonly string[]) => regctl(...hosts(), ...args);

  before(async () => {
    const started = names.map(async (name, position) => {
      const htpasswd = { username: name, password: passwordOf(name) };
      return [name, await startRegistry({ version: position === 1 ? 2 : 3, htpasswd })] as const;
    });
    registries = Object.fromEntries(await Promise.all(started));
    layout = makeLayout();
    const images = ["linux/amd64", "linux/arm64", "linux/arm/v7"].map((text) => layoutImage(layout, text));
    layout.publish(layout.index([...images, ...images.map((image) => layout.attestation(image))]));
    const source = `${addressOf("builds")}/team/server:1.4.0`;
    const flags = ["--all", "--dest-tls-verify=false", `--dest-creds=${credsOf("builds")}`];
    await copy(...flags, `oci:${layout.directory}`, `docker://${source}`);
    await sign(source);
    const config = Object.fromEntries(names.map((name) => [name, addressOf(name)]));
    const environment = Object.fromEntries(names.map((name) => [`${name.toUpperCase()}_PASSWORD`, passwordOf(name)]));
    stack = await createStack({ program: join(checkout, "examples/copy-between-registries"), config, environment });
    results = await run(stack);
  });
  after(async () => {
    await stack.dispose();
    await Promise.all(Object.values(registries).map((registry) => registry.stop()));
    layout.remove();
  });

  /** Attaches an SBOM to the index, a signature to the SBOM, and a signature under cosign's tag. */
  async function sign(source: string): Promise<void> {
    const file = join(layout.directory, "artifact");
    writeFileSync(file, "a statement");
    const attach = (type: string, subject: string) =>
      regctlAt("artifact", "put", "--artifact-type", type, "--file", file, "--subject", subject);
    await attach("application/spdx+json", source);
    const { descriptors } = JSON.parse(await regctlAt("artifact", "list", "--format", "{{json .}}", source));
    await attach("application/vnd.example.signature", `${source.replace(/:[^:]*$/, "")}@${descriptors[0].digest}`);
    const digest = (await regctlAt("image", "digest", source)).trim();
    const tag = `${source.replace(/:[^:]*$/, "")}:${digest.replace(":", "-")}.sig`;
    await regctlAt("artifact", "put", "--artifact-type", "application/vnd.example.signature", "--file", file, tag);
  }

  const digestAt = async (reference: string) => (await regctlAt("image", "digest", reference)).trim();
  const release = () => `${addressOf("production")}/team/server`;

  it("brings the whole release over under its tags, with the digest of the builds", async () => {
    const digest = await digestAt(`${addressOf("builds")}/team/server:1.4.0`);
    assert.deepEqual([await digestAt(`${release()}:1.4.0`), await digestAt(`${release()}:stable`)], [digest, digest]);
    const { preview, first } = results;
    assert.deepEqual(
      [shownOutput(preview, "image"), shownOutput(first, "image")],
      [`${release()}@${digest}`, `${release()}@${digest}`],
    );
  });

  it("brings the SBOM, the SBOM's signature and cosign's tag, as another client finds them", async () => {
    const listed = async (reference: string) =>
      JSON.parse(await regctlAt("artifact", "list", "--format", "{{json .}}", reference)).descriptors;
    const [sbom] = await listed(`${release()}:1.4.0`);
    assert.equal(sbom.artifactType, "application/spdx+json");
    const [signature] = await listed(`${release()}@${sbom.digest}`);
    assert.equal(signature.artifactType, "application/vnd.example.signature");
    const digest = await digestAt(`${release()}:1.4.0`);
    const tag = `${digest.replace(":", "-")}.sig`;
    assert.equal(await digestAt(`${release()}:${tag}`), await digestAt(`${addressOf("builds")}/team/server:${tag}`));
  });

  it("brings two of the platforms to the devices, in an index of their own", async () => {
    const { manifests } = JSON.parse(
      await regctlAt("manifest", "get", "--format", "raw-body", `${addressOf("devices")}/edge/server:1.4.0`),
    );
    const found = manifests.map(({ platform }: { platform: { architecture: string; variant?: string } }) => platform);
    assert.deepEqual(found, [parsePlatform("linux/arm64"), parsePlatform("linux/arm/v7")]);
  });

  it("finds nothing to do in a second update", () => assertUnchanged(results.second));
});

function layoutImage(layout: Layout, platform: string) {
  return layout.image({ platform: parsePlatform(platform) });
}
