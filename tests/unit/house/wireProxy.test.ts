import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import { closeServer, portOf } from "../../support/countingProxy";
import { type Moment, type WireProxy, wireProxy } from "../../support/wireProxy";

describe("wireProxy", () => {
  let server: Server;
  let answer: RequestListener;
  let proxy: WireProxy;
  const put = (signal?: AbortSignal) =>
    fetch(`http://${proxy.address}/v2/a`, { method: "PUT", body: "body", ...(signal && { signal }) });

  before(async () => {
    server = createServer((incoming, outgoing) => answer(incoming, outgoing));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => closeServer(server));
  beforeEach(async () => {
    answer = (incoming, outgoing) => incoming.pipe(outgoing.writeHead(201, { location: "/v2/b" }));
    proxy = await wireProxy(`localhost:${portOf(server)}`);
  });
  afterEach(() => proxy.stop());

  function failAt(moment: Moment): void {
    proxy.observer = async (_, now) => {
      if (now === moment) throw new Error(moment);
    };
  }

  it("passes bodies and statuses both ways", async () => {
    const response = await put();
    assert.deepEqual([response.status, await response.text()], [201, "body"]);
  });

  it("tells of every event in its order", async () => {
    const moments: Moment[] = [];
    proxy.observer = async (_, moment) => {
      moments.push(moment);
    };
    await put();
    await proxy.idle();
    assert.deepEqual(moments, ["received", "halfway", "answered", "sent"]);
  });

  it("tells what is asked and where the answer points to", async () => {
    const told: unknown[] = [];
    proxy.observer = async (exchange, moment) => {
      if (moment === "answered") told.push({ ...exchange });
    };
    await put();
    assert.deepEqual(told, [{ method: "PUT", path: "/v2/a", location: "/v2/b" }]);
  });

  for (const [moment, bodies] of [
    ["received", []],
    ["halfway", []],
    ["answered", ["body"]],
  ] as const) {
    it(`answers nothing when the observer fails at "${moment}"; the registry has got ${bodies.length} whole requests`, async () => {
      const got: string[] = [];
      answer = (incoming, outgoing) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk) => chunks.push(chunk));
        incoming.on("end", () => {
          got.push(Buffer.concat(chunks).toString());
          outgoing.end();
        });
      };
      failAt(moment);
      await assert.rejects(put());
      await proxy.idle();
      assert.deepEqual(got, bodies);
    });
  }

  it("hears the answer to a whole request whose client is gone", async () => {
    const client = new AbortController();
    const moments: Moment[] = [];
    proxy.observer = async (_, moment) => {
      moments.push(moment);
    };
    answer = (_, outgoing) => {
      client.abort();
      outgoing.end();
    };
    await assert.rejects(put(client.signal));
    await proxy.idle();
    assert.ok(moments.includes("answered"));
  });
});
