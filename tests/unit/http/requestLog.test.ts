import assert from "node:assert/strict";
import { rememberSecret } from "../../../provider/errors";
import { requestLog } from "../../../provider/http/requestLog";
import { createTransport, type TransportOptions } from "../../../provider/http/transport";
import { harness } from "./harness";
import { startServer } from "./servers";

/** A log that the variable asks for with this value, by a clock that is a millisecond further at each look. */
function logFor(value: string | undefined) {
  const lines: string[] = [];
  const warnings: string[] = [];
  let now = 0;
  const watch = requestLog({
    environment: { PULUMI_MULTIARCH_DEBUG: value },
    clock: { now: () => now++ },
    warn: (text) => warnings.push(text),
    open: () => (line) => lines.push(line),
  });
  return { lines, warnings, watch };
}

describe("PULUMI_MULTIARCH_DEBUG=http", () => {
  const { keep, server, tcpServer, get } = harness();
  const logging = (options: Partial<TransportOptions> = {}) => {
    const { lines, watch } = logFor("http");
    const transport = keep(createTransport({ timeoutMs: 5000, environment: {}, ...options, ...(watch && { watch }) }));
    return { lines, transport };
  };

  it("writes a line for each request: method, URL, status and time", async () => {
    const registry = await server((_, response) => response.writeHead(404).end());
    const { lines, transport } = logging();
    const { body } = await transport.send(get(registry.url("/v2/a/manifests/1")));
    body.destroy();
    assert.deepEqual(lines, [`http: GET ${registry.url("/v2/a/manifests/1")}: 404 after 1 ms`]);
  });

  it("writes a line for each hop of a redirect", async () => {
    const registry = await server(({ url }, response) =>
      url === "/a" ? response.writeHead(307, { location: "/b" }).end() : response.end(),
    );
    const { lines, transport } = logging();
    const { body } = await transport.send(get(registry.url("/a"), { redirects: "follow" }));
    body.destroy();
    assert.deepEqual(lines, [
      `http: GET ${registry.url("/a")}: 307 after 1 ms`,
      `http: GET ${registry.url("/b")}: 200 after 1 ms`,
    ]);
  });

  it("writes the code of a request's error, and of the one beneath", async () => {
    const { lines, transport } = logging();
    const { url, close } = await startServer((_, response) => response.end());
    await close();
    await assert.rejects(transport.send(get(url())));
    assert.deepEqual(lines, [`http: GET ${url()}: ERR_TRANSPORT (ECONNREFUSED) after 1 ms`]);
  });

  it("writes one more line when a response breaks in the middle of its body", async () => {
    const registry = await tcpServer("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
    const { lines, transport } = logging();
    const { body } = await transport.send(get(registry.url()));
    await assert.rejects(body.toArray());
    assert.match(lines[1] ?? "", /^http: GET \S+: ERR_TRANSPORT \(\w+\) after 2 ms$/);
  });

  it("writes nothing secret: of a URL no unknown parameter, no known secret, and no header", async () => {
    rememberSecret("hunter-the-second");
    const registry = await server((_, response) => response.setHeader("set-cookie", "c=hunter3").end());
    const { lines, transport } = logging();
    const url = registry.url("/v2/hunter-the-second?n=1&signature=hunter4");
    const { body } = await transport.send(get(url, { authorization: "Bearer hunter5" }));
    body.destroy();
    const shown = registry.url("/v2/[redacted]?n=1&signature=[redacted]");
    assert.deepEqual(lines, [`http: GET ${decodeURI(shown.href)}: 200 after 1 ms`]);
  });
});

describe("PULUMI_MULTIARCH_DEBUG", () => {
  for (const value of [undefined, ""])
    it(`watches no request when it is ${value === undefined ? "not set" : "empty"}`, () => {
      const { watch, warnings } = logFor(value);
      assert.deepEqual([watch, warnings], [undefined, []]);
    });

  it("is warned of, with the value that is known, when its own is not", () => {
    const { watch, warnings } = logFor("https");
    const warning = 'PULUMI_MULTIARCH_DEBUG is "https", which is not known and changes nothing. Set it to "http".';
    assert.deepEqual([watch, warnings], [undefined, [warning]]);
  });
});
