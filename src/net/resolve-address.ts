import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { UnsafeUrlError, UpstreamFailedError } from '../errors.ts';
import { whyNotPublic } from './address-rules.ts';
import { bareHost, type FetchAllow } from './fetch-allow.ts';
import { portOf, withoutSecrets } from './fetch-url.ts';

/** One address of a host. */
export interface ResolvedAddress {
  address: string;
  family: 4 | 6;
}

/** Name → addresses. Asked once per hop, so that a second answer can never be the one that is connected to. */
export type Lookup = (hostname: string) => Promise<ResolvedAddress[]>;

/** The system's resolver, hosts file included. */
export const lookupAddresses: Lookup = async (hostname) => (await systemLookup(hostname, { all: true })) as ResolvedAddress[];

/**
 * The addresses that one hop may connect to. One refused address among several refuses the host: a mixed answer is what
 * rebinding looks like. Throws UNSAFE_URL, UPSTREAM_FAILED (no such host).
 */
export async function resolveAddresses(
  url: URL,
  { allow, lookup, isTrusted }: { allow: FetchAllow; lookup: Lookup; isTrusted: boolean },
): Promise<ResolvedAddress[]> {
  const host = bareHost(url.hostname);
  const addresses = await addressesOf(host, url, lookup);
  const port = portOf(url);
  if (isTrusted || allow.hasHost(host, port)) return addresses;
  // What the operator listed is safe by that; the rest of a mixed answer is left alone.
  const listed = addresses.filter(({ address }) => allow.hasAddress(address, port));
  if (listed.length > 0) return listed;
  const refuse = (reason: string) =>
    new UnsafeUrlError({ url: withoutSecrets(url), reason: `${reason} An operator can allow it with MODELKEEP_FETCH_ALLOW.` });
  if (host === 'localhost' || host.endsWith('.localhost')) throw refuse('it names this machine.');
  for (const { address } of addresses) {
    const reason = whyNotPublic(address);
    if (reason !== null) throw refuse(host === address ? `it is ${reason}.` : `its host has ${reason}.`);
  }
  return addresses;
}

async function addressesOf(host: string, url: URL, lookup: Lookup): Promise<ResolvedAddress[]> {
  const family = isIP(host);
  if (family === 4 || family === 6) return [{ address: host, family }];
  const fail = (cause: unknown) =>
    new UpstreamFailedError({ url: withoutSecrets(url), status: null, message: `The host ${host} was not found.`, cause });
  const addresses = await lookup(host).catch((error: unknown) => {
    throw fail(error);
  });
  if (addresses.length === 0) throw fail(null);
  return addresses;
}
