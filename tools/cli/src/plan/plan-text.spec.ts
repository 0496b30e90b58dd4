import { baseline, liveRules } from '@portcullis/security-groups/testing';
import stringWidth from 'string-width';
import type { GroupState } from './group-state.js';
import { stateOfBaseline } from '../testing/states.js';
import { terminalColours } from '../command-line/colours.js';
import { planText } from './plan-text.js';

const ID = 'sg-0a1b2c3d4e5f60718';

function drifted(name: string, description: string): GroupState {
  const live = liveRules(
    `tcp 22 from 0.0.0.0/0 # ${description}`,
    'tcp 443 from 2001:db8:1234:5678:9abc:def0:1234:5678/128',
    'tcp 80 from ::/0',
  );
  return stateOfBaseline({ id: ID, name, vpcId: 'vpc-0a1b2c3d4e5f60718' }, baseline(['tcp 443 from 10.0.0.0/8'], { name: 'web' }), live);
}

function planIn(columns: number, ...states: readonly GroupState[]): string {
  const style = { columns, colours: terminalColours({ write: () => undefined }, {}) };
  return planText(
    [{ where: 'acme-prod (111122223333), eu-west-1', accountId: '111122223333', states }],
    new Date('2026-11-23T12:00:00Z'),
    style,
  );
}

it.each([60, 80, 200])('the text of a plan fits a terminal with %i columns, and shows the whole id of the group', (columns) => {
  const names = ['web', 'public-web-frontend-load-balancer-'.repeat(6), '日本語'.repeat(40)];
  const text = planIn(columns, ...names.map((name) => drifted(name, 'temporary, remove it after the weekend '.repeat(4))));

  expect(Math.max(...text.split('\n').map(stringWidth))).toBeLessThanOrEqual(columns);
  expect(text.split(ID)).toHaveLength(names.length + 1);
});

it('if the title of a group is too long for one line, the text of a plan breaks the title between two parts', () => {
  expect(planIn(60, drifted('web', 'temp'))).toMatch(
    /^sg-0a1b2c3d4e5f60718 \(web\) in vpc-0a1b2c3d4e5f60718\n {2}baseline web {2}critical\n/,
  );
});

it('in output to a pipe, the text of a plan aligns the reasons of the rules up to column 60', () => {
  const [, first = '', second = ''] = planIn(Infinity, drifted('web', 'x'.repeat(255))).split('\n');

  expect(first).toBe(`  + ingress tcp/443 from 10.0.0.0/8${' '.repeat(29)}# declared by \`web\``);
  expect(second).toMatch(/x{255}" {2}# not declared by `web`$/);
});
