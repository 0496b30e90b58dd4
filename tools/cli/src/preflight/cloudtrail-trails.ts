/** Checks that a trail logs the API calls that the detector needs, and that the deployment creates no second trail at extra cost. */
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  type AdvancedFieldSelector,
  type GetEventSelectorsCommandOutput,
  type Trail,
} from '@aws-sdk/client-cloudtrail';
import { awaitPreflightCall, preflightFails, preflightOk, type CheckResult, type RegionToCheck } from './check.js';

/** Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html */
const MAX_TRAILS = 5;
const EC2 = 'ec2.amazonaws.com';

interface FoundTrail {
  /** The trail in words, e.g. `the trail \`x\`` or `the organization's trail \`x\``. */
  readonly words: string;
  readonly arn: string;
  readonly isMultiRegion: boolean;
  readonly isLogging: boolean;
}

export async function checkCloudTrailTrails({ accountRegion, settings, trailRegion, signal }: RegionToCheck): Promise<CheckResult> {
  const { region } = accountRegion;
  const client = accountRegion.client(CloudTrailClient);
  // The response also contains trails of other regions and accounts that log in this region: multi-region trails and the organization's
  // trails. Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html
  const described = client.send(new DescribeTrailsCommand({}), { abortSignal: signal });
  const { trailList = [] } = await awaitPreflightCall('cloudtrail:DescribeTrails', described);
  // With `trail: create`, the deployment creates a trail that has the deployment's name.
  const isOwn = ({ Name }: Trail): boolean => trailRegion !== undefined && Name === settings.name;
  const selecting: FoundTrail[] = [];
  for (const trail of trailList.filter((each) => !isOwn(each))) {
    const found = await trailLoggingWrites(trail, client, signal);
    if (found !== undefined) selecting.push(found);
  }
  const logging = selecting.filter(({ isLogging }) => isLogging);
  const logs = `${logging.map(({ words }) => words).join(', ')} log${logging.length === 1 ? 's' : ''} management events here`;
  if (trailRegion === undefined) {
    if (logging.length > 0) return preflightOk(logs);
    const [stopped] = selecting;
    return preflightFails(
      `no trail logs write management events here${stopped === undefined ? '' : `: ${stopped.words} is stopped`}`,
      // Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
      'EventBridge receives only API calls that a trail logs, so the detector would report nothing',
      stopped === undefined
        ? 'set `trail: create`'
        : `\`aws cloudtrail start-logging --name ${stopped.arn} --region ${stopped.arn.split(':')[3] ?? region}\`, or set \`trail: create\``,
    );
  }
  if (logging.length > 0)
    return {
      outcome: 'costs',
      what: `${logs} already, but the settings say \`trail: create\``,
      // Source: https://aws.amazon.com/cloudtrail/pricing/
      why: 'the first copy of management events in a region is free; each further copy costs $2.00 per 100,000 events',
      fix: logging.some(({ isMultiRegion }) => isMultiRegion)
        ? `set \`trail: existing\`${settings.trailEvents === 'write' ? '' : '; for a cheaper copy of your own, set `trailEvents: write`'}`
        : 'make the trail a multi-region trail (`aws cloudtrail update-trail --is-multi-region-trail`) and set `trail: existing`',
    };
  if (trailRegion !== region) return preflightOk(`the trail that \`trail: create\` creates in ${trailRegion} covers this region`);
  if (trailList.some(isOwn)) return preflightOk(`\`${settings.name}\` is this deployment's own trail`);
  if (trailList.length >= MAX_TRAILS)
    return preflightFails(
      `there are ${trailList.length} trails, none of which logs write management events, but the settings say \`trail: create\``,
      `a region has at most ${MAX_TRAILS} trails (MaximumNumberOfTrailsExceededException)`,
      'delete a trail; or make a trail log write management events, and set `trail: existing`',
    );
  return preflightOk('no trail logs management events yet: `trail: create` creates one');
}

/**
 * Returns the trail if its event selectors include the calls that change security groups, even if the trail is stopped. Otherwise returns
 * `undefined`.
 */
async function trailLoggingWrites(trail: Trail, client: CloudTrailClient, abortSignal: AbortSignal): Promise<FoundTrail | undefined> {
  const { Name = '', TrailARN: arn = '', IsMultiRegionTrail: isMultiRegion = false, IsOrganizationTrail: isOrganization = false } = trail;
  // Uses the ARN, because AWS finds a trail by its name only in this region and account.
  const status = client.send(new GetTrailStatusCommand({ Name: arn }), { abortSignal });
  const { IsLogging: isLogging = false } = await awaitPreflightCall('cloudtrail:GetTrailStatus', status);
  const selectors = client.send(new GetEventSelectorsCommand({ TrailName: arn }), { abortSignal });
  if (!trailSelectsWriteEvents(await awaitPreflightCall('cloudtrail:GetEventSelectors', selectors))) return undefined;
  // Source: https://docs.aws.amazon.com/controltower/latest/userguide/about-logging.html
  const owner = Name.startsWith('aws-controltower-') ? "Control Tower's" : isOrganization ? "the organization's" : 'the';
  return { words: `${owner} trail \`${Name}\``, arn, isMultiRegion, isLogging };
}

/**
 * Reports whether the event selectors include write management events of EC2. A trail without selectors logs all management events. Source:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
 */
function trailSelectsWriteEvents({ EventSelectors = [], AdvancedEventSelectors = [] }: GetEventSelectorsCommandOutput): boolean {
  if (AdvancedEventSelectors.length > 0)
    return AdvancedEventSelectors.some(({ FieldSelectors = [] }) => {
      const field = (name: string): AdvancedFieldSelector | undefined => FieldSelectors.find(({ Field }) => Field === name);
      const [readOnly, source] = [field('readOnly'), field('eventSource')];
      return (
        field('eventCategory')?.Equals?.includes('Management') === true &&
        (readOnly === undefined || readOnly.Equals?.includes('false') === true) &&
        source?.NotEquals?.includes(EC2) !== true &&
        (source?.Equals === undefined || source.Equals.includes(EC2))
      );
    });
  return (
    EventSelectors.length === 0 ||
    EventSelectors.some(({ IncludeManagementEvents, ReadWriteType }) => IncludeManagementEvents !== false && ReadWriteType !== 'ReadOnly')
  );
}
