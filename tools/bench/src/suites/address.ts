import { compareAccess } from '@portcullis/permission-diff';
import { randomOf } from '@portcullis/permission-diff/testing';
import { excludeCidr, mergeCidr } from 'cidr-tools';
import { atLeast, count, duration, ratio, type Options, type Report } from '../harness.js';
import { block, times } from '../inputs.js';
import { timingsOf } from '../measure.js';

const SIZES = [30, 300, 1000];

export async function address({ quick }: Options): Promise<Report> {
  const rows = [];
  for (const size of SIZES) {
    const random = randomOf(size);
    const wide = times(size, () => block(random, 8, 20));
    const narrow = times(size, () => block(random, 16, 28));
    const calls = { ours: () => missingOf(wide, narrow), theirs: () => mergeCidr(excludeCidr(wide, narrow)) };
    const left = calls.ours();
    // The times are comparable only if both libraries return the same blocks.
    if ([...left].sort().join() !== calls.theirs().sort().join())
      throw new Error(`compareAccess and cidr-tools disagree on ${size} blocks`);
    const { ours, theirs } = await timingsOf(calls, quick ? 100 : 1000);
    rows.push({
      ratio: ratio(theirs.median / ours.median),
      input: `${size} blocks without ${size} others`,
      compareAccess: duration(ours.median),
      'cidr-tools': duration(theirs.median),
      'blocks left': count(left.length),
    });
  }
  const last = rows.at(-1)?.ratio ?? ratio(NaN);
  return {
    tables: { 'one port, IPv4: the time of cidr-tools against compareAccess, for the same blocks': rows },
    promises: [atLeast('addresses of one port, 1,000 without 1,000 blocks, against the speed of cidr-tools', last, ratio(1))],
  };
}

function missingOf(required: readonly string[], actual: readonly string[]): readonly string[] {
  const open = (cidrs: readonly string[]) => [
    { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: cidrs.map((CidrIp) => ({ CidrIp })) },
  ];
  return compareAccess(open(required), open(actual)).missing.map(({ source }) => ('cidr' in source ? source.cidr : ''));
}
