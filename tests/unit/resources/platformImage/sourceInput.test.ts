import assert from "node:assert/strict";
import { hasCode } from "../../../../provider/errors";
import { parseSource } from "../../../../provider/resources/platformImage/sourceInput";

describe("parseSource", () => {
  const accepted: readonly (readonly [string, Record<string, unknown>])[] = [
    ["an archive", { archive: "server.tar" }],
    ["one image of an archive", { archive: "server.tar", reference: "team/server:1" }],
    ["an engine's image", { daemon: "server:arm64" }],
  ];
  for (const [title, source] of accepted)
    it(`takes ${title} as it is`, () => {
      assert.deepEqual(parseSource({ source }), source);
    });

  const files = { "/server": "server" };
  const bases: readonly (readonly [string, unknown])[] = [
    ["a reference", "r.example.com/base:1"],
    ["an image with its registry", { image: "r.example.com/base:1", registry: { address: "r.example.com" } }],
    ["an OCI layout", { ociLayout: "base" }],
    ["one image of an OCI layout", { ociLayout: "base", reference: "1" }],
  ];
  for (const [title, base] of bases)
    it(`takes ${title} as a base of files`, () => {
      assert.deepEqual(parseSource({ source: { files, base } }), { files, base, compression: "gzip" });
    });

  const refused: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ["two kinds at once", { archive: "server.tar", daemon: "server:1" }, "source"],
    ["no kind at all", { reference: "1" }, "source"],
    ["an archive that is no text", { archive: 1 }, "source.archive"],
    ["an empty archive", { archive: "" }, "source.archive"],
    ["a reference that is no text", { archive: "server.tar", reference: [] }, "source.reference"],
    ["a daemon that is no text", { daemon: true }, "source.daemon"],
    ["an empty base", { files, base: "" }, "source.base"],
    ["a base that is a list", { files, base: [] }, "source.base"],
    ["a base without a place", { files, base: { reference: "1" } }, "source.base"],
    ["a base in two places", { files, base: { image: "a/b", ociLayout: "base" } }, "source.base"],
    ["a base with an unknown part", { files, base: { image: "a/b", tag: "1" } }, "source.base"],
    ["a base whose image is no text", { files, base: { image: 1 } }, "source.base.image"],
    ["a base whose layout is no text", { files, base: { ociLayout: 1 } }, "source.base.ociLayout"],
    ["a base whose registry is no object", { files, base: { image: "a/b", registry: "r" } }, "source.base.registry"],
  ];
  for (const [title, source, path] of refused)
    it(`refuses ${title}, naming ${path}`, () => {
      assert.throws(
        () => parseSource({ source }),
        (error) => hasCode(error, "ERR_INPUT_INVALID") && error.details.path === path,
      );
    });
});
