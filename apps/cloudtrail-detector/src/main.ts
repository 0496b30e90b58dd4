/** Connects the handler of the Lambda function to AWS. Only this module has side effects on import. */
import { EC2Client } from '@aws-sdk/client-ec2';
import { createDetectorHandler, lazyLambdaRemediator, type Measure, type DetectorOutcome } from '@portcullis/guard/detect';
import { openGuard, invocationTimeLimits, type InvocationWithin } from '@portcullis/guard/runtime';
import { lazyAttachmentReader, ec2Reader } from '@portcullis/security-groups';
import { readDetectorSettings } from './settings.js';

interface Clients {
  readonly ec2: EC2Client;
  readonly behind: ReturnType<typeof lazyAttachmentReader>;
}

const settings = readDetectorSettings(process.env);
const { baseline, reporting, clientsOf } = openGuard<Measure, Clients>(
  'cloudtrail-detector',
  import.meta.url,
  settings,
  (configuration) => ({ ec2: new EC2Client(configuration), behind: lazyAttachmentReader(configuration) }),
);

const handle = createDetectorHandler(baseline, settings, {
  securityGroupsOf: (accountId, signal) => {
    const clients = clientsOf(accountId);
    return clients && ec2Reader(clients.ec2, { ownerId: accountId, signal });
  },
  behind: async (accountId, groupId, signal) => {
    const clients = clientsOf(accountId);
    if (clients === undefined) throw new Error(`account ${accountId} is not guarded`);
    return clients.behind(groupId, signal);
  },
  reporting,
  now: () => new Date(),
  ...(settings.wakeFunction !== undefined && { remediator: lazyLambdaRemediator(settings.wakeFunction) }),
});

/** The entry point for Lambda. Lambda always passes `context`. Only a direct call of the handler can omit `context`. */
export function handler(event: unknown, context?: InvocationWithin): Promise<DetectorOutcome> {
  return reporting.during(context, () => handle(event, invocationTimeLimits(context)));
}
