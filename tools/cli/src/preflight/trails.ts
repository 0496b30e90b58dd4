/** Whether the detector will hear of API calls, and whether they are paid for twice. */
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  type AdvancedFieldSelector,
  type GetEventSelectorsCommandOutput,
  type Trail,
} from '@aws-sdk/client-cloudtrail';
import { answered, type Check } from './check.js';
import type { RegionToCheck } from './region-to-check.js';

/** Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html */
const MAX_TRAILS = 5;
const EC2 = 'ec2.amazonaws.com';

interface FoundTrail {
  /** `the trail \`x\``, with whose it is where that is known. */
  readonly words: string;
  readonly arn: string;
  readonly coversAllRegions: boolean;
  readonly isLogging: boolean;
  /** Whether it selects the calls that change a group. */
  readonly selectsWrites: boolean;
}

export async function trailChecks(ground: RegionToCheck): Promise<readonly Check[]> {
  const { place, settings, trailIn, signal } = ground;
  const client = place.client(CloudTrailClient);
  const send = { abortSignal: signal };
  // Those of other regions and of the organization that log here are told, too, as shadow trails.
  // Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html
  const { trailList = [] } = await answered('cloudtrail:DescribeTrails', client.send(new DescribeTrailsCommand({}), send));
  const trails: FoundTrail[] = [];
  // Of the name that the deployment gives its own, where it makes one.
  const isOwn = ({ Name }: Trail): boolean => trailIn !== undefined && Name === settings.name;
  for (const trail of trailList.filter((each) => !isOwn(each))) {
    const arn = trail.TrailARN ?? '';
    // By ARN: the name alone is taken for a trail of this region and account.
    const status = await answered('cloudtrail:GetTrailStatus', client.send(new GetTrailStatusCommand({ Name: arn }), send));
    const selectors = await answered('cloudtrail:GetEventSelectors', client.send(new GetEventSelectorsCommand({ TrailName: arn }), send));
    trails.push({
      words: wordsOf(trail),
      arn,
      coversAllRegions: trail.IsMultiRegionTrail === true,
      isLogging: status.IsLogging === true,
      selectsWrites: selectsWrites(selectors),
    });
  }
  const logging = trails.filter(({ isLogging, selectsWrites: selects }) => isLogging && selects);
  const own = trailList.some(isOwn);
  const named = logging.map(({ words }) => words).join(', ');
  const check = (outcome: Check['outcome'], what: string, why?: string, fix?: string): readonly Check[] => [
    { about: 'trail', outcome, what, ...(why !== undefined && { why }), ...(fix !== undefined && { fix }) },
  ];

  if (trailIn !== undefined && trailIn !== place.region && logging.length === 0)
    return check('ok', `the trail that \`trail: create\` makes in ${trailIn} covers this region`);
  if (trailIn !== undefined && logging.length > 0)
    return check(
      'costs',
      `${named} log${logging.length === 1 ? 's' : ''} management events here already, and the settings say \`trail: create\``,
      // Source: https://aws.amazon.com/cloudtrail/pricing/
      'the first copy of management events in a region is free, each further one costs $2.00 per 100,000 events',
      logging.some(({ coversAllRegions }) => coversAllRegions)
        ? `set \`trail: existing\`${settings.trailEvents === 'write' ? '' : '; for a copy of your own without the reads, `trailEvents: write`'}`
        : 'make it a multi-region trail (`aws cloudtrail update-trail --is-multi-region-trail`) and set `trail: existing`',
    );
  if (trailIn !== undefined && !own && trailList.length >= MAX_TRAILS)
    return check(
      'fails',
      `there are ${trailList.length} trails, none of which logs write management events, and the settings say \`trail: create\``,
      `a region has at most ${MAX_TRAILS} trails (MaximumNumberOfTrailsExceededException)`,
      'delete one, or have one log write management events and set `trail: existing`',
    );
  if (trailIn !== undefined)
    return check(
      'ok',
      own ? `\`${settings.name}\` is this deployment's own trail` : 'no trail logs management events yet: `trail: create` makes one',
    );
  if (logging.length > 0) return check('ok', `${named} log${logging.length === 1 ? 's' : ''} management events here`);
  const stopped = trails.find(({ isLogging, selectsWrites: selects }) => !isLogging && selects);
  return check(
    'fails',
    `no trail logs write management events here${stopped === undefined ? '' : `: ${stopped.words} is stopped`}`,
    // Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
    'EventBridge is told of an API call only where a trail logs it, so the detector would report nothing',
    stopped === undefined
      ? 'set `trail: create`'
      : `\`aws cloudtrail start-logging --name ${stopped.arn} --region ${/:cloudtrail:([^:]+):/.exec(stopped.arn)?.[1] ?? place.region}\`, or set \`trail: create\``,
  );
}

function wordsOf({ Name = '', IsOrganizationTrail = false }: Trail): string {
  // Source: https://docs.aws.amazon.com/controltower/latest/userguide/about-logging.html
  if (Name.startsWith('aws-controltower-')) return `Control Tower's trail \`${Name}\``;
  return IsOrganizationTrail ? `the organization's trail \`${Name}\`` : `the trail \`${Name}\``;
}

/** Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html; without selectors, all of them. */
function selectsWrites({ EventSelectors, AdvancedEventSelectors }: GetEventSelectorsCommandOutput): boolean {
  if (AdvancedEventSelectors !== undefined && AdvancedEventSelectors.length > 0)
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
  if (EventSelectors === undefined || EventSelectors.length === 0) return true;
  return EventSelectors.some(
    ({ IncludeManagementEvents, ReadWriteType }) => IncludeManagementEvents !== false && ReadWriteType !== 'ReadOnly',
  );
}
