import ipaddr from 'ipaddr.js';
import { InvalidInputError, quote } from '../errors.ts';

/** What the operator lets through although it is private. */
export interface FetchAllow {
  /** Whether this host name may be fetched from, whatever it resolves to. */
  hasHost(hostname: string, port: number): boolean;
  /** Whether this very address was listed. */
  hasAddress(address: string, port: number): boolean;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;
interface Rule {
  port: number | null;
  host: string | null;
  range: [Address, number] | null;
}

/**
 * Reads FETCH_ALLOW: host names (`models.lan`), addresses (`10.0.0.5`, `::1`) and CIDRs (`10.0.0.0/8`, `fd00::/8`), each
 * with a port if wanted (`models.lan:8080`, `[::1]:8080`, `10.0.0.0/8:8080`). Throws INVALID_INPUT for anything else.
 */
export function parseFetchAllow(entries: readonly string[]): FetchAllow {
  const rules = entries.map(parseRule);
  return {
    hasHost: (hostname, port) => rules.some((rule) => rule.host === bareHost(hostname) && fitsPort(rule, port)),
    hasAddress(address, port) {
      if (!ipaddr.isValid(address)) return false;
      const parsed = ipaddr.process(address);
      return rules.some(({ range, ...rule }) => {
        if (range === null || !fitsPort(rule, port) || parsed.kind() !== range[0].kind()) return false;
        return parsed.match(range as never);
      });
    },
  };
}

/** A host name as it is compared: lower case, without the root's dot and without the brackets of an IPv6 address. */
export function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

function fitsPort({ port }: { port: number | null }, wanted: number): boolean {
  return port === null || port === wanted;
}

function parseRule(entry: string): Rule {
  const whole = parseRange(entry);
  if (whole !== null) return { range: whole, host: null, port: null };
  const [, name = '', portText] = /^(.*?)(?::(\d{1,5}))?$/.exec(entry) ?? [];
  const port = portText === undefined ? null : Number(portText);
  const range = parseRange(name);
  const isHost = /^(?=.{1,253}$)[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i.test(name) && !/^[\d.]+$/.test(name);
  if ((port !== null && (port < 1 || port > 65535)) || (range === null && !isHost)) {
    throw new InvalidInputError({
      field: 'MODELKEEP_FETCH_ALLOW',
      message: `expected a host name, an IP address or a CIDR, with :port if wanted; got ${quote(entry)}`,
    });
  }
  return range === null ? { range, host: bareHost(name), port } : { range, host: null, port };
}

function parseRange(text: string): [Address, number] | null {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (ipaddr.IPv4.isValidCIDR(bare) || ipaddr.IPv6.isValidCIDR(bare)) return ipaddr.parseCIDR(bare);
  if (ipaddr.IPv6.isValid(bare) || ipaddr.IPv4.isValidFourPartDecimal(bare)) {
    const address = ipaddr.process(bare);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  }
  return null;
}
