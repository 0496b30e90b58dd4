import { readSettings } from './settings.js';

it('a restored group is reported COMPLIANT and the baseline lies beside the code, unless told otherwise', () => {
  expect(readSettings({})).toEqual({ baselinePath: undefined, reportRestored: 'COMPLIANT' });
});

it('both can be told', () => {
  expect(readSettings({ BASELINE_PATH: '/etc/baseline.json', REPORT_RESTORED: 'NON_COMPLIANT' })).toEqual({
    baselinePath: '/etc/baseline.json',
    reportRestored: 'NON_COMPLIANT',
  });
});

it('anything else is refused, with what would be right', () => {
  expect(() => readSettings({ REPORT_RESTORED: 'yes' })).toThrow(
    'REPORT_RESTORED is `yes`: write `COMPLIANT` or `NON_COMPLIANT`',
  );
});
