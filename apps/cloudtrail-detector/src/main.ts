/** The Lambda function: wires the handler to AWS. The only module with side effects on import. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { EC2Client } from '@aws-sdk/client-ec2';
import { parseCompiledBaseline } from '@portcullis/baseline';
import { logSink, metricSink, optionalSinks, powertoolsReporting, timeWithin, type InvocationWithin } from '@portcullis/finding';
import { ec2Reader, parseMembers, perAccount, SDK_LIMITS } from '@portcullis/security-groups';
import { createHandler, type Outcome } from './handler.js';
import type { Measure, Remediator } from './ports.js';
import { readSettings } from './settings.js';

const settings = readSettings(process.env);
const textOf = (path: string | undefined, name: string): string =>
  readFileSync(path ?? fileURLToPath(new URL(name, import.meta.url)), 'utf8');
const serviceName = process.env.POWERTOOLS_SERVICE_NAME ?? 'cloudtrail-detector';
const logger = new Logger({ serviceName });
const metrics = new Metrics({ namespace: process.env.POWERTOOLS_METRICS_NAMESPACE ?? 'Portcullis', serviceName });
const sinks = [logSink(logger), metricSink(metrics), ...optionalSinks(settings.sinks)];
const reporting = powertoolsReporting<Measure>(logger, metrics, sinks);

/** Loaded by those who wake it, when there is a first drift. */
const remediatorBehind = (functionName: string): Remediator => {
  let loading: Promise<Remediator> | undefined;
  const load = async (): Promise<Remediator> => (await import('./adapters/lambda-remediator.js')).openLambdaRemediator(functionName);
  return {
    restore: async (request) => {
      loading ??= load();
      return (await loading).restore(request);
    },
  };
};

const { memberRoleArn, membersPath } = settings.accounts;
const members = memberRoleArn === undefined ? '[]' : textOf(membersPath, 'members.json');
const clientOf = perAccount(
  settings.accounts,
  parseMembers(members),
  (credentials) => new EC2Client({ ...SDK_LIMITS, ...(credentials && { credentials }) }),
);
// That of our own account, before there is an event: Lambda gives the start of a function more of the processor.
clientOf(null);

const handle = createHandler(parseCompiledBaseline(textOf(settings.baselinePath, 'baseline.json')), settings, {
  securityGroupsOf: (accountId, signal) => {
    const client = clientOf(accountId);
    return client && ec2Reader(client, { ownerId: accountId, signal });
  },
  reporting,
  now: () => new Date(),
  ...(settings.wakeFunction !== undefined && { remediator: remediatorBehind(settings.wakeFunction) }),
});

/** Lambda's entry. The context is absent only where a person calls it. */
export const handler = (event: unknown, context?: InvocationWithin): Promise<Outcome> =>
  reporting.during(context, () => handle(event, timeWithin(context)));
