import { rulesFromWords as rules } from '@portcullis/permission-diff/testing';
import type { Severity } from './finding.js';
import { severityOfDrift } from './severity.js';

const sshFromList = rules(['tcp 22 from pl-1']);

// The specs of permission-diff test which rules are world-open and which services are sensitive.
it.each<[string, string[], Severity]>([
  ['no rule', [], 'info'],
  ['SSH from the world', ['tcp 22 from 0.0.0.0/0'], 'critical'],
  ['SSH from the world, through two rules together', ['-1 from 16.0.0.0/5', 'tcp 22 from 24.0.0.0/5'], 'critical'],
  ['a web port from the world', ['tcp 8080 from 0.0.0.0/0'], 'high'],
  ['SSH from one address', ['tcp 22 from 203.0.113.7/32'], 'medium'],
  ['several rules, by the worst rule', ['tcp 8080 from 10.0.0.0/8', 'tcp 22 from ::/0', 'tcp 80 from 0.0.0.0/0'], 'critical'],
])('`severityOfDrift` rates undeclared access: %s', (_, permissions, severity) => {
  expect(severityOfDrift(rules(permissions), [])).toBe(severity);
});

it.each<[string, string, Severity]>([
  ['the world', '0.0.0.0/0', 'critical'],
  ['a private network', '10.0.0.0/8', 'medium'],
])('`severityOfDrift` rates SSH from a prefix list by the blocks in the list: %s', (_, block, severity) => {
  const addresses = new Map([['pl-1', rules([`tcp 22 from ${block}`]).map(({ source }) => source)]]);

  expect(severityOfDrift(sshFromList, [], { addresses, unread: {} })).toBe(severity);
});

it('`severityOfDrift` rates SSH from an unreadable prefix list as high, and SSH from an unknown prefix list as medium', () => {
  expect(severityOfDrift(sshFromList, [], { addresses: new Map(), unread: { 'pl-1': 'AccessDenied' } })).toBe('high');
  expect(severityOfDrift(sshFromList, [])).toBe('medium');
});

it.each<[string, string[], Severity]>([
  ['SSH from the world', ['tcp 22 from 0.0.0.0/0'], 'high'],
  ['a web port from the world', ['tcp 8080 from 0.0.0.0/0'], 'medium'],
  ['a web port from the world and an unreadable prefix list', ['tcp 8080 from 0.0.0.0/0', 'tcp 22 from pl-1'], 'high'],
  ['SSH from one address', ['tcp 22 from 203.0.113.7/32'], 'medium'],
  ['no rule', [], 'info'],
])('`severityOfDrift` rates undeclared access to a group without network interfaces: %s', (_, permissions, severity) => {
  expect(severityOfDrift(rules(permissions), [], { addresses: new Map(), unread: { 'pl-1': 'AccessDenied' } }, false)).toBe(severity);
});

it('`severityOfDrift` rates missing access and undeclared egress as medium', () => {
  expect(severityOfDrift([], rules(['tcp 443 from 0.0.0.0/0']))).toBe('medium');
  expect(severityOfDrift(rules(['-1 from 0.0.0.0/0'], 'egress'), [])).toBe('medium');
});
