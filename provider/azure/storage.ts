import { ProviderError } from "../errors";
import { discardBody, readBody } from "../http/body";
import type { Clock } from "../http/clock";
import type { Gate } from "../http/gate";
import type { HttpRequest, HttpResponse, Method, RequestBody, Transport } from "../http/message";
import { retrying } from "../http/retry";
import { parseRetryAfter } from "../http/retryAfter";
import { redactUrl } from "../http/url";
import { secureUrl } from "./cloud";

/** Azure's storage, which is asked with URLs that carry their own authorization: never with a token. */
export interface Storage {
  /** @throws ERR_REGISTRY for any answer but 201; ERR_ADDRESS_REFUSED for a URL without TLS; ERR_TRANSPORT, ERR_TIMEOUT. */
  upload(url: URL, body: RequestBody): Promise<void>;
  /**
   * What a growing blob has from a byte on, at most 4 MiB of it.
   * @returns nothing where it has no more, or is not there yet.
   * @throws as {@link upload}.
   */
  readFrom(url: URL, offset: number): Promise<Uint8Array>;
}

const readLimit = 4 * 1024 * 1024;

/**
 * The storage that Azure Resource Manager points to.
 * @param endpoint - where that is: storage on this machine is believed only to one on this machine.
 */
export function createStorage(options: {
  readonly endpoint: URL;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly gate: Gate;
}): Storage {
  const { endpoint, transport, clock, gate } = options;
  const host = isLoopback(endpoint) ? "loopback" : "untrusted";

  function send<T>(
    request: Pick<HttpRequest, "method" | "url" | "headers" | "body">,
    answers: readonly number[],
    read: (response: HttpResponse) => Promise<T>,
  ): Promise<T> {
    const { method, url } = request;
    if (secureUrl(url.href) === undefined) throw refused(url);
    return retrying({ clock, gate }, async () => {
      const response = await transport.send({ ...request, redirects: "refuse", host });
      if (answers.includes(response.status)) return read(response);
      throw await storageError(method, url, response, clock.date());
    });
  }

  return {
    upload(url, body) {
      const headers = { "x-ms-blob-type": "BlockBlob", "content-type": "application/octet-stream" };
      return send({ method: "PUT", url, headers, body }, [201], discardBody);
    },
    readFrom(url, offset) {
      const headers = { range: `bytes=${offset}-${offset + readLimit - 1}` };
      return send({ method: "GET", url, headers }, [200, 206, 404, 416], async (response) => {
        if (response.status === 206) return readBody(response, readLimit, "log");
        if (response.status === 200) return (await readBody(response, readLimit, "log")).subarray(offset);
        await discardBody(response);
        return new Uint8Array();
      });
    },
  };
}

function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

const codeLimit = 64 * 1024;

/** Storage answers in XML: its code tells enough. */
async function storageError(method: Method, url: URL, response: HttpResponse, nowMs: number) {
  const text = Buffer.from(await readBody(response, codeLimit, "error").catch(() => new Uint8Array())).toString("utf8");
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1];
  const retryAfterMs = parseRetryAfter(response.headers["retry-after"], nowMs);
  return new ProviderError(
    "ERR_REGISTRY",
    `${method} ${redactUrl(url)}: ${response.status}${code === undefined ? "" : ` ${code}`} from Azure's storage. Run again; if that does not help, ask Azure's support.`,
    {
      method,
      url: redactUrl(url),
      status: response.status,
      errors: code === undefined ? [] : [{ code }],
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
  );
}

function refused(url: URL): ProviderError<"ERR_ADDRESS_REFUSED"> {
  return new ProviderError(
    "ERR_ADDRESS_REFUSED",
    `Azure points to ${redactUrl(url)}, without TLS; nothing is sent there. Ask Azure's support.`,
    { url: redactUrl(url) },
  );
}
