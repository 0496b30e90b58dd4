import * as fc from 'fast-check';
import { cidrBlocksOverlap } from './block.js';
import { parseCidr } from './cidr.js';
import { readCidr } from './read-source.js';

describe('an IPv4 block', () => {
  it.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['10.1.2.3/8', '10.0.0.0/8'], // EC2 also clears the host bits
    ['203.0.113.9/0', '0.0.0.0/0'], // all addresses, with host bits
    ['255.255.255.255/32', '255.255.255.255/32'], // sets the sign bit of a 32-bit number
    ['128.0.0.0/1', '128.0.0.0/1'],
    ['100.68.0.18/18', '100.68.0.0/18'], // EC2's own example
  ])('parseCidr reads %s as %s', (text, canonical) => {
    expect(parseCidr(text)?.cidr).toBe(canonical);
  });

  it.each([
    '10.0.0.0', // no prefix length
    '10', // no address
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/08', // a leading zero
    '10.0.0.0/-1',
    '10.0.0/8',
    '10.0.0.0.0/8',
    '256.0.0.0/8',
    '010.0.0.0/8', // some parsers read 010 as an octal number
    '1.2.3.4/32 ',
    ' 1.2.3.4/32',
    '1..3.4/32',
    '1.2.3.:/32', // `:` follows `9` in ASCII
    '1.2.3.4:/32',
    '1.2.3.4/3x',
    '0x0a.0.0.0/8',
    '',
    '/',
  ])('parseCidr refuses %j, because the text is not a valid block', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });
});

describe('an IPv6 block', () => {
  it.each([
    ['::/0', '::/0'],
    ['2001:DB8::1/32', '2001:db8::/32'], // has host bits and upper case
    ['2001:db8:0:0:0:0:0:1/128', '2001:db8::1/128'],
    ['2001:db8:0:1:1:1:1:1/128', '2001:db8:0:1:1:1:1:1/128'], // RFC 5952 4.2.2: a single zero group is not shortened
    ['2001:0:0:1:0:0:0:1/128', '2001:0:0:1::1/128'], // RFC 5952 4.2.3: the longest run is shortened
    ['2001:db8:0:0:1:0:0:1/128', '2001:db8::1:0:0:1/128'], // RFC 5952 4.2.3: the first of equal runs is shortened
    ['::ffff:192.0.2.1/128', '::ffff:c000:201/128'],
    ['0:0:0:0:0:0:0:0/0', '::/0'],
    ['fe80::/10', 'fe80::/10'],
    ['1::/16', '1::/16'],
    ['2001:db8:1:1:1:1:1:0/128', '2001:db8:1:1:1:1:1:0/128'], // RFC 5952 4.2.2: a single zero group at the end is not shortened
    ['2001:db8:1:1:1:1:0:0/128', '2001:db8:1:1:1:1::/128'],
    ['1111:2222:3333:4444:5555:6666:255.255.255.255/128', '1111:2222:3333:4444:5555:6666:ffff:ffff/128'], // the longest text
    ['::1/128', '::1/128'],
  ])('parseCidr reads %s as %s', (text, canonical) => {
    expect(parseCidr(text)?.cidr).toBe(canonical);
  });

  it.each([
    '::',
    '64',
    '/64',
    ':/64',
    '1/64',
    '::/129',
    '::/064',
    '::/',
    '::/64/64',
    '::1:/64',
    ':1::/64',
    '::/6x',
    '1:2:3:4:5:6:7/128',
    '1:2:3:4:5:6:7:8:9/128',
    '1::2::3/128',
    '1:2:3:4:5:6:7::8/128', // eight groups and `::`
    '12345::/16',
    ':::/0',
    ':1::/16',
    'fe80::1%eth0/64', // an address with a zone
    '1.2.3.4::/16', // a dotted quad that is not at the end
    '::1.2.3/128',
    'g::/16',
    '@::/16', // `@` comes before `A` in ASCII
  ])('parseCidr refuses %j, because the text is not a valid block', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });
});

describe('canonical text', () => {
  it('parseCidr gives an IPv6 address the same canonical text in its long and its short spelling', () => {
    const groups = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(groups, (values) => {
        const full = `${values.map((value) => value.toString(16).padStart(4, '0')).join(':')}/128`;
        const canonical = parseCidr(full);

        expect(canonical).toBeDefined();
        expect(parseCidr(canonical?.cidr ?? '')).toEqual(canonical);
      }),
    );
  });

  it('parseCidr reads its own canonical text of any IPv4 block as the same block', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, prefixLength) => {
        const block = parseCidr(`${address}/${prefixLength}`);

        expect(block).toBeDefined();
        expect(parseCidr(block?.cidr ?? '')).toEqual(block);
      }),
    );
  });
});

it.each(['10.1.2.3/8', '2001:db8::1/32'])('`readCidr` reads %s as the block that `parseCidr` returns', (text) => {
  expect(readCidr(text)).toEqual({ ok: true, value: parseCidr(text) });
});

it.each([
  ['10.0.0.0', 'missing-prefix-length'],
  ['the internet', 'not-a-cidr'],
  [8, 'wrong-type'],
])('`readCidr` returns one problem for %j, with the path of the caller', (value, code) => {
  expect(readCidr(value, 'block')).toMatchObject({ ok: false, problems: [{ code, path: 'block' }] });
});

describe('overlap of blocks', () => {
  const block = (text: string) => {
    const parsed = parseCidr(text);
    if (parsed === undefined) throw new Error(`not a block: ${text}`);
    return parsed;
  };

  it.each([
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['0.0.0.0/0', '255.255.255.255/32', true],
    ['10.0.0.0/9', '10.128.0.0/9', false], // neighbours
    ['128.0.0.0/1', '0.0.0.0/1', false],
    ['0.0.0.0/0', '::/0', false], // different address families
    ['2001:db8::/32', '2001:db8:1::/48', true],
    ['2001:db8::/33', '2001:db8:8000::/33', false],
  ])('cidrBlocksOverlap, for %s and %s, returns %s', (a, b, expected) => {
    expect(cidrBlocksOverlap(block(a), block(b))).toBe(expected);
    expect(cidrBlocksOverlap(block(b), block(a))).toBe(expected);
  });
});
