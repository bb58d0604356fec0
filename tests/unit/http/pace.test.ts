import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { setImmediate } from "node:timers/promises";
import { readBody } from "../../../provider/http/body";
import { harness } from "./harness";

describe("a response's body", () => {
  const { server, transport, get } = harness();

  /** A response whose body is sent piece by piece, and the hand of the clock that its pace is measured by. */
  async function opened() {
    const time = { ms: 0 };
    let outgoing: ServerResponse | undefined;
    const registry = await server((_, response) => {
      outgoing = response;
      response.flushHeaders();
    });
    const clock = { now: () => time.ms };
    const response = await transport({ timeoutMs: 60_000, clock }).send(get(registry.url()));
    const write = (bytes: number) => outgoing?.write(Buffer.alloc(bytes));
    return { time, write, response, end: () => outgoing?.end() };
  }

  /** Sends so many bytes, each after some time, as the reader takes them. */
  async function trickle(
    { time, write, response }: Awaited<ReturnType<typeof opened>>,
    pieces: { readonly count: number; readonly bytes: number; readonly everyMs: number },
  ): Promise<void> {
    let received = 0;
    response.body.on("data", (chunk: Uint8Array) => {
      received += chunk.length;
    });
    for (let sent = pieces.bytes; sent <= pieces.count * pieces.bytes; sent += pieces.bytes) {
      time.ms += pieces.everyMs;
      write(pieces.bytes);
      while (received < sent && !response.body.destroyed) await setImmediate();
    }
  }

  it("that trickles in, a byte each 0.3 s, ends with ERR_TIMEOUT after the time that a silence may last", async () => {
    const world = await opened();
    const reading = assert.rejects(readBody(world.response, 4096, "manifest"), (error) => {
      assert.match(String(error), /sends too slowly: 200 bytes in 60 s, less than 1024 a second/);
      return Object(error).code === "ERR_TIMEOUT";
    });
    await trickle(world, { count: 201, bytes: 1, everyMs: 300 });
    await reading;
  });

  it("may take as long as it needs with 1 KiB a second or more", async () => {
    const world = await opened();
    const reading = readBody(world.response, 1024 * 1024, "manifest");
    await trickle(world, { count: 300, bytes: 1024, everyMs: 1000 });
    world.end();
    assert.equal((await reading).length, 300 * 1024);
  });

  it("may wait for a slow reader: a copy is as fast as its target", async () => {
    const world = await opened();
    const { body } = world.response;
    const length = 1024 * 1024;
    world.write(length);
    world.end();
    let received = 0;
    for await (const chunk of body) {
      received += chunk.length;
      // The next chunks arrive while the reader is busy with this one.
      const isComing = () =>
        !body.destroyed && received + body.readableLength < length && body.readableLength < body.readableHighWaterMark;
      while (isComing()) await setImmediate();
      world.time.ms += 3_600_000;
    }
    assert.equal(received, length);
  });
});
