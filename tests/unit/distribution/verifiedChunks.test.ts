import assert from "node:assert/strict";
import { joinChunks, verifiedChunks } from "../../../provider/distribution/verifiedChunks";
import { hasCode } from "../../../provider/errors";
import { digestOf } from "../../../provider/oci/digest";

const content = Buffer.from("content");
const descriptor = { digest: digestOf(content), size: content.length };

async function* chunksOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

/** What a receiver gets before it ends, and how it ends. */
async function receive(...texts: readonly string[]): Promise<{ received: string; error?: unknown }> {
  let received = "";
  try {
    for await (const chunk of verifiedChunks(descriptor, "blob", async () => chunksOf(...texts))) {
      received += Buffer.from(chunk).toString();
    }
    return { received };
  } catch (error) {
    return { received, error };
  }
}

describe("verifiedChunks", () => {
  it("passes on content that is the descriptor's", async () => {
    assert.deepEqual(await receive("con", "te", "nt"), { received: "content" });
  });

  it("security row 9: holds the last chunk back from content with another digest", async () => {
    const { received, error } = await receive("con", "te", "NT");
    assert.equal(received, "conte");
    assert.ok(hasCode(error, "ERR_DIGEST_MISMATCH"));
  });

  for (const [what, texts] of [
    ["too short", ["con", "te"]],
    ["too long", ["con", "te", "nts"]],
  ] as const) {
    it(`security row 9: holds the last chunk back from content that is ${what}`, async () => {
      const { error } = await receive(...texts);
      assert.ok(hasCode(error, "ERR_CONTENT_INVALID"));
    });
  }
});

describe("joinChunks", () => {
  it("joins all chunks in their order", async () => {
    assert.equal(Buffer.from(await joinChunks(chunksOf("a", "", "b"))).toString(), "ab");
  });
});
