import type { Finding } from '../finding/finding.js';
import { ocsfCheckFor, ocsfFor, type GroupCheck, type OcsfCheck, type OcsfFinding } from '../formats/ocsf.js';
import { bare, example, large, operator } from './example.js';

const now = new Date('2026-11-23T10:00:09Z');
const KINDS = ['drift', 'change', 'attempt', 'restoration', 'undetermined', 'tampering'] as const;
const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;

const hostile = 'line\nnext\u2028\u0000"}'.repeat(2_000);
const controls = [{ standard: 'CIS AWS Foundations Benchmark v5.0.0', id: '5.3' }];

const findings: readonly (readonly [string, Finding])[] = [
  ...KINDS.map((kind) => [`a finding of kind ${kind}`, example({ kind, atBaseline: kind === 'restoration', controls })] as const),
  ...SEVERITIES.map((severity) => [`a finding of severity ${severity}`, example({ severity })] as const),
  ['a finding with only the required values', bare],
  ['a finding about many rules', large(900)],
  [
    'a finding with texts that a caller chose',
    example({
      summary: hostile,
      group: { ...example().group, name: hostile, tags: { Owner: hostile } },
      actor: { ...operator, userName: hostile, sessionName: hostile, userAgent: hostile, sourceIp: hostile },
      event: { ...example().event, errorCode: hostile },
      exposure: { services: ['SMB'], moreServices: 0, declared: [] },
      limits: ['no-admin'],
    }),
  ],
  [
    'a finding about a service',
    example({ actor: { ...operator, arn: null, issuerArn: null, userName: null, principalId: null, accountId: null } }),
  ],
];

const check: GroupCheck = { name: 'state', result: 'fail', severity: 'high', summary: 'drifted', group: example().group };
const checks: readonly (readonly [string, GroupCheck])[] = [
  ['a check that passed', { ...check, result: 'pass', severity: 'info' }],
  ['a check that could not be made', { ...check, result: 'warning', declaredBy: ['web', 'no-admin'] }],
  ['a check that failed', { ...check, controls, commands: ['aws ec2 revoke-security-group-ingress'] }],
];

/** OCSF events with their titles. There is an event for each kind of finding, and for each kind of check. */
export const OCSF_EVENTS: readonly (readonly [string, OcsfFinding | OcsfCheck])[] = [
  ...findings.map(([title, finding]) => [title, ocsfFor(finding, now)] as const),
  ...checks.map(([title, each]) => [title, ocsfCheckFor(each, now)] as const),
];
