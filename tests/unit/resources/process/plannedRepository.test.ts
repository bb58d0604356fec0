import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { hasCode } from "../../../../provider/errors";
import { digestOf } from "../../../../provider/oci/digest";
import { openSource } from "../../../../provider/resources/process/plannedRepository";
import type { SourceBlob } from "../../../../provider/sources/source";
import { startProcess } from "../../../support/context";

describe("openSource", () => {
  const target = { connection: { address: "r.example" }, repository: "team/server" };
  const bytes = Buffer.from("a config");
  const blob: SourceBlob = {
    descriptor: { mediaType: "", digest: digestOf(bytes), size: bytes.length },
    open: async () => Readable.from([bytes]),
  };
  const manifest = { descriptor: { mediaType: "", digest: digestOf(Buffer.from("{}")), size: 2 }, bytes };

  function repositoryWithBlob() {
    const { context } = startProcess();
    context.plan.contents.offer("r.example/team/server", manifest, [blob]);
    return openSource(context, target);
  }

  it("gives the bytes of a blob that is not pushed yet", async () => {
    assert.deepEqual(Buffer.from(await repositoryWithBlob().getBlobBytes(blob.descriptor)), bytes);
  });

  it("reads no more of a blob that is not pushed yet than it is allowed to, as of one on the registry", async () => {
    await assert.rejects(repositoryWithBlob().getBlobBytes(blob.descriptor, bytes.length - 1), (error) => {
      return (
        hasCode(error, "ERR_CONTENT_TOO_LARGE") && error.message.includes(`r.example/team/server@${digestOf(bytes)}`)
      );
    });
  });
});
