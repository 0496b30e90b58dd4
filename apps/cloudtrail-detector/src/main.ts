/** The Lambda function: wires the handler to AWS. The only module with side effects on import. */
import { EC2Client } from '@aws-sdk/client-ec2';
import { createHandler, remediatorBehind, type Measure, type Outcome } from '@portcullis/guard/detect';
import { openGuard, invocationTimeLimits, type InvocationWithin } from '@portcullis/guard/runtime';
import { ec2Reader } from '@portcullis/security-groups';
import { readSettings } from './settings.js';

const settings = readSettings(process.env);
const { baseline, reporting, clientsOf } = openGuard<Measure, EC2Client>(
  'cloudtrail-detector',
  import.meta.url,
  settings,
  (configuration) => new EC2Client(configuration),
);

const handle = createHandler(baseline, settings, {
  securityGroupsOf: (accountId, signal) => {
    const client = clientsOf(accountId);
    return client && ec2Reader(client, { ownerId: accountId, signal });
  },
  reporting,
  now: () => new Date(),
  ...(settings.wakeFunction !== undefined && { remediator: remediatorBehind(settings.wakeFunction) }),
});

/** The entry point for Lambda. The context is absent only if a person calls the function directly. */
export function handler(event: unknown, context?: InvocationWithin): Promise<Outcome> {
  return reporting.during(context, () => handle(event, invocationTimeLimits(context)));
}
