import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { hasCode } from "../../../../provider/errors";
import { digestOf } from "../../../../provider/oci/digest";
import { withDeadline } from "../../../../provider/resources/process/deadline";
import { startProcess } from "../../../support/context";
import { type FakeRegistry, fakeRegistry } from "../../distribution/fakeRegistry";

describe("a call that is to end in time", () => {
  let registry: FakeRegistry;
  before(async () => {
    registry = await fakeRegistry(({ method }) =>
      method === "POST"
        ? { status: 202, headers: { location: "/v2/team/server/blobs/uploads/1" } }
        : { status: 404, body: JSON.stringify({ errors: [{ code: "MANIFEST_UNKNOWN" }] }) },
    );
  });
  after(() => registry.stop());

  function within(seconds: number) {
    const { context, clock } = startProcess();
    const client = withDeadline(context, seconds).registry({ address: registry.address });
    return { repository: client.repository("team/server"), source: client.source("team/server"), clock };
  }
  const isOutOfTime = (error: unknown) => {
    return hasCode(error, "ERR_CALL_TIMEOUT") && error.details.limitMs === 30_000 && /pulumi up/.test(error.message);
  };

  it("begins what it does in time", async () => {
    const { repository, clock } = within(30);
    clock.advance(29.9);
    assert.equal(await repository.headManifest("1.0"), undefined);
  });

  it("begins nothing afterwards", async () => {
    const { repository, clock } = within(30);
    clock.advance(30);
    const earlier = registry.asked.length;
    await assert.rejects(repository.headManifest("1.0"), isOutOfTime);
    assert.equal(registry.asked.length, earlier);
  });

  it("reads nothing of a source afterwards", async () => {
    const { source, clock } = within(30);
    clock.advance(30);
    const earlier = registry.asked.length;
    await assert.rejects(source.headManifest("1.0"), isOutOfTime);
    assert.equal(registry.asked.length, earlier);
  });

  it("breaks off a blob that is being sent, and does not send it again", async () => {
    const { repository, clock } = within(30);
    const chunk = Buffer.alloc(64 * 1024);
    const bytes = Buffer.concat([chunk, chunk]);
    const descriptor = { mediaType: "", digest: digestOf(bytes), size: bytes.length };
    async function* slow() {
      yield chunk;
      clock.advance(30);
      yield chunk;
    }
    const earlier = registry.asked.length;
    await assert.rejects(repository.pushBlob({ descriptor, open: async () => Readable.from(slow()) }), isOutOfTime);
    assert.equal(registry.asked.slice(earlier).filter(({ method }) => method === "POST").length, 1);
  });
});
