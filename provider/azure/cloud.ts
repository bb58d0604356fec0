import { ProviderError } from "../errors";
import type { Environment } from "../program";
import { variable } from "./variables";

/** One of Azure's separate clouds. */
export interface Cloud {
  /** Where Entra issues tokens. */
  readonly authority: URL;
  /** Azure Resource Manager: the origin of its API. */
  readonly resourceManager: URL;
  /** The audience of its tokens. */
  readonly resourceManagerAudience: string;
}

const clouds = {
  public: ["https://login.microsoftonline.com", "https://management.azure.com"],
  usgovernment: ["https://login.microsoftonline.us", "https://management.usgovcloudapi.net"],
  china: ["https://login.partner.microsoftonline.cn", "https://management.chinacloudapi.cn"],
} as const;

/** The audience of tokens for every registry of every cloud. */
export const registryAudience = "https://containerregistry.azure.net";

/**
 * The cloud to sign in to: ARM_ENVIRONMENT or AZURE_ENVIRONMENT as azure-native reads them (`public`, `usgovernment`, `china`),
 * else the one that a registry's name belongs to. AZURE_AUTHORITY_HOST, a URL or a host, stands in for where Entra is;
 * ARM_RESOURCE_MANAGER_ENDPOINT, a URL, for where Azure Resource Manager is, and ARM_RESOURCE_MANAGER_AUDIENCE for its audience.
 * @param address - a registry's `host[:port]`.
 * @throws ERR_INPUT_INVALID for a variable with an unknown cloud, or one that is no https URL; `path` is the variable's name.
 */
export function cloudOf(environment: Environment, address = ""): Cloud {
  const [authority, resourceManager] = clouds[cloudName(environment) ?? cloudOfAddress(address)];
  const endpoint = environment["ARM_RESOURCE_MANAGER_ENDPOINT"] || resourceManager;
  const { origin } = secureUrl(endpoint) ?? refuseUrl("ARM_RESOURCE_MANAGER_ENDPOINT");
  return {
    authority: authorityHost(environment["AZURE_AUTHORITY_HOST"] || authority),
    resourceManager: new URL(origin),
    resourceManagerAudience: environment["ARM_RESOURCE_MANAGER_AUDIENCE"] || origin,
  };
}

function cloudName(environment: Environment): keyof typeof clouds | undefined {
  const { name, value = "" } = variable(environment, "ARM_ENVIRONMENT", "AZURE_ENVIRONMENT") ?? {};
  switch (value.toLowerCase().replace(/^azure/, "")) {
    case "":
      return undefined;
    case "public":
    case "publiccloud":
    case "cloud":
      return "public";
    case "usgovernment":
    case "usgovernmentcloud":
      return "usgovernment";
    case "china":
    case "chinacloud":
      return "china";
  }
  throw invalidVariable(name ?? "", "does not name a cloud: public, usgovernment or china");
}

function cloudOfAddress(address: string): keyof typeof clouds {
  if (/\.azurecr\.us(:|$)/.test(address)) return "usgovernment";
  return /\.azurecr\.cn(:|$)/.test(address) ? "china" : "public";
}

function authorityHost(text: string): URL {
  const url = text.includes("://") ? text : `https://${text}`;
  return secureUrl(url) ?? refuseUrl("AZURE_AUTHORITY_HOST");
}

function refuseUrl(name: string): never {
  throw invalidVariable(name, "is no https URL");
}

/** A URL that a secret may be sent to: https, or http to this very machine. */
export function secureUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:") return url;
  return url?.protocol === "http:" && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname) ? url : undefined;
}

function invalidVariable(name: string, problem: string): ProviderError<"ERR_INPUT_INVALID"> {
  const message = `The environment variable ${name} ${problem}. Correct it, or unset it.`;
  return new ProviderError("ERR_INPUT_INVALID", message, { path: name });
}
