import type { Baseline, CompiledBaseline } from '@portcullis/baseline';
import { applySettingsMode, settingsSchedule } from './overrides.js';

const baseline = { groups: { ids: ['sg-00000001'] }, mode: 'enforce', ingress: [], permit: [] } as const;
const declared: CompiledBaseline = {
  baselines: [{ name: 'web', compare: 'rules', ignore: [], ...baseline }],
  limits: [{ name: 'closed', repair: 'narrow', otherwise: 'report', ...baseline }],
};
const modesOf = ({ baselines, limits = [] }: CompiledBaseline): readonly string[] => [...baselines, ...limits].map(({ mode }) => mode);

it('with `mode: report` in the settings, every baseline and every limit only reports', () => {
  expect(modesOf(applySettingsMode(declared, { mode: 'declared' }))).toEqual(['enforce', 'enforce']);
  expect(modesOf(applySettingsMode(declared, { mode: 'report' }))).toEqual(['report', 'report']);
  expect(applySettingsMode({ baselines: [] }, { mode: 'report' })).toEqual({ baselines: [] });
});

describe('settingsSchedule', () => {
  const ending = [{ rules: [], until: '2027-01-31' }];
  const permitting = (permit: Baseline['permit']): CompiledBaseline => ({
    baselines: declared.baselines.map((each) => ({ ...each, permit })),
  });
  const limited: CompiledBaseline = { baselines: [], limits: declared.limits?.map((limit) => ({ ...limit, permit: ending })) ?? [] };

  it.each<[string, CompiledBaseline, Parameters<typeof settingsSchedule>[1], ReturnType<typeof settingsSchedule>]>([
    ['is once a day if a permit of a baseline has a last day', permitting(ending), {}, 'TwentyFour_Hours'],
    ['is once a day if a permit of a limit has a last day', limited, {}, 'TwentyFour_Hours'],
    ['is the `schedule` of the settings, even if a permit has a last day', permitting(ending), { schedule: 'One_Hour' }, 'One_Hour'],
    ['is absent if no permit has a last day', permitting([{ rules: [] }]), {}, undefined],
  ])('the schedule of evaluations %s', (_, baseline, settings, schedule) => {
    expect(settingsSchedule(baseline, settings)).toBe(schedule);
    expect(settingsSchedule(applySettingsMode(baseline, { mode: 'report' }), settings)).toBe(schedule);
  });
});
