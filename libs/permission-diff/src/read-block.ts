/** Reads the CIDR text of a source, or of the addresses that a source stands for. */
import { parseCidr, type Ipv4Source, type Ipv6Source } from './cidr.js';
import { unlessText, type Refuse } from './problem.js';

const EXPECTED = {
  ipv4: 'an IPv4 block such as `10.0.0.0/8`; IPv6 goes into `Ipv6Ranges`',
  ipv6: 'an IPv6 block such as `2001:db8::/32`; IPv4 goes into `IpRanges`',
  any: 'a block such as `10.0.0.0/8` or `::/0`',
};

/** Returns the block of the family asked for; refuses anything else. */
export function readBlock(refuse: Refuse, field: string, text: unknown, family: 'ipv4' | 'ipv6' | 'any'): Ipv4Source | Ipv6Source | null {
  const fits = ({ kind }: Ipv4Source | Ipv6Source) => family === 'any' || kind === family;
  const parsed = (suffix: string) => (typeof text === 'string' ? parseCidr(text + suffix) : undefined);
  const block = parsed('');
  if (block !== undefined && fits(block)) return block;
  // What only lacks its prefix length is a block with any.
  const address = block ?? parsed('/0');
  if (address === undefined) return refuse(unlessText(text, 'not-a-cidr'), field, text, EXPECTED[family]);
  if (!fits(address)) return refuse('wrong-family', field, text, EXPECTED[family]);
  const whole = `${String(text)}/${address.kind === 'ipv4' ? 32 : 128}`;
  return refuse('missing-prefix-length', field, text, `\`${whole}\`, or a wider block`);
}
