import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { parseCommandLine } from "../../provider/command/commandLine";
import { chooseChallenge, parseChallenges } from "../../provider/distribution/challenge";
import { parseDockerConfig } from "../../provider/distribution/dockerConfig";
import { decodePlaceholder } from "../../provider/distribution/placeholder";
import { parseErrorEntries } from "../../provider/distribution/registryError";
import { scopeTexts } from "../../provider/distribution/scope";
import { parseTokenAnswer } from "../../provider/distribution/tokenAnswer";
import { nextLink } from "../../provider/http/link";
import { parseRetryAfter } from "../../provider/http/retryAfter";
import { resolveLocation } from "../../provider/http/url";
import { digestOf } from "../../provider/oci/digest";
import { parseImageConfig } from "../../provider/oci/imageConfig";
import { encodeIndex } from "../../provider/oci/indexEncode";
import { type ImageIndex, parseManifest } from "../../provider/oci/manifest";
import { mediaTypes } from "../../provider/oci/mediaTypes";
import { formatPlatform, parsePlatform } from "../../provider/oci/platform";
import { formatReference, parseReference, parseRegistryAddress } from "../../provider/oci/reference";
import { imagesIn } from "../../provider/sources/archive";
import { indexArchive } from "../../provider/sources/archiveIndex";
import { parseBaseConfig } from "../../provider/sources/baseConfig";
import { mergeLayers } from "../../provider/sources/baseTree";
import { bytesOfText, textOfBytes } from "../../provider/sources/byteText";
import { resolveCollected } from "../../provider/sources/collection";
import { decompress } from "../../provider/sources/decompress";
import { parseDockerIgnore } from "../../provider/sources/dockerIgnore";
import { readExecutable } from "../../provider/sources/executable";
import { parsePax } from "../../provider/sources/pax";
import { readTarHeaders } from "../../provider/sources/tarHeaders";
import { zstdFrames } from "../../provider/sources/zstdFrames";
import { bytesOf, cut } from "../unit/sources/streams";
import { stored } from "../unit/sources/tars";
import { mutate, mutateTar, type Random } from "./mutations";
import * as seeds from "./seeds";

/** A parser, with inputs that it takes and what must hold for every other one. */
export interface Target {
  readonly name: string;
  readonly seeds: readonly [Buffer, ...Buffer[]];
  readonly mutate: (input: Buffer, random: Random) => Buffer;
  /** @throws the package's own errors for an input that is refused; an AssertionError for one that is read wrongly. */
  run(input: Buffer): void | Promise<void>;
}

function text(name: string, texts: readonly [string, ...string[]], run: (text: string) => unknown): Target {
  return bytes(name, texts, (input) => run(input.toString()));
}

function bytes(
  name: string,
  [first, ...others]: readonly [string, ...string[]],
  run: (input: Buffer) => unknown,
): Target {
  const buffers: [Buffer, ...Buffer[]] = [
    Buffer.from(first, "latin1"),
    ...others.map((one) => Buffer.from(one, "latin1")),
  ];
  return {
    name,
    seeds: buffers,
    mutate,
    run: async (input) => {
      await run(input);
    },
  };
}

function tar(name: string, buffers: readonly [Buffer, ...Buffer[]], run: (input: Buffer) => Promise<unknown>): Target {
  return {
    name,
    seeds: buffers,
    mutate: mutateTar,
    run: async (input) => {
      await run(input);
    },
  };
}

const registry = new URL("https://r.example");

/** A subject is read by its digest alone, so it cannot be encoded again. */
function encode({ subject: _, ...index }: ImageIndex): Uint8Array {
  return encodeIndex(index);
}

/** Every parser of what others have written; those that remember secrets come last, because a long memory is slow. */
export const targets: readonly Target[] = [
  bytes("manifest or index", seeds.manifests, (input) => {
    const parsed = parseManifest(input, { what: "x" });
    if (parsed.kind !== "index") return;
    const encoded = encode(parsed);
    assert.deepEqual(encode(parseIndex(encoded)), encoded);
  }),
  bytes("image config", seeds.configs, (input) => {
    parseImageConfig(input, "x");
    parseBaseConfig(input, "x");
  }),
  text("reference", seeds.references, (input) => {
    const reference = parseReference(input);
    const path = `/v2/${reference.repository}/manifests/${reference.tag ?? ""}`;
    assert.equal(new URL(`https://${reference.address}${path}`).pathname, path);
    assert.deepEqual(parseReference(formatReference(reference)), reference);
  }),
  text("registry address", seeds.addresses, (input) => {
    const address = parseRegistryAddress(input);
    const { username, pathname, search, hash } = new URL(`https://${address}`);
    assert.deepEqual([username, pathname, search, hash], ["", "/", "", ""]);
    assert.equal(parseRegistryAddress(address), address);
  }),
  text("platform", seeds.platforms, (input) => {
    const formatted = formatPlatform(parsePlatform(input));
    assert.equal(formatPlatform(parsePlatform(formatted)), formatted);
  }),
  text("challenge", seeds.challenges, (input) => {
    const challenge = chooseChallenge(parseChallenges(input));
    const own = [{ repository: "team/app", actions: ["pull"] as const }];
    for (const scope of scopeTexts(own, challenge?.parameters.get("scope")))
      assert.match(scope, /^repository:team\/app:/);
  }),
  text("Link", seeds.links, (input) => {
    const next = nextLink(input, new URL("/v2/a/tags/list", registry), registry);
    assert.equal(next?.origin ?? registry.origin, registry.origin);
  }),
  text("Location", seeds.locations, (input) => {
    const { username, password, protocol } = resolveLocation(new URL("/v2/a/blobs/uploads/", registry), input);
    assert.deepEqual([username, password, protocol], ["", "", "https:"]);
  }),
  text("Retry-After", ["120", "Fri, 31 Dec 1999 23:59:59 GMT"], (input) => {
    assert.ok((parseRetryAfter(input, 0) ?? 0) >= 0);
  }),
  bytes("error body", seeds.errorBodies, parseErrorEntries),
  bytes("placeholder", seeds.manifests, (input) => {
    const descriptor = { mediaType: mediaTypes.ociIndex, digest: digestOf(input), size: input.length };
    decodePlaceholder({ descriptor, bytes: input }, "team/app", "1");
  }),
  text("command line", ["inspect r.example/a:1 --json", "tags r.example/a --username u --plain-http"], (input) =>
    parseCommandLine(input.split(" ")),
  ),
  text(".dockerignore", ["*.md\n!a/b.md\n**/x\n[a-z]?.txt\n# c\n/abs/"], (input) => {
    const { ignores } = parseDockerIgnore({ name: ".dockerignore", text: input });
    for (const path of ["a/b/c.txt", `${"x".repeat(60)}/y`]) ignores(path);
  }),
  bytes("executable", seeds.executables, readExecutable),
  bytes("PAX header", ["20 path=abc/defghij\n", "12 size=123\n18 SCHILY.xattr.a=\xff\n"], (input) =>
    parsePax(input, "x"),
  ),
  bytes("name of a file", ["caf\xe9", "\xf0\x9f\x98\x80/\xed\xa0\x80"], (input) => {
    assert.deepEqual([...bytesOfText(textOfBytes(input))], [...input]);
  }),
  bytes("zstd frames", seeds.zstdStreams, async (input) => {
    for await (const frame of zstdFrames(cut(input), "x")) await bytesOf(frame);
  }),
  bytes("gzip", [gzipSync("text ".repeat(1000)).toString("latin1")], (input) =>
    bytesOf(decompress(cut(input), "gzip", "x")),
  ),
  tar("layer", [seeds.layer], async (input) => {
    const headers = await readTarHeaders(cut(input, [300, 700, 1500]), "x");
    const names = mergeLayers([headers], false);
    for (const { name } of headers) names.entryAt(name);
  }),
  tar("tar of an archive", [seeds.layer], (input) => indexArchive(stored(input))),
  tar("OCI archive", [seeds.ociArchive], readImages),
  { ...tar("OCI archive's documents", [seeds.ociArchive], readImages), mutate },
  tar("docker archive", [seeds.dockerArchive], readImages),
  { ...tar("docker archive's documents", [seeds.dockerArchive], readImages), mutate },
  bytes("docker configuration", seeds.dockerConfigs, (input) => {
    for (const form of ["docker", "containers"] as const) {
      const config = parseDockerConfig(input, "file", "r.example", form);
      for (const address of ["r.example", "docker.io", "__proto__"]) {
        config.paths(address);
        const login = config.login(address, "team/app");
        assert.ok(login === undefined || login.kind === "helper" || address !== "__proto__" || input.includes(address));
      }
    }
  }),
  bytes("token answer", seeds.tokenAnswers, (input) => {
    const token = parseTokenAnswer(input, 1e12);
    assert.ok(token === undefined || token.lifetimeMs > 0);
  }),
];

function parseIndex(encoded: Uint8Array) {
  const again = parseManifest(encoded, { what: "again" });
  return again.kind === "index" ? again : assert.fail("it is no index any more");
}

async function readImages(input: Buffer): Promise<void> {
  const collection = await imagesIn(stored(input));
  const platform = parsePlatform("linux/amd64");
  const image = await resolveCollected(collection, { platform, path: "source.reference" });
  for (const blob of image.blobs) await bytesOf(await blob.open());
}
