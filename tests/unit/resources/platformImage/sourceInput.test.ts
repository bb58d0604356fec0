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

  const refused: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ["two kinds at once", { archive: "server.tar", daemon: "server:1" }, "source"],
    ["no kind at all", { reference: "1" }, "source"],
    ["an archive that is no text", { archive: 1 }, "source.archive"],
    ["an empty archive", { archive: "" }, "source.archive"],
    ["a reference that is no text", { archive: "server.tar", reference: [] }, "source.reference"],
    ["a daemon that is no text", { daemon: true }, "source.daemon"],
  ];
  for (const [title, source, path] of refused)
    it(`refuses ${title}, blaming ${path}`, () => {
      assert.throws(
        () => parseSource({ source }),
        (error) => hasCode(error, "ERR_INPUT_INVALID") && error.details.path === path,
      );
    });
});
