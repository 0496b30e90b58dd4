/** Connects the handler of the Lambda function to AWS. Only this module has side effects on import. */
import { setTimeout as wait } from 'node:timers/promises';
import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { EC2Client } from '@aws-sdk/client-ec2';
import { configEvaluations, createRemediatorHandler, openApprovals, type Measure, type RemediatorOutcome } from '@portcullis/guard/restore';
import { openGuard, invocationTimeLimits, type InvocationWithin } from '@portcullis/guard/runtime';
import { ec2Reader, ec2Writer } from '@portcullis/security-groups';
import { readRemediatorSettings } from './settings.js';

const settings = readRemediatorSettings(process.env);
const { baseline, reporting, clientsOf, admits } = openGuard<Measure, { ec2: EC2Client; config: ConfigServiceClient }>(
  'config-remediator',
  import.meta.url,
  settings,
  (configuration) => ({ ec2: new EC2Client(configuration), config: new ConfigServiceClient(configuration) }),
);

const handle = createRemediatorHandler(baseline, settings, {
  accountPorts: async (accountId, signal) => {
    const clients = clientsOf(accountId);
    if (clients === undefined || !(await admits(clients.ec2))) return undefined;
    const { ec2, config } = clients;
    const reader = ec2Reader(ec2, { ownerId: accountId ?? settings.accounts.own, signal });
    return { securityGroups: { ...reader, ...ec2Writer(ec2, signal) }, evaluations: configEvaluations(config) };
  },
  approvals: openApprovals(process.env),
  reporting,
  now: () => new Date(),
  wait: async (milliseconds) => {
    await wait(milliseconds);
  },
});

/** The entry point for Lambda. Lambda always passes `context`. Only a direct call of the handler can omit `context`. */
export function handler(event: unknown, context?: InvocationWithin): Promise<RemediatorOutcome> {
  return reporting.during(context, () => handle(event, invocationTimeLimits(context)));
}
