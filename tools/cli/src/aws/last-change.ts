/** Who changed a group last, out of CloudTrail's event history. */
import { LookupEventsCommand, type CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { parseCloudTrailEvent } from '@portcullis/cloudtrail';
import { jsonIn } from '../files/json.js';
import { MAX_LOOKED_THROUGH, type LastChange } from './account-region.js';

/** As many events as an answer may have. Source: CloudTrail API reference, LookupEvents. */
const PAGE = 50;

/** Yields the calls that succeeded and changed the group's rules, or made it, the newest first, as far as they are looked through. */
export async function* changesOf(client: CloudTrailClient, groupId: string, abortSignal?: AbortSignal): AsyncGenerator<LastChange> {
  let NextToken: string | undefined;
  for (let page = 0; page < MAX_LOOKED_THROUGH / PAGE; page += 1) {
    const input = {
      LookupAttributes: [{ AttributeKey: 'ResourceName' as const, AttributeValue: groupId }],
      MaxResults: PAGE,
      ...(NextToken !== undefined && { NextToken }),
    };
    const answer = await client.send(new LookupEventsCommand(input), { abortSignal });
    // Newest first. Source: CloudTrail API reference, LookupEvents.
    for (const { CloudTrailEvent } of answer.Events ?? []) {
      const change = changeIn(CloudTrailEvent, groupId);
      if (change !== undefined) yield change;
    }
    ({ NextToken } = answer);
    if (NextToken === undefined) return;
  }
}

/** Returns the newest of them; nothing where the history tells of none. */
export async function lastChangeOf(...asked: Parameters<typeof changesOf>): Promise<LastChange | undefined> {
  for await (const change of changesOf(...asked)) return change;
  return undefined;
}

function changeIn(text: string | undefined, groupId: string): LastChange | undefined {
  const parsed = parseCloudTrailEvent(jsonIn(text));
  if (!parsed.ok) return undefined;
  const { eventId, eventName, eventTime, actor, change, outcome, target } = parsed.value;
  const changes = ['authorize', 'revoke', 'modify', 'create'].includes(change.kind);
  if (outcome !== 'succeeded' || !changes || !target.groupIds.includes(groupId)) return undefined;
  const { type, arn, issuerArn, sessionName, userName, sourceIp, mfa } = actor;
  return {
    eventId,
    eventName,
    time: eventTime,
    actor: { type, arn, issuerArn, sessionName, userName, sourceIp, mfa },
  };
}
