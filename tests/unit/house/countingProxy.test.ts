import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import {
  type CountingProxy,
  closeServer,
  countingProxy,
  longestChain,
  portOf,
  roundsOf,
} from "../../support/countingProxy";

describe("countingProxy", () => {
  let server: Server;
  let answer: RequestListener;
  let proxy: CountingProxy;

  before(async () => {
    server = createServer((incoming, outgoing) => answer(incoming, outgoing));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => closeServer(server));
  beforeEach(async () => {
    proxy = await countingProxy(`localhost:${portOf(server)}`);
  });
  afterEach(() => proxy.stop());

  it("passes bodies and statuses both ways", async () => {
    answer = (incoming, outgoing) => incoming.pipe(outgoing.writeHead(201));
    const body = "x".repeat(1_000_000);
    const response = await fetch(`http://${proxy.address}/v2/a`, { method: "PUT", body });
    assert.deepEqual([response.status, await response.text()], [201, body]);
  });

  it("keeps the Host header, so that absolute addresses in answers point to it", async () => {
    answer = (incoming, outgoing) => outgoing.end(incoming.headers.host);
    assert.equal(await (await fetch(`http://${proxy.address}/`)).text(), proxy.address);
  });

  it("counts each request with method, path and status until it is reset", async () => {
    answer = (_, outgoing) => outgoing.writeHead(404).end();
    await fetch(`http://${proxy.address}/v2/a/tags/list?n=2`, { method: "HEAD" });
    const counted = proxy.requests.map(({ method, path, status }) => ({ method, path, status }));
    proxy.reset();
    assert.deepEqual(counted, [{ method: "HEAD", path: "/v2/a/tags/list?n=2", status: 404 }]);
    assert.equal(proxy.requests.length, 0);
  });

  it("counts requests sent one after the other as one chain", async () => {
    answer = (_, outgoing) => outgoing.end("ok");
    for (let request = 0; request < 3; request++) await (await fetch(`http://${proxy.address}/`)).text();
    assert.equal(proxy.longestChain(), 3);
  });

  it("breaks the client's connection when the registry breaks its own", async () => {
    answer = (_, outgoing) => outgoing.destroy();
    await assert.rejects(fetch(`http://${proxy.address}/`));
  });
});

describe("longestChain", () => {
  const cases: readonly (readonly [title: string, spans: readonly (readonly [number, number])[], chain: number])[] = [
    ["is 0 without requests", [], 0],
    [
      "is 1 for requests side by side",
      [
        [0, 10],
        [1, 9],
        [2, 8],
      ],
      1,
    ],
    [
      "counts requests one after the other",
      [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
      3,
    ],
    [
      "takes the longest way through overlapping requests",
      [
        [0, 10],
        [0, 2],
        [3, 4],
        [5, 6],
        [11, 12],
      ],
      4,
    ],
  ];
  for (const [title, spans, chain] of cases) {
    it(title, () => {
      assert.equal(longestChain(spans.map(([startedMs, endedMs]) => ({ startedMs, endedMs }))), chain);
    });
  }
});

describe("roundsOf", () => {
  it("lets requests through together that come while nothing runs, and later ones when these have ended", async () => {
    const admitted = roundsOf(5);
    const order: string[] = [];
    const pass = async (name: string) => {
      const leave = await admitted();
      order.push(name);
      return leave;
    };
    const [leaveA, leaveB] = await Promise.all([pass("a"), pass("b")]);
    const third = pass("c");
    leaveA();
    leaveB();
    await third;
    assert.deepEqual(order, ["a", "b", "c"]);
  });
});
