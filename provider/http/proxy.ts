import { BlockList, isIP } from "node:net";
import { ProviderError } from "../errors";
import { bareHost } from "./url";

/** A process's environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that a request goes through, by the rules of Go's `net/http`, and so of the usual registry clients:
 * HTTPS_PROXY for https, HTTP_PROXY for http (neither stands in for the other), each also in lower case. `localhost` and
 * loopback addresses are never proxied. NO_PROXY lists, with commas, `*`, host names (subdomains included), `.suffixes` and
 * `*.suffixes` (subdomains only), IP addresses and CIDR blocks; all but CIDR blocks may have a `:port`.
 * @param url - where the request goes.
 * @param environment - the variables.
 * @returns `undefined` when the request goes straight to its host.
 * @throws ERR_INPUT_INVALID when the variable is no `http:` or `https:` URL; `path` is the variable's name.
 * @see https://pkg.go.dev/golang.org/x/net@v0.30.0/http/httpproxy
 */
export function proxyFor(url: URL, environment: Environment): URL | undefined {
  const variable = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const value = either(environment, variable);
  if (value === "") return undefined;
  const host = bareHost(url);
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  if (isLoopback(host)) return undefined;
  const exceptions = either(environment, "NO_PROXY").split(",");
  if (exceptions.some((exception) => covers(exception.trim().toLowerCase(), host, port))) return undefined;
  return parseProxy(variable, value);
}

function either(environment: Environment, name: string): string {
  return environment[name] || environment[name.toLowerCase()] || "";
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function covers(exception: string, host: string, port: string): boolean {
  if (exception === "") return false;
  if (exception === "*") return true;
  if (exception.includes("/")) return isWithin(host, exception);
  const [, bracketed, plain = "", wantedPort] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(exception) ?? [];
  const name = bracketed ?? (isIP(exception) === 6 ? exception : plain);
  if (name === "" || (wantedPort !== undefined && wantedPort !== port)) return false;
  if (isIP(host) !== 0) return host === name;
  const suffix = name.replace(/^\*?\./, "");
  return host.endsWith(`.${suffix}`) || host === name;
}

function isWithin(host: string, block: string): boolean {
  const [net = "", prefix = ""] = block.split("/");
  const family = isIP(net) === 6 ? "ipv6" : "ipv4";
  if (isIP(net) === 0 || isIP(host) !== isIP(net) || !/^\d{1,3}$/.test(prefix)) return false;
  if (Number(prefix) > (family === "ipv6" ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(net, Number(prefix), family);
  return list.check(host, family);
}

function parseProxy(variable: string, value: string): URL {
  const text = value.includes("://") ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && ["http:", "https:"].includes(url.protocol) && isDecodable(url.username + url.password))
    return url;
  throw new ProviderError(
    "ERR_INPUT_INVALID",
    `The environment variable ${variable} does not hold the http:// or https:// URL of a proxy. Correct it, or unset it.`,
    { path: variable },
  );
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
