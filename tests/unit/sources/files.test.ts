import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { hasCode } from "../../../provider/errors";
import { digestOf } from "../../../provider/oci/digest";
import { resolveFiles } from "../../../provider/sources/files";
import type { FilesSource } from "../../../provider/sources/source";
import { testFolder } from "./folders";
import { goldenDigests, goldenFiles } from "./golden";
import { bytesOf } from "./streams";
import { noRegistry } from "./worlds";

const platform = { architecture: "arm64", os: "linux" };
const golden = [
  "sha256:34c0361b8e37781a38e8fdc95a53c14b9a53dbbf1f988669e24a1ed3dfc46c4f",
  "sha256:a942c3e54e7ca177f98bf146458d5ed4bbe44d329ae36fb97050c97e34b722f8",
  "sha256:cb22ee3acf834a82cf86e50dcc1a414596622545e9f5158f362b4ce5a88f7b6d",
];

describe("resolveFiles", () => {
  const folder = testFolder();
  const resolve = (source: FilesSource, environment = {}, annotations = {}) =>
    resolveFiles(source, platform, { environment, directory: folder.path(), registry: noRegistry }, annotations);

  it("makes the image that it has always made of the same files", async () => {
    for (const [name, content] of Object.entries(goldenFiles)) folder.write(name, content);
    assert.deepEqual(await goldenDigests(folder.path()), golden);
  });

  it("makes the same image in another folder, time zone, locale, with other modes, times and umask", () => {
    for (const [name, content] of Object.entries(goldenFiles)) {
      const path = folder.write(`deeper/${name}`, content);
      chmodSync(path, 0o700);
      utimesSync(path, 5, 5);
    }
    const script = join(__dirname, "resolveFilesElsewhere.ts");
    const register = require.resolve("ts-node/register/transpile-only");
    const TS_NODE_PROJECT = join(__dirname, "../../../tsconfig.json");
    const environment = {
      ...process.env,
      TS_NODE_PROJECT,
      TZ: "Asia/Kathmandu",
      LANG: "tr_TR.UTF-8",
      SOURCE_DATE_EPOCH: "1",
    };
    const command = `umask 0077; exec "${process.execPath}" -r "${register}" "${script}" "${folder.path("deeper")}"`;
    const output = execFileSync("sh", ["-c", command], { cwd: "/", env: environment, encoding: "utf8" });
    assert.deepEqual(JSON.parse(output), golden);
  }).timeout(30_000);

  it("refuses a Windows image without a base, which would not run anywhere", async () => {
    folder.write("server.exe", "");
    const windows = { architecture: "amd64", os: "windows" };
    const world = { environment: {}, directory: folder.path(), registry: noRegistry };
    await assert.rejects(
      resolveFiles({ files: { "/server.exe": "server.exe" } }, windows, world, {}),
      (error: unknown) =>
        hasCode(error, "ERR_INPUT_INVALID") && error.details.path === "source.base" && /nanoserver/.test(error.message),
    );
  });

  it("describes a manifest, a config and a layer that belong together", async () => {
    folder.write("server", "#!/bin/sh\n");
    const image = await resolve({ files: { "/server": "server" }, config: { entrypoint: ["/server"] } });
    const [layer, config] = image.blobs;
    const bytes = await bytesOf((await config?.open()) ?? []);
    const { mediaType, digest, size } = image.manifest.descriptor;
    assert.deepEqual([digest, size], [digestOf(image.manifest.bytes), image.manifest.bytes.length]);
    assert.deepEqual(JSON.parse(text(image.manifest.bytes)), {
      schemaVersion: 2,
      mediaType,
      config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: digestOf(bytes), size: bytes.length },
      layers: [layer?.descriptor],
    });
    assert.equal(image.configDigest, digestOf(bytes));
    assert.deepEqual(image.layers, [layer?.descriptor.digest]);
    assert.deepEqual(image.configPlatform, platform);
    assert.deepEqual(JSON.parse(text(bytes)).config, { Entrypoint: ["/server"] });
  });

  it("writes annotations into the manifest, sorted by the bytes of their keys", async () => {
    folder.write("a", "");
    const { manifest } = await resolve(
      { files: { "/a": "a" } },
      {},
      { "\u{10000}": "last", "\uffee": "b", a: "first" },
    );
    assert.match(text(manifest.bytes), /"annotations":\{"a":"first","\uffee":"b","\u{10000}":"last"\}\}$/u);
  });

  it("writes times only when SOURCE_DATE_EPOCH gives one", async () => {
    folder.write("a", "");
    const source = { files: { "/a": "a" }, compression: "none" } as const;
    const timeless = await resolve(source);
    const timed = await resolve(source, { SOURCE_DATE_EPOCH: "86400" });
    assert.doesNotMatch(await config(timeless), /created"/);
    assert.match(await config(timed), /"created":"1970-01-02T00:00:00Z"/);
    const mtime = async (image: typeof timed) =>
      (await bytesOf((await image.blobs[0]?.open()) ?? [])).toString("latin1", 136, 147);
    assert.deepEqual([await mtime(timeless), await mtime(timed)], ["0000000000 ", "0000250600 "]);
  });

  it("makes a layer that the system's tar unpacks with the expected modes and contents", async () => {
    folder.write("server", "#!/bin/sh\necho hello\n");
    folder.write("text", "text");
    const image = await resolve({ files: { "/usr/bin/server": "server", "/etc/text": "text" } });
    const layer = await bytesOf((await image.blobs[0]?.open()) ?? []);
    const tar = (...parameters: string[]) => execFileSync("tar", parameters, { input: layer, encoding: "utf8" });
    const listed = tar("-tzvf", "-", "--numeric-owner").trimEnd().split("\n");
    assert.deepEqual(
      listed.map((line) => line.replace(/ .* /, " ")),
      ["drwxr-xr-x etc/", "-rw-r--r-- etc/text", "drwxr-xr-x usr/", "drwxr-xr-x usr/bin/", "-rwxr-xr-x usr/bin/server"],
    );
    assert.equal(tar("-xzOf", "-", "usr/bin/server"), "#!/bin/sh\necho hello\n");
  });

  it("security row 16: fails while the layer is sent when a file's size has changed since", async () => {
    const path = folder.write("server", "before");
    const image = await resolve({ files: { "/server": "server" } });
    folder.write("server", "afterwards");
    await assert.rejects(
      bytesOf((await image.blobs[0]?.open()) ?? []),
      (error: unknown) => hasCode(error, "ERR_SOURCE_UNAVAILABLE") && error.details.source === path,
    );
  });

  it("security row 16: yields bytes of another digest when a file's content has changed since", async () => {
    folder.write("server", "before");
    const image = await resolve({ files: { "/server": "server" } });
    folder.write("server", "behind");
    const [layer] = image.blobs;
    assert.notEqual(digestOf(await bytesOf((await layer?.open()) ?? [])), layer?.descriptor.digest);
  });
});

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

async function config(image: Awaited<ReturnType<typeof resolveFiles>>): Promise<string> {
  return text(await bytesOf((await image.blobs[1]?.open()) ?? []));
}
