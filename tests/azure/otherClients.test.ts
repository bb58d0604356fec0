import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import {
  ContainerRegistryClient,
  type ContainerRegistryClientOptions,
  ContainerRegistryContentClient,
  KnownManifestMediaType,
} from "@azure/container-registry";
import { digestOf } from "../../provider/oci/digest";
import { mediaTypes } from "../../provider/oci/mediaTypes";
import { type Certificates, makeCertificates } from "../support/certificates";
import { createTestFolder, type TestFolder } from "../unit/distribution/programs";
import { type Acr, startAcr } from "./acr";
import { fullAccess } from "./acrTokens";
import { type Entra, startEntra } from "./entra";

const crane = join(__dirname, "../../.tools/bin/crane");
const principals = { "user@contoso.com": fullAccess };

describe("Microsoft's own client, @azure/container-registry, on the stand-in for a registry of Azure", () => {
  const name = "team/server";
  let certificates: Certificates;
  let entra: Entra;
  let acr: Acr;
  let options: ContainerRegistryClientOptions;
  before(async () => {
    certificates = makeCertificates();
    entra = await startEntra();
    acr = await startAcr({ entra, principals, tls: certificates });
    options = { tlsOptions: { ca: certificates.ca } };
  });
  after(async () => {
    await acr.stop();
    await entra.stop();
  });

  const endpoint = () => `https://${acr.address}`;
  const credential = {
    getToken: async (scope: string | readonly string[]) => ({
      token: entra.userToken([scope].flat()[0]?.replace(/\/\.default$/, "") ?? ""),
      expiresOnTimestamp: Date.now() + 3_000_000,
    }),
  };
  const content = () => new ContainerRegistryContentClient(endpoint(), name, credential, options);
  const artifact = (reference: string) =>
    new ContainerRegistryClient(endpoint(), credential, options).getArtifact(name, reference);

  /** Pushes an image with a layer of these bytes. @returns its digest. */
  async function pushImage(text: string, tag?: string): Promise<string> {
    const client = content();
    const blob = async (bytes: Buffer, mediaType: string) => {
      const { digest } = await client.uploadBlob(bytes);
      return { mediaType, digest, size: bytes.length };
    };
    const config = await blob(
      Buffer.from(`{"architecture":"amd64","os":"linux","of":"${text}"}`),
      mediaTypes.ociConfig,
    );
    const layers = [await blob(Buffer.from(text), mediaTypes.ociLayer)];
    const manifest = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers };
    const { digest } = await client.setManifest(Buffer.from(JSON.stringify(manifest)), {
      ...(tag !== undefined && { tag }),
      mediaType: KnownManifestMediaType.OciImageManifest,
    });
    return digest;
  }

  it("signs in, pushes an image and gets it back", async () => {
    const digest = await pushImage("first", "first");
    const found = await content().getManifest("first");
    assert.equal(found.digest, digest);
  });

  it("downloads a layer from the storage host, and sends no Authorization there", async () => {
    await pushImage("second", "second");
    const { content: stream } = await content().downloadBlob(digestOf(Buffer.from("second")));
    assert.equal((await buffer(stream)).toString(), "second");
    assert.deepEqual(acr.storage.requests.at(-1)?.isAuthorized, false);
  });

  it("reads a manifest's properties and tags", async () => {
    const digest = await pushImage("third", "third");
    const properties = await artifact("third").getManifestProperties();
    const { tags, canDelete, architecture, operatingSystem } = properties;
    assert.deepEqual(
      [properties.digest, tags, canDelete, architecture, operatingSystem],
      [digest, ["third"], true, "amd64", "linux"],
    );
  });

  it("lists manifests page by page, without tags where there are none", async () => {
    const untagged = await pushImage("fourth");
    const repository = new ContainerRegistryClient(endpoint(), credential, options).getRepository(name);
    const found: [string, readonly string[]][] = [];
    for await (const page of repository.listManifestProperties().byPage({ maxPageSize: 1 }))
      for (const { digest, tags } of page) found.push([digest, tags]);
    assert.deepEqual(found.find(([digest]) => digest === untagged)?.[1] ?? [], []);
    assert.equal(found.length > 1, true);
  });

  it("locks a tag, is refused its deletion, unlocks and deletes it, and the manifest stays", async () => {
    const digest = await pushImage("fifth", "fifth");
    await artifact("fifth").updateTagProperties("fifth", { canDelete: false });
    await assert.rejects(
      artifact("fifth").deleteTag("fifth"),
      (error) => error instanceof Error && "statusCode" in error && error.statusCode === 405,
    );
    await artifact("fifth").updateTagProperties("fifth", { canDelete: true });
    await artifact("fifth").deleteTag("fifth");
    assert.equal((await artifact(digest).getManifestProperties()).digest, digest);
  });

  it("deletes a manifest with its tags", async () => {
    const digest = await pushImage("sixth", "sixth");
    await artifact(digest).delete();
    await assert.rejects(
      artifact("sixth").getTagProperties("sixth"),
      (error) => error instanceof Error && "statusCode" in error && error.statusCode === 404,
    );
  });
});

describe("crane, on the stand-in for a registry of Azure", () => {
  let folder: TestFolder;
  let acr: Acr;
  before(async () => {
    folder = await createTestFolder();
    acr = await startAcr({ users: { contoso: { password: "canary-admin-password", access: fullAccess } } });
    const auth = Buffer.from("contoso:canary-admin-password").toString("base64");
    await writeFile(join(folder.path, "config.json"), JSON.stringify({ auths: { [acr.address]: { auth } } }));
    await mkdir(join(folder.path, "content"));
    await writeFile(join(folder.path, "content/file"), "of a layer");
    await promisify(execFile)("tar", ["-cf", "layer.tar", "-C", "content", "file"], { cwd: folder.path });
  });
  after(async () => {
    await acr.stop();
    await folder.remove();
  });

  const run = async (...args: readonly string[]) => {
    const env = { PATH: "/usr/bin:/bin", HOME: folder.path, DOCKER_CONFIG: folder.path };
    return (await promisify(execFile)(crane, args, { cwd: folder.path, env })).stdout.trim();
  };

  it("signs in, pushes an image and an index over it, pulls both, and deletes", async () => {
    const name = `${acr.address}/team/server`;
    await run("append", "--oci-empty-base", "-f", "layer.tar", "-t", `${name}:amd64`);
    await run("index", "append", "-m", `${name}:amd64`, "-t", `${name}:1.0`);
    const digest = await run("digest", `${name}:1.0`);
    await run("pull", `${name}:amd64`, "pulled.tar");
    assert.equal(
      acr.storage.requests.some(({ status }) => status === 200),
      true,
    );
    await run("delete", `${name}@${digest}`);
    await assert.rejects(run("digest", `${name}:1.0`), /MANIFEST_UNKNOWN|404/);
  });
});
