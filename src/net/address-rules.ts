import ipaddr from 'ipaddr.js';

/**
 * Whether an IP address is on the public internet. Everything that IANA's special-purpose registries (RFC 6890 and its
 * updates) name is not: private, loopback, link-local (so the cloud's metadata service too), CGNAT, documentation,
 * benchmarking, multicast, reserved, and every IPv6 form that carries an IPv4 address inside (mapped, compatible, NAT64,
 * 6to4, Teredo), because it may lead back to a private one.
 */

const rangeNames: Record<string, string> = {
  unspecified: 'an unspecified address',
  broadcast: 'the broadcast address',
  multicast: 'a multicast address',
  linkLocal: 'a link-local address',
  loopback: 'a loopback address',
  carrierGradeNat: 'a carrier-grade NAT address',
  private: 'a private address',
  uniqueLocal: 'a private address',
  deprecatedSiteLocal: 'a private address',
  ipv4Mapped: 'an IPv4 address inside an IPv6 one',
  rfc6145: 'an IPv4 address inside an IPv6 one',
  rfc6052: 'a NAT64 address',
  '6to4': 'a 6to4 address',
  teredo: 'a Teredo address',
};

/** The only block of IPv6 that global unicast addresses are given from. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/** Azure's wire server: a metadata service behind an address that looks public. */
const metadataAddresses = ['168.63.129.16'];

/** Why an address is not fetched from, e.g. "a private address"; null when it is public. */
export function whyNotPublic(address: string): string | null {
  if (!ipaddr.isValid(address)) return 'not an IP address';
  if (address.includes('%')) return 'an address with a zone';
  const parsed = ipaddr.parse(address);
  if (metadataAddresses.includes(parsed.toString())) return 'a metadata address';
  const range = parsed.range();
  if (range !== 'unicast') return rangeNames[range] ?? 'a reserved address';
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(globalUnicast)) return 'a reserved address';
  return null;
}
