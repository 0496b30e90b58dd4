import { compareAccess } from '@portcullis/permission-diff';
import { excludeCidr, mergeCidr } from 'cidr-tools';
import { timingsOf } from '../measure.js';
import { Random } from '../random.js';
import { count, duration, ratio, type Suite } from '../report.js';

export const address: Suite = {
  name: 'address',
  about: 'the address part alone, beside `cidr-tools`: what N blocks hold that M others do not',
  run: async ({ quick }) => {
    const rows: (readonly string[])[] = [];
    const figures: object[] = [];
    for (const size of quick ? [30] : [30, 300, 1000]) {
      const random = new Random(size);
      const wide = blocks(random, size, 8, 20);
      const narrow = blocks(random, size, 16, 28);
      // The two must say the same before their times mean anything.
      const ours = missingOf(wide, narrow);
      const theirs = mergeCidr(excludeCidr(wide, narrow));
      const agree = JSON.stringify([...ours].sort()) === JSON.stringify([...theirs].sort());
      if (!agree) throw new Error(`compareAccess and cidr-tools disagree on ${size} blocks`);
      const times = await timingsOf(
        { ours: () => missingOf(wide, narrow), theirs: () => mergeCidr(excludeCidr(wide, narrow)) },
        quick ? 100 : 1000,
      );
      figures.push({ size, ...times, blocks: ours.length });
      rows.push([
        ratio(times.theirs.median / times.ours.median),
        `${size} blocks without ${size} others`,
        duration(times.ours.median),
        duration(times.theirs.median),
        count(ours.length),
      ]);
    }
    return {
      tables: [
        {
          title: 'one port, IPv4: how much longer cidr-tools takes for the same blocks',
          head: ['ratio', 'input', 'compareAccess', 'cidr-tools', 'blocks left'],
          rows,
        },
      ],
      promises: [],
      notes: ['Both gave the same blocks, or this suite would have failed.'],
      figures,
    };
  },
};

function blocks(random: Random, size: number, shortest: number, longest: number): string[] {
  return Array.from({ length: size }, () => {
    const prefixLength = random.between(shortest, longest);
    return `${random.between(1, 223)}.${random.below(256)}.${random.below(256)}.${random.below(256)}/${prefixLength}`;
  });
}

function missingOf(required: readonly string[], actual: readonly string[]): readonly string[] {
  const open = (cidrs: readonly string[]) => [
    { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: cidrs.map((CidrIp) => ({ CidrIp })) },
  ];
  return compareAccess(open(required), open(actual)).missing.map(({ source }) => ('cidr' in source ? source.cidr : ''));
}
