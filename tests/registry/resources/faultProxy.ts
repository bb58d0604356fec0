import { createServer, request } from "node:http";
import { pipeline } from "node:stream/promises";
import { closeServer, portOf } from "../../support/countingProxy";
import type { Registry } from "../../support/registries";

/** What a request is answered instead of going on to the registry. */
export interface Fault {
  readonly status: number;
  readonly errors?: readonly { readonly code: string; readonly message: string }[];
}

/** Decides on a request; `undefined` lets it through. A promise holds it back; of one that is never kept, for ever. */
export type Faults = (method: string, path: string) => Fault | undefined | Promise<Fault | undefined>;

/** A registry that fails as it is told to. */
export interface FaultProxy {
  /** `localhost:PORT`. */
  readonly address: string;
  /** How it fails from now on; at first it does not. */
  fail(faults: Faults): void;
  /** Works from now on. */
  work(): void;
  stop(): Promise<void>;
}

/** Starts a registry that can fail. @param target - `host:port` of one that works. */
export async function faultProxy(target: string): Promise<FaultProxy> {
  const none: Faults = () => undefined;
  let faults = none;
  const server = createServer(async (incoming, outgoing) => {
    const { method = "", url: path = "", rawHeaders } = incoming;
    const fault = await faults(method, path);
    if (fault) {
      incoming.resume();
      outgoing.writeHead(fault.status, { "content-type": "application/json" });
      outgoing.end(JSON.stringify({ errors: fault.errors ?? [] }));
      return;
    }
    const upstream = request(`http://${target}`, { method, path, headers: rawHeaders, setHost: false });
    const abandon = () => outgoing.destroy();
    upstream.once("error", abandon);
    upstream.once("response", (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders);
      pipeline(response, outgoing).catch(abandon);
    });
    pipeline(incoming, upstream).catch(abandon);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `localhost:${portOf(server)}`,
    fail: (given) => {
      faults = given;
    },
    work: () => {
      faults = none;
    },
    stop: () => closeServer(server),
  };
}

/**
 * Gives the enclosing suite a registry that can fail, and that works again before each test; for hooks and tests.
 * @param registry - the one that works.
 */
export function suiteFaultProxy(registry: () => Pick<Registry, "address">): Omit<FaultProxy, "stop"> {
  let proxy: FaultProxy | undefined;
  const started = () => {
    if (!proxy) throw new Error("The registry is there inside hooks and tests only.");
    return proxy;
  };
  before(async () => {
    proxy = await faultProxy(registry().address);
  });
  beforeEach(() => started().work());
  after(() => proxy?.stop());
  return {
    get address() {
      return started().address;
    },
    fail: (faults) => started().fail(faults),
    work: () => started().work(),
  };
}

/** The answer of a registry to a write under a tag that must not move. */
export const immutable: Fault = { status: 409, errors: [{ code: "DENIED", message: "tag is immutable" }] };
