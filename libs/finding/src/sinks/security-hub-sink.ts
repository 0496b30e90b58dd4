import { BatchImportFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { asffFor, type AsffOrigin } from '../formats/asff.js';
import { findingClosesDrift } from '../formats/finding-record.js';
import type { Severity } from '../finding/finding.js';
import { sendFindingsInBatches } from './batches.js';
import { SDK_LIMITS } from './sdk-limits.js';
import { isAtLeastSinkSeverity, type FindingSink, type Undelivered } from './sink.js';

export interface SecurityHubTarget extends AsffOrigin {
  readonly minimumSeverity: Severity;
}

/** Source: Security Hub API reference, BatchImportFindings: at most 100 findings. */
const MAX_FINDINGS = 100;

/** Returns a sink that imports findings into AWS Security Hub. */
export function securityHubSink(client: SecurityHubClient, { minimumSeverity, ...origin }: SecurityHubTarget): FindingSink {
  return {
    name: 'securityhub',
    emit: (findings, signal) => {
      // The minimum severity does not apply to a finding that closes a drift. Security Hub would otherwise continue to show the drift.
      const sent = findings.filter((finding) => findingClosesDrift(finding) || isAtLeastSinkSeverity(finding, minimumSeverity));
      const entries = sent.map((finding) => ({ finding, asff: asffFor(finding, origin, new Date()) }));
      return sendFindingsInBatches(entries, { maxItems: MAX_FINDINGS }, async (batch) => {
        const command = new BatchImportFindingsCommand({ Findings: batch.map(({ asff }) => asff) });
        // The call succeeds even if Security Hub refuses findings.
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

export function securityHubSinkWithClient(target: SecurityHubTarget): FindingSink {
  return securityHubSink(new SecurityHubClient(SDK_LIMITS), target);
}
