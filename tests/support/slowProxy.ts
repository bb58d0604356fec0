import { connect, createServer, type Socket } from "node:net";
import { portOf } from "./countingProxy";

/** A slow line to a registry. */
export interface SlowProxy {
  /** `localhost:PORT`. */
  readonly address: string;
  stop(): Promise<void>;
}

/**
 * Starts a proxy on a free loopback port through which requests pass slowly, and answers at full speed.
 * @param target - `host:port` of a registry that speaks plain HTTP.
 * @param bytesPerSecond - of each connection.
 */
export async function slowProxy(target: string, bytesPerSecond: number): Promise<SlowProxy> {
  const sockets = new Set<Socket>();
  const { hostname, port } = new URL(`http://${target}`);
  const server = createServer((client) => {
    const registry = connect(Number(port), hostname);
    for (const socket of [client, registry]) {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    }
    registry.pipe(client);
    client.on("end", () => registry.end());
    client.on("data", (chunk) => {
      registry.write(chunk);
      client.pause();
      setTimeout(() => client.resume(), (chunk.length * 1000) / bytesPerSecond);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `localhost:${portOf(server)}`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
