import type { CompiledBaseline } from '@portcullis/baseline';
import { baselineWithSettingsMode, scheduleFromSettings } from './effective.js';

const baseline = { groups: { ids: ['sg-00000001'] }, mode: 'enforce', ingress: [], permit: [] } as const;
const declared: CompiledBaseline = {
  baselines: [{ name: 'web', compare: 'rules', ignore: [], ...baseline }],
  limits: [{ name: 'closed', repair: 'narrow', otherwise: 'report', ...baseline }],
};
const modesOf = ({ baselines, limits = [] }: CompiledBaseline): readonly string[] => [...baselines, ...limits].map(({ mode }) => mode);

it('makes every baseline and every limit report if the settings have `mode: report`', () => {
  expect(modesOf(baselineWithSettingsMode(declared, { mode: 'declared' }))).toEqual(['enforce', 'enforce']);
  expect(modesOf(baselineWithSettingsMode(declared, { mode: 'report' }))).toEqual(['report', 'report']);
  expect(baselineWithSettingsMode({ baselines: [] }, { mode: 'report' })).toEqual({ baselines: [] });
});

it('evaluates once a day if a permit of a limit has a last day', () => {
  const limits = (declared.limits ?? []).map((limit) => ({ ...limit, permit: [{ rules: [], until: '2027-01-31' }] }));

  expect(scheduleFromSettings({ ...declared, limits }, {})).toBe('TwentyFour_Hours');
  expect(scheduleFromSettings(declared, {})).toBeUndefined();
});
