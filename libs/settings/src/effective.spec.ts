import type { CompiledBaseline } from '@portcullis/baseline';
import { effectiveBaseline, effectiveSchedule } from './effective.js';

const baseline = { groups: { ids: ['sg-00000001'] }, mode: 'enforce', ingress: [], permit: [] } as const;
const declared: CompiledBaseline = {
  baselines: [{ name: 'web', compare: 'rules', ignore: [], ...baseline }],
  limits: [{ name: 'closed', repair: 'narrow', otherwise: 'report', ...baseline }],
};
const modesOf = ({ baselines, limits = [] }: CompiledBaseline): readonly string[] => [...baselines, ...limits].map(({ mode }) => mode);

it('makes every baseline and every limit report if the settings have `mode: report`', () => {
  expect(modesOf(effectiveBaseline(declared, { mode: 'declared' }))).toEqual(['enforce', 'enforce']);
  expect(modesOf(effectiveBaseline(declared, { mode: 'report' }))).toEqual(['report', 'report']);
  expect(effectiveBaseline({ baselines: [] }, { mode: 'report' })).toEqual({ baselines: [] });
});

it('evaluates once a day if a permit of a limit has a last day', () => {
  const limits = (declared.limits ?? []).map((limit) => ({ ...limit, permit: [{ rules: [], until: '2027-01-31' }] }));

  expect(effectiveSchedule({ ...declared, limits }, {})).toBe('TwentyFour_Hours');
  expect(effectiveSchedule(declared, {})).toBeUndefined();
});
