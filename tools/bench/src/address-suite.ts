import { compareAccess } from '@portcullis/permission-diff';
import { randomOf } from '@portcullis/permission-diff/testing';
import { excludeCidr, mergeCidr } from 'cidr-tools';
import { promiseAtLeast, countFigure, durationFigure, ratioFigure, type BenchOptions, type BenchReport } from './bench-report.js';
import { benchRandomIpv4Block, makeBenchList } from './bench-inputs.js';
import { benchTimings } from './measure.js';

const SIZES = [30, 300, 1000];

export default async function benchAddress({ quick }: BenchOptions): Promise<BenchReport> {
  const rows = [];
  for (const size of SIZES) {
    const random = randomOf(size);
    const wide = makeBenchList(size, () => benchRandomIpv4Block(random, 8, 20));
    const narrow = makeBenchList(size, () => benchRandomIpv4Block(random, 16, 28));
    const calls = { ours: () => benchMissingCidrs(wide, narrow), theirs: () => mergeCidr(excludeCidr(wide, narrow)) };
    const left = calls.ours();
    // The times are comparable only if both libraries return the same blocks.
    if ([...left].sort().join() !== calls.theirs().sort().join())
      throw new Error(`compareAccess and cidr-tools return different blocks for ${size} blocks`);
    const { ours, theirs } = await benchTimings(calls, quick ? 100 : 1000);
    rows.push({
      ratio: ratioFigure(theirs.median / ours.median),
      input: `${size} blocks minus ${size} blocks`,
      compareAccess: durationFigure(ours.median),
      'cidr-tools': durationFigure(theirs.median),
      'blocks left': countFigure(left.length),
    });
  }
  const last = rows.at(-1)?.ratio ?? ratioFigure(NaN);
  return {
    tables: { 'addresses of one port (IPv4): time of cidr-tools divided by time of compareAccess': rows },
    promises: [
      promiseAtLeast('addresses of one port, 1,000 blocks minus 1,000 blocks, speed relative to cidr-tools', last, ratioFigure(1)),
    ],
  };
}

function benchMissingCidrs(required: readonly string[], actual: readonly string[]): readonly string[] {
  const open = (cidrs: readonly string[]) => [
    { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: cidrs.map((CidrIp) => ({ CidrIp })) },
  ];
  return compareAccess(open(required), open(actual)).missing.map(({ source }) => ('cidr' in source ? source.cidr : ''));
}
