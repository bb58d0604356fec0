import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { hasCode } from "../../../provider/errors";
import { createSocketTransport } from "../../../provider/http/socketTransport";

describe("createSocketTransport", () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function listen(answer: RequestListener) {
    const folder = mkdtempSync(join(tmpdir(), "socket-"));
    const path = join(folder, "a.sock");
    const server = createServer(answer).listen(path);
    await once(server, "listening");
    ends.push(
      () => rmSync(folder, { recursive: true }),
      () => server.close(),
      () => server.closeAllConnections(),
    );
    return path;
  }
  function get(path: string, timeoutMs = 5000) {
    const transport = createSocketTransport(path, timeoutMs);
    ends.push(() => transport.close());
    const url = new URL("http://localhost/images/a%3A1/json?x=y");
    return transport.send({ method: "GET", url, redirects: "refuse", host: "named" });
  }

  it("sends to the socket, whatever host the URL names", async () => {
    const response = await get(await listen((request, answer) => answer.end(request.url)));
    assert.equal(await text(response.body), "/images/a%3A1/json?x=y");
  });

  it("returns a redirect as the answer", async () => {
    const path = await listen((_, answer) => answer.writeHead(302, { location: "http://example.com/" }).end());
    assert.equal((await get(path)).status, 302);
  });

  it("gives up on a server that stays silent", async () => {
    const error = await get(await listen(() => {}), 50).catch((thrown: unknown) => thrown);
    assert.ok(hasCode(error, "ERR_TIMEOUT"));
  });

  it("tells the system's reason when there is no such socket", async () => {
    const error = await get("/nowhere/a.sock").catch((thrown: unknown) => thrown);
    assert.ok(hasCode(error, "ERR_TRANSPORT"));
    assert.ok(error.cause instanceof Error && "code" in error.cause);
    assert.equal(error.cause.code, "ENOENT");
  });
});
