import { BlockList, isIP } from "node:net";

// Beside the ranges that RFC 6890 keeps off the Internet: Azure's virtual host address, which answers inside a machine only.
// 198.18.0.0/15 is left out on purpose: local proxies hand it out as a stand-in for public hosts.
const privateIpv4 = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["168.63.129.16", 32],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const;
// Of IPv6 only 2000::/3 is public, without its protocol assignments (Teredo among them), documentation and 6to4.
const privateIpv6 = [
  ["::", 3],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["4000::", 2],
  ["8000::", 1],
] as const;

// Two lists, because a list applies its IPv6 ranges to IPv4 addresses too, as mapped ones.
const refusedIpv4 = new BlockList();
const refusedIpv6 = new BlockList();
for (const [net, prefix] of privateIpv4) refusedIpv4.addSubnet(net, prefix, "ipv4");
for (const [net, prefix] of privateIpv6) refusedIpv6.addSubnet(net, prefix, "ipv6");

/**
 * Whether an address is one that a server must not send this client to: loopback, private, carrier-grade NAT, link-local (cloud
 * metadata among them), unspecified, multicast or reserved. An IPv6 address that carries an IPv4 one (mapped, NAT64,
 * 6to4) counts as private whatever it carries.
 * @param ip - an IPv4 or IPv6 address without brackets; a zone (`%eth0`) is allowed. A text that is no address counts as private.
 * @see https://www.rfc-editor.org/rfc/rfc6890
 */
export function isPrivateAddress(ip: string): boolean {
  const family = isIP(ip);
  if (family === 0) return true;
  if (family === 4) return refusedIpv4.check(ip, "ipv4");
  return refusedIpv6.check(ip.replace(/%.*$/, ""), "ipv6");
}
