import { readSinkSettings } from './sink-settings.js';

const read = (environment: Record<string, string>) => {
  const problems: string[] = [];
  return { settings: readSinkSettings(environment, problems), problems };
};
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:alarms';
const BUS = 'arn:aws:events:eu-west-1:111122223333:event-bus/security';

it.each<Record<string, string>>([{}, { SNS_TOPIC_ARN: '', EVENT_BUS: '', SECURITY_HUB_ACCOUNT_ID: '' }, { AWS_REGION: 'eu-west-1' }])(
  '`readSinkSettings` turns on only the sinks that the environment names: %j',
  (environment) => {
    expect(read(environment)).toEqual({ settings: {}, problems: [] });
  },
);

it('by default, SNS gets findings of severity medium and higher, Security Hub low and higher, and EventBridge every finding', () => {
  expect(read({ SNS_TOPIC_ARN: TOPIC, EVENT_BUS: BUS, SECURITY_HUB_ACCOUNT_ID: '111122223333', AWS_REGION: 'eu-west-1' })).toEqual({
    settings: {
      sns: { topicArn: TOPIC, minimumSeverity: 'medium' },
      eventBridge: { eventBus: BUS, format: 'portcullis', minimumSeverity: 'info' },
      securityHub: { accountId: '111122223333', region: 'eu-west-1', minimumSeverity: 'low' },
    },
    problems: [],
  });
});

it('`readSinkSettings` reads the minimum severity of each sink and the format of events, and accepts a bus by its name', () => {
  const severities = { SNS_MINIMUM_SEVERITY: 'critical', EVENT_BUS_MINIMUM_SEVERITY: 'low', EVENT_BUS_FORMAT: 'ocsf' };

  expect(read({ SNS_TOPIC_ARN: TOPIC, EVENT_BUS: 'default', ...severities }).settings).toMatchObject({
    sns: { minimumSeverity: 'critical' },
    eventBridge: { eventBus: 'default', format: 'ocsf', minimumSeverity: 'low' },
  });
});

it('`readSinkSettings` names every invalid variable, and says what is expected', () => {
  const environment = {
    SNS_TOPIC_ARN: 'alarms',
    SNS_MINIMUM_SEVERITY: 'bad',
    EVENT_BUS: 'no bus',
    SECURITY_HUB_ACCOUNT_ID: 'yes',
    EVENT_BUS_FORMAT: 'asff',
  };

  expect(read(environment).problems).toEqual([
    'SNS_TOPIC_ARN is `alarms`: write the ARN of an SNS topic, `arn:<partition>:sns:<region>:<account>:<name>`',
    'EVENT_BUS is `no bus`: write the name or the ARN of an EventBridge event bus',
    'SECURITY_HUB_ACCOUNT_ID is `yes`: write the 12 digits of the account of the Security Hub',
    'AWS_REGION is not set: write the region of the Security Hub (in Lambda, AWS sets this variable)',
    'SNS_MINIMUM_SEVERITY is `bad`: write one of info, low, medium, high, critical',
    'EVENT_BUS_FORMAT is `asff`: write one of portcullis, ocsf, both',
  ]);
});
