import * as fc from 'fast-check';
import { readRules, type IpPermission, type Rule } from '@portcullis/permission-diff';
import type { Baseline } from '../compiled/baseline.js';
import { compiledBaselines } from '../testing/baselines.js';
import { readValidFile } from '../testing/valid-files.js';
import { writeBaselineFile } from './write-baseline-file.js';

function rules(...permissions: IpPermission[]): readonly Rule[] {
  const read = readRules(permissions);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.value;
}

const web: Baseline = {
  name: 'web',
  groups: { ids: ['sg-abc12345'] },
  mode: 'enforce',
  compare: 'rules',
  ingress: rules(
    { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'any: one' }] },
    {
      IpProtocol: '-1',
      IpRanges: ['10.0.0.0/24', '10.0.2.0/24', '10.0.4.0/24', '10.0.6.0/24'].map((CidrIp) => ({
        CidrIp,
        Description: 'the offices',
      })),
    },
  ),
  permit: [],
  ignore: [],
};

it('writes a baseline file without defaults, with comments above each baseline, and with each permission on one line if it fits', () => {
  const text = writeBaselineFile(
    ['Adopted from eu-west-1.'],
    [
      { comment: ['web (vpc-1): the shop'], baseline: web },
      {
        comment: [],
        baseline: { ...web, name: 'closed', groups: { ids: [], tags: { Tier: 'none' } }, mode: 'report', ingress: [] },
      },
    ],
  );

  expect(text).toBe(`# Adopted from eu-west-1.

version: 1
baselines:
  # web (vpc-1): the shop
  - name: web
    groups: { ids: [ sg-abc12345 ] }
    ingress:
      - IpProtocol: "-1"
        IpRanges:
          - { CidrIp: 10.0.0.0/24, Description: the offices }
          - { CidrIp: 10.0.2.0/24, Description: the offices }
          - { CidrIp: 10.0.4.0/24, Description: the offices }
          - { CidrIp: 10.0.6.0/24, Description: the offices }
      - { IpProtocol: tcp, FromPort: 443, ToPort: 443, IpRanges: [ { CidrIp: 0.0.0.0/0, Description: "any: one" } ] }

  - name: closed
    groups: { tags: { Tier: none } }
    mode: report
    ingress: []
`);
});

it('writes any baselines and comments so that readBaselineFile returns the same baselines', () => {
  fc.assert(
    fc.property(compiledBaselines, fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }), (compiled, comment) => {
      const text = writeBaselineFile(
        comment,
        compiled.baselines.map((baseline) => ({ comment, baseline })),
      );

      expect(readValidFile(text)).toEqual({ baselines: compiled.baselines });
    }),
  );
});

it('never writes a comment that YAML reads as data', () => {
  const text = writeBaselineFile([], [{ comment: ['harmless\n  - name: evil', 'x\r\ny\u2028z\u202ew'], baseline: web }]);

  expect(text).toContain('  # harmless   - name: evil\n  # x  y z w\n');
});
