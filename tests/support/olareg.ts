import { type Server, startServer } from "./server";

/**
 * Starts olareg, a registry that has the referrers API, which distribution does not, with its content in memory.
 * @throws when it did not start.
 */
export function startReferrersRegistry(): Promise<Server> {
  return startServer("olareg", (address) => {
    const [host, port] = address.split(":");
    const storage = ["--store-type=mem", "--api-delete", "--gc-frequency=-1s"];
    return ["serve", `--addr=${host}`, `--port=${port}`, ...storage];
  });
}
