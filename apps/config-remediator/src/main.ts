/** The Lambda function: wires the handler to AWS. The only module with side effects on import. */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { EC2Client } from '@aws-sdk/client-ec2';
import { parseCompiledBaseline } from '@portcullis/baseline';
import { logSink, metricSink, optionalSinks, powertoolsReporting, timeWithin, type InvocationWithin } from '@portcullis/finding';
import { ec2Reader, ec2Writer, parseMembers, perAccount, SDK_LIMITS } from '@portcullis/security-groups';
import { configEvaluations } from './adapters/config-evaluations.js';
import { createHandler, type Outcome } from './handler.js';
import type { Measure } from './ports.js';
import { readSettings } from './settings.js';

const settings = readSettings(process.env);
const textOf = (path: string | undefined, name: string): string =>
  readFileSync(path ?? fileURLToPath(new URL(name, import.meta.url)), 'utf8');
const serviceName = process.env.POWERTOOLS_SERVICE_NAME ?? 'config-remediator';
const logger = new Logger({ serviceName });
const metrics = new Metrics({ namespace: process.env.POWERTOOLS_METRICS_NAMESPACE ?? 'Portcullis', serviceName });
const sinks = [logSink(logger), metricSink(metrics), ...optionalSinks(settings.sinks)];
const reporting = powertoolsReporting<Measure>(logger, metrics, sinks);
const { own, memberRoleArn, membersPath } = settings.accounts;
const members = memberRoleArn === undefined ? '[]' : textOf(membersPath, 'members.json');
const clientsOf = perAccount(settings.accounts, parseMembers(members), (credentials) => {
  const configuration = { ...SDK_LIMITS, ...(credentials && { credentials }) };
  return { ec2: new EC2Client(configuration), config: new ConfigServiceClient(configuration) };
});
// Those of our own account, before there is an event: Lambda gives the start of a function more of the processor.
clientsOf(null);
const baseline = parseCompiledBaseline(textOf(settings.baselinePath, 'baseline.json'));

/** Lambda's entry. The context is absent only where a person calls it. */
export const handler = (event: unknown, context?: InvocationWithin): Promise<Outcome> =>
  reporting.during(context, () => {
    const { timeLeft, signal } = timeWithin(context);
    const handle = createHandler(baseline, settings, {
      accountPorts: (accountId) => {
        const clients = clientsOf(accountId);
        if (clients === undefined) return undefined;
        const { ec2, config } = clients;
        const reader = ec2Reader(ec2, { ownerId: accountId ?? own, signal });
        return {
          securityGroups: { ...reader, ...ec2Writer(ec2, signal) },
          evaluations: configEvaluations(config),
        };
      },
      reporting,
      now: () => new Date(),
      timeLeft,
      wait: async (milliseconds) => {
        await wait(milliseconds);
      },
    });
    return handle(event);
  });
