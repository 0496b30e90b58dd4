/** Findings to AWS Security Hub, in its own format. */
import { BatchImportFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { asffFor, settles, type AsffOrigin } from '../asff.js';
import type { Severity } from '../finding.js';
import { isAtLeast } from './at-least.js';
import { sendInBatches } from './batches.js';
import { SDK_LIMITS } from './sdk-limits.js';
import type { FindingSink, Undelivered } from './sink.js';

export interface SecurityHubTarget extends AsffOrigin {
  readonly minimumSeverity: Severity;
}

/** Source: Security Hub API reference, BatchImportFindings: at most 100 findings. */
const MAX_FINDINGS = 100;

/** Returns the sink over the client. */
export function securityHubSink(
  client: SecurityHubClient,
  { minimumSeverity, ...origin }: SecurityHubTarget,
  now: () => Date = () => new Date(),
): FindingSink {
  return {
    name: 'securityhub',
    emit: (findings, signal) => {
      // What settles a drift has to arrive, however little there is to it, or Security Hub shows the drift for ever.
      const sent = findings.filter((finding) => settles(finding) || isAtLeast(finding, minimumSeverity));
      const entries = sent.map((finding) => ({ finding, asff: asffFor(finding, origin, now()) }));
      return sendInBatches(entries, { maxItems: MAX_FINDINGS }, async (batch) => {
        const command = new BatchImportFindingsCommand({ Findings: batch.map(({ asff }) => asff) });
        // It answers 200 also for findings that it did not take.
        const { FailedFindings = [] } = await client.send(command, { abortSignal: signal });
        return batch.flatMap(({ finding, asff }): Undelivered[] => {
          const failed = FailedFindings.find(({ Id }) => Id === asff.Id);
          return failed === undefined
            ? []
            : [{ findingId: finding.id, reason: `BatchImportFindings failed with ${failed.ErrorCode ?? 'no code'}` }];
        });
      });
    },
  };
}

/** Returns the sink with a client of its own. */
export const openSecurityHubSink = (target: SecurityHubTarget): FindingSink => securityHubSink(new SecurityHubClient(SDK_LIMITS), target);
