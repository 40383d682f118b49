import { describe, expect, test } from 'vitest';
import { whyNotPublic } from '../../src/net/address-rules.ts';
import { parseFetchAllow } from '../../src/net/fetch-allow.ts';
import { createGuardedFetch } from '../../src/net/guarded-fetch.ts';
import type { ResolvedAddress } from '../../src/net/resolve-address.ts';

/** Every spelling of an address that must be refused without a socket or a question to DNS. */
const hostileAddresses = [
  'http://127.0.0.1/',
  'http://127.0.0.1:8686/graphql',
  'http://127.1/',
  'http://127.0.1/',
  'http://127.255.255.254/',
  'http://2130706433/',
  'http://017700000001/',
  'http://0177.0.0.1/',
  'http://0177.0.0.01/',
  'http://0x7f000001/',
  'http://0x7f.0.0.1/',
  'http://0x7f.1/',
  'http://0x7F.0x0.0x0.0x1/',
  'http://127.0.0.1./',
  'http://0/',
  'http://0.0.0.0/',
  'http://0.1.2.3/',
  'http://%31%32%37.0.0.1/',
  'http://127%2e0%2e0%2e1/',
  'http:127.0.0.1/',
  'http:/127.0.0.1/',
  'http:\\\\127.0.0.1\\x',
  ' http://127.0.0.1/',
  'ht\ntp://127.0.\t0.1/',
  'http://127。0。0。1/',
  'http://\uff11\uff12\uff17.0.0.1/',
  'http://①②⑦.⓪.⓪.①/',
  'http://127\uff0e0\uff0e0\uff0e1/',
  'http://127\uff610\uff610\uff611/',
  'http://10.0.0.1/',
  'http://10.255.255.255/',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.168.1.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://2852039166/latest/meta-data/',
  'http://0xA9FEA9FE/',
  'http://100.64.0.1/',
  'http://100.100.100.200/',
  'http://168.63.129.16/',
  'http://192.0.0.192/',
  'http://192.0.2.1/',
  'http://198.18.0.1/',
  'http://198.51.100.1/',
  'http://203.0.113.1/',
  'http://192.88.99.1/',
  'http://224.0.0.1/',
  'http://240.0.0.1/',
  'http://255.255.255.255/',
  'http://[::]/',
  'http://[::1]/',
  'http://[0:0:0:0:0:0:0:1]/',
  'http://[0000:0000:0000:0000:0000:0000:0000:0001]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[::ffff:8.8.8.8]/',
  'http://[::127.0.0.1]/',
  'http://[::8.8.8.8]/',
  'http://[::ffff:0:127.0.0.1]/',
  'http://[64:ff9b::127.0.0.1]/',
  'http://[64:ff9b::8.8.8.8]/',
  'http://[64:ff9b:1::10.0.0.1]/',
  'http://[2002:7f00:1::]/',
  'http://[2002:0a00:0001::1]/',
  'http://[2001:0:7f00:1::]/',
  'http://[2001:db8::1]/',
  'http://[3fff::1]/',
  'http://[100::1]/',
  'http://[fc00::1]/',
  'http://[fd00:ec2::254]/',
  'http://[fe80::1]/',
  'http://[fec0::1]/',
  'http://[ff02::1]/',
  'http://[4000::1]/',
  'http://[5f00::1]/',
  'http://localhost/',
  'http://LOCALHOST/',
  'http://localhost./',
  'http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/',
  'http://a.localhost/',
  'http://deep.down.localhost./',
];

/** What is no address to fetch at all. */
const hostileForms = [
  '',
  'example.org/file',
  '//example.org/file',
  '/etc/passwd',
  'http://',
  'http:///',
  'http://?x',
  'http://a b/',
  'http://a%00b/',
  'http://1.2.3.4.5/',
  'http://256.256.256.256/',
  'http://[::1%25lo]/',
  'http://[fe80::1%25eth0]/',
  'http://[::1/',
  'http://example.org:99999/',
  'http://example.org:-1/',
  'http://example.org:0/',
  'http://example.org:22/',
  'http://example.org:25/',
  'http://example.org:6379/',
  'http://user:secret@example.org/',
  'http://user@example.org/',
  'http://example.org@127.0.0.1/',
  'http://:secret@example.org/',
  'file:///etc/passwd',
  'file://example.org/etc/passwd',
  'ftp://example.org/x',
  'gopher://example.org:70/x',
  'data:text/plain,hello',
  'javascript:alert(1)',
  'ws://example.org/',
  'blob:http://example.org/1',
  'jar:http://example.org!/x',
  'dict://example.org:11111/',
  'about:blank',
  `http://example.org/${'a'.repeat(20_000)}`,
];

/** A guard whose resolver answers with these addresses, and counts. */
function guardWith(addresses: string[], allow: string[] = []) {
  const asked: string[] = [];
  const lookup = async (hostname: string): Promise<ResolvedAddress[]> => {
    asked.push(hostname);
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  return { fetch: createGuardedFetch({ allow, lookup }), asked };
}

describe('the guard refuses', () => {
  test.each(hostileAddresses)('%j, wherever its name might lead', async (url) => {
    const { fetch } = guardWith(['127.0.0.1']);
    await expect(fetch(url)).rejects.toMatchObject({ code: 'UNSAFE_URL' });
  });

  test.each(hostileForms)('%j without asking DNS', async (url) => {
    const { fetch, asked } = guardWith(['8.8.8.8']);
    await expect(fetch(url)).rejects.toMatchObject({ code: 'UNSAFE_URL' });
    expect(asked).toEqual([]);
  });

  test.each([
    '127.0.0.1',
    '10.1.2.3',
    '169.254.169.254',
    '::1',
    'fd00::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    'fe80::1%eth0',
    'nonsense',
  ])('a public name that resolves to %s', async (address) => {
    await expect(guardWith([address]).fetch('http://example.org/')).rejects.toMatchObject({ code: 'UNSAFE_URL' });
  });

  test('a name with one private address among public ones', async () => {
    for (const addresses of [
      ['8.8.8.8', '10.0.0.1'],
      ['10.0.0.1', '8.8.8.8'],
      ['2606:4700::1111', '::1'],
    ]) {
      await expect(guardWith(addresses).fetch('http://example.org/')).rejects.toMatchObject({ code: 'UNSAFE_URL' });
    }
  });

  test('a local name even when DNS gives it a public address', async () => {
    await expect(guardWith(['8.8.8.8']).fetch('http://x.localhost/')).rejects.toMatchObject({ code: 'UNSAFE_URL' });
  });

  test('and never repeats credentials or a query in its message', async () => {
    const error = await guardWith([])
      .fetch('http://user:secret@example.org/x?token=secret')
      .catch((caught: Error) => caught);
    expect(error).toMatchObject({ url: 'http://example.org/x' });
    expect((error as Error).message).not.toContain('secret');
    const odd = await guardWith([])
      .fetch('http://user:secret@exa mple.org/x?token=secret')
      .catch((caught: Error) => caught);
    expect((odd as Error).message).not.toContain('secret');
  });

  test.each([
    { 'x\r\ny': '1' },
    { '': '1' },
    { 'a b': '1' },
    { 'x-a': 'one\r\nx-b: two' },
    { 'x-a': 'one\ntwo' },
    { 'x-a': 'nul\0' },
    { Host: 'internal' },
    { hOsT: 'internal' },
    { Connection: 'upgrade' },
    { 'Transfer-Encoding': 'chunked' },
    { 'Content-Length': '5' },
    { Upgrade: 'h2c' },
    { TE: 'trailers' },
    { 'Proxy-Authorization': 'x' },
    { 'Keep-Alive': 'x' },
    { Expect: '100-continue' },
  ])('the headers %j', async (headers) => {
    await expect(guardWith(['8.8.8.8']).fetch('http://example.org/', { headers })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('address rules', () => {
  test.each(['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.1', '192.167.1.1', '100.63.255.255', '2606:4700::1111', '2a00:1450::1'])(
    '%s is public',
    (address) => {
      expect(whyNotPublic(address)).toBeNull();
    },
  );
});

describe('FETCH_ALLOW', () => {
  const allow = parseFetchAllow([
    'Models.LAN',
    'cache.lan:8080',
    '10.0.0.0/8',
    '192.168.1.7:9000',
    '[::1]:8080',
    'fd00::/8',
    '172.16.0.0/12:80',
  ]);

  test('lets hosts, addresses and networks through, with a port if one is named', () => {
    expect(allow.hasHost('models.lan', 1)).toBe(true);
    expect(allow.hasHost('models.lan.', 443)).toBe(true);
    expect(allow.hasHost('cache.lan', 8080)).toBe(true);
    expect(allow.hasHost('cache.lan', 80)).toBe(false);
    expect(allow.hasHost('evil.models.lan', 80)).toBe(false);
    expect(allow.hasAddress('10.200.0.1', 80)).toBe(true);
    expect(allow.hasAddress('::ffff:10.200.0.1', 80)).toBe(true);
    expect(allow.hasAddress('11.0.0.1', 80)).toBe(false);
    expect(allow.hasAddress('192.168.1.7', 9000)).toBe(true);
    expect(allow.hasAddress('192.168.1.7', 9001)).toBe(false);
    expect(allow.hasAddress('::1', 8080)).toBe(true);
    expect(allow.hasAddress('::1', 80)).toBe(false);
    expect(allow.hasAddress('fd12::1', 80)).toBe(true);
    expect(allow.hasAddress('172.20.0.1', 80)).toBe(true);
    expect(allow.hasAddress('172.20.0.1', 443)).toBe(false);
  });

  test.each(['', 'http://models.lan', 'a b', '10.0.0.0/99', 'host:0', 'host:70000', '*', '1.2.3', 'host/path'])(
    'refuses %j at the start',
    (entry) => {
      expect(() => createGuardedFetch({ allow: [entry] })).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT', field: 'MODELKEEP_FETCH_ALLOW' }),
      );
    },
  );
});
