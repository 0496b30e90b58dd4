import { readRemediatorSettings } from './settings.js';

it('without environment variables, the remediator reports a restored group as COMPLIANT, revokes any number of rules, and reads the baseline beside its bundle', () => {
  expect(readRemediatorSettings({})).toEqual({
    baselinePath: undefined,
    reportRestored: 'COMPLIANT',
    maxRevocations: undefined,
    accounts: { own: undefined, memberRoleArn: undefined, membersPath: undefined },
    sinks: {},
  });
});

it('`readRemediatorSettings` reads every environment variable', () => {
  const environment = {
    BASELINE_PATH: '/etc/baseline.json',
    REPORT_RESTORED: 'NON_COMPLIANT',
    MAX_REVOCATIONS: '20',
    CENTRAL_ACCOUNT_ID: '111122223333',
    EVENT_BUS: 'security',
  };

  expect(readRemediatorSettings(environment)).toEqual({
    baselinePath: '/etc/baseline.json',
    reportRestored: 'NON_COMPLIANT',
    maxRevocations: 20,
    accounts: { own: '111122223333', memberRoleArn: undefined, membersPath: undefined },
    sinks: { eventBridge: { eventBus: 'security', format: 'portcullis', minimumSeverity: 'info' } },
  });
});

it('the error of `readRemediatorSettings` names every invalid variable and its expected value', () => {
  expect(() => readRemediatorSettings({ REPORT_RESTORED: 'yes', MAX_REVOCATIONS: '-1', EVENT_BUS: '?' })).toThrow(
    'REPORT_RESTORED is `yes`: write `COMPLIANT` or `NON_COMPLIANT`; ' +
      'MAX_REVOCATIONS is `-1`: write a whole number of 0 or more, or unset the variable for no maximum; ' +
      'EVENT_BUS is `?`: write the name or the ARN of an EventBridge event bus',
  );
});
