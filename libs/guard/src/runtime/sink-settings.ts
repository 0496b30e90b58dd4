/** Reads the settings of all sinks except the log and the metrics. */
import {
  DEFAULT_MINIMUM_SEVERITY,
  SEVERITIES,
  type Environment,
  type EventFormat,
  type Severity,
  type SinkSettings,
} from '@portcullis/finding';

/** Returns the sinks that the environment names. For each invalid variable, adds a text with the expected form to `problems`. */
export function readSinkSettings(environment: Environment, problems: string[]): SinkSettings {
  const oneOf = <T extends string>(values: readonly T[], name: string, otherwise: T): T => {
    const text = nonEmptyVariable(environment[name]) ?? otherwise;
    const known = values.find((each) => each === text);
    if (known === undefined) problems.push(`${name} is \`${text}\`: write one of ${values.join(', ')}`);
    return known ?? otherwise;
  };
  const severity = (name: string, otherwise: Severity): Severity => oneOf(SEVERITIES, name, otherwise);
  const matching = (name: string, pattern: RegExp, expected: string): string | undefined => {
    const text = nonEmptyVariable(environment[name]);
    if (text !== undefined && !pattern.test(text)) problems.push(`${name} is \`${text}\`: write ${expected}`);
    return text;
  };
  const topicArn = matching('SNS_TOPIC_ARN', TOPIC, 'the ARN of an SNS topic, `arn:<partition>:sns:<region>:<account>:<name>`');
  const eventBus = matching('EVENT_BUS', BUS, 'the name or the ARN of an EventBridge event bus');
  const accountId = matching('SECURITY_HUB_ACCOUNT_ID', /^\d{12}$/, 'the 12 digits of the account of the Security Hub');
  const region = nonEmptyVariable(environment.AWS_REGION);
  if (accountId !== undefined && region === undefined)
    problems.push('AWS_REGION is not set: write the region of the Security Hub (in Lambda, AWS sets this variable)');
  const minimum = DEFAULT_MINIMUM_SEVERITY;
  const [sns, eventBridge, securityHub] = [
    severity('SNS_MINIMUM_SEVERITY', minimum.sns),
    severity('EVENT_BUS_MINIMUM_SEVERITY', minimum.eventBridge),
    severity('SECURITY_HUB_MINIMUM_SEVERITY', minimum.securityHub),
  ];
  const format = oneOf(EVENT_FORMATS, 'EVENT_BUS_FORMAT', 'portcullis');
  return {
    ...(topicArn !== undefined && { sns: { topicArn, minimumSeverity: sns } }),
    ...(eventBus !== undefined && { eventBridge: { eventBus, format, minimumSeverity: eventBridge } }),
    ...(accountId !== undefined && region !== undefined && { securityHub: { accountId, region, minimumSeverity: securityHub } }),
  };
}

const EVENT_FORMATS: readonly EventFormat[] = ['portcullis', 'ocsf', 'both'];
const TOPIC = /^arn:[^:]+:sns:[^:]+:\d{12}:[\w.-]+$/;
const BUS = /^(arn:[^:]+:events:[^:]+:\d{12}:event-bus\/)?[\w./-]{1,256}$/;

/** Returns `undefined` for an empty variable. */
export function nonEmptyVariable(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
