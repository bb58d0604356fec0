import { isIP } from "node:net";

/**
 * Whether two hosts belong, by their names, to one owner: they share their last two labels, or three below a country's
 * second-level domain (`co.uk`). Never so for IP addresses, and never below the domains that clouds hand out to their
 * customers (`azurecr.io`, `amazonaws.com`): there, one owner a name.
 *
 * This is a short, cautious stand-in for the public suffix list: where it errs by refusing, `authRealms` helps.
 * @param a - a host name as `URL.hostname` gives it.
 * @param b - the other one.
 * @see https://publicsuffix.org/list/
 */
export function isSameSite(a: string, b: string): boolean {
  const site = siteOf(a);
  return site !== undefined && site === siteOf(b);
}

function siteOf(hostname: string): string | undefined {
  const name = hostname.replace(/\.$/, "");
  if (isIP(name) !== 0 || name.startsWith("[")) return undefined;
  if (sharedDomains.some((domain) => name === domain || name.endsWith(`.${domain}`))) return undefined;
  const labels = name.split(".");
  const count = countrySecondLevel.test(name) ? 3 : 2;
  return labels.length < count ? undefined : labels.slice(-count).join(".");
}

const countrySecondLevel =
  /(^|\.)(ac|co|com|edu|firm|gen|gob|gouv|gov|go|gv|id|ind|info|ltd|me|mil|ne|net|nom|or|org|plc|sch|web)\.[a-z]{2}$/;

const sharedDomains: readonly string[] = [
  "aliyuncs.com",
  "amazonaws.com",
  "amazonaws.com.cn",
  "appspot.com",
  "azurecontainer.io",
  "azurecontainerapps.io",
  "azurecr.cn",
  "azurecr.io",
  "azurecr.us",
  "azurefd.net",
  "azurewebsites.net",
  "cloudapp.azure.com",
  "cloudflarestorage.com",
  "cloudfront.net",
  "digitaloceanspaces.com",
  "fly.dev",
  "github.io",
  "githubusercontent.com",
  "gitlab.io",
  "googleapis.com",
  "herokuapp.com",
  "jfrog.io",
  "myqcloud.com",
  "netlify.app",
  "nip.io",
  "ocir.io",
  "oraclecloud.com",
  "pages.dev",
  "pkg.dev",
  "run.app",
  "scw.cloud",
  "sslip.io",
  "tencentcloudcr.com",
  "trycloudflare.com",
  "vercel.app",
  "web.app",
  "windows.net",
  "workers.dev",
];
