import assert from "node:assert/strict";
import { parseSource } from "../../../../provider/resources/platformImage/sourceInput";

describe("parseSource", () => {
  for (const source of [
    { ociLayout: "out/layout" },
    { ociLayout: "out/layout", reference: "1.0" },
    { image: "alpine:3", attestations: "keep" },
    { image: "alpine:3", attestations: "drop", registry: { address: "docker.io" } },
    { files: { "/server": "out/server" }, compression: "gzip" },
    { files: { "/server": { path: "out/server", mode: 0o750, uid: 1, gid: 2 } }, compression: "none" },
    {
      files: { "/server": "out/server" },
      compression: "gzip",
      config: {
        entrypoint: ["/server"],
        cmd: ["--help"],
        exposedPorts: ["8080/tcp"],
        env: { A: "b" },
        labels: { c: "d" },
        workingDir: "/",
        user: "1000:1000",
      },
    },
  ]) {
    it(`reads ${JSON.stringify(source).slice(0, 90)}`, () => {
      assert.deepEqual(parseSource({ source }), source);
    });
  }

  it("leaves out what a file's entry and the config do not say", () => {
    const source = { files: { "/a": { path: "a", mode: null } }, config: { user: null, env: {} } };
    assert.deepEqual(parseSource({ source }), { files: { "/a": { path: "a" } }, compression: "gzip", config: {} });
  });

  const refused: readonly (readonly [string, unknown, string])[] = [
    ["nothing", undefined, "source"],
    ["a text", "alpine:3", "source"],
    ["no kind", {}, "source"],
    ["two kinds", { image: "a", ociLayout: "b" }, "source"],
    ["an unknown kind", { tarball: "a" }, "source"],
    ["an empty image", { image: "" }, "source.image"],
    ["a malformed attestations", { image: "a", attestations: "all" }, "source.attestations"],
    ["a registry without an address", { image: "a", registry: {} }, "source.registry.address"],
    ["an empty layout", { ociLayout: "" }, "source.ociLayout"],
    ["a reference that is no text", { ociLayout: "a", reference: 7 }, "source.reference"],
    ["no files", { files: {} }, "source.files"],
    ["files that are a list", { files: ["a"] }, "source.files"],
    ["a file that is a number", { files: { "/a": 7 } }, 'source.files["/a"]'],
    ["a file without a path", { files: { "/a": {} } }, 'source.files["/a"].path'],
    ["a mode that is a text", { files: { "/a": { path: "a", mode: "755" } } }, 'source.files["/a"].mode'],
    ["an unknown compression", { files: { "/a": "a" }, compression: "zstd" }, "source.compression"],
    [
      "an entrypoint that is a text",
      { files: { "/a": "a" }, config: { entrypoint: "/a" } },
      "source.config.entrypoint",
    ],
    ["a variable that is a number", { files: { "/a": "a" }, config: { env: { A: 1 } } }, "source.config.env.A"],
  ];
  for (const [title, source, path] of refused) {
    it(`refuses ${title}, naming ${path}`, () => {
      assert.throws(() => parseSource({ source }), { code: "ERR_INPUT_INVALID", details: { path } });
    });
  }
});
