import {
  CreateTrailCommand,
  DeleteTrailCommand,
  GetEventSelectorsCommand,
  GetTrailCommand,
  GetTrailStatusCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
  StopLoggingCommand,
  UpdateTrailCommand,
  type CloudTrailClient,
  type ReadWriteType,
} from '@aws-sdk/client-cloudtrail';
import { differencesOf, given, resourceType, unlessAbsent } from '../resource-type.js';

interface TrailArguments {
  readonly name: string;
  readonly s3BucketName: string;
  readonly isMultiRegionTrail: boolean | undefined;
  readonly includeGlobalServiceEvents: boolean | undefined;
  readonly enableLogFileValidation: boolean | undefined;
  /** Terraform starts a trail unless told otherwise. */
  readonly enableLogging: boolean;
  readonly eventSelector: readonly EventSelector[];
}

interface EventSelector {
  readonly readWriteType: string | undefined;
  readonly includeManagementEvents: boolean | undefined;
}

const settings = (args: TrailArguments) => ({
  Name: args.name,
  S3BucketName: args.s3BucketName,
  IsMultiRegionTrail: args.isMultiRegionTrail,
  IncludeGlobalServiceEvents: args.includeGlobalServiceEvents,
  EnableLogFileValidation: args.enableLogFileValidation,
});

const select = async (args: TrailArguments, cloudTrail: CloudTrailClient): Promise<void> => {
  if (args.eventSelector.length === 0) return;
  const EventSelectors = args.eventSelector.map(({ readWriteType, includeManagementEvents }) => ({
    // Whatever text names a type, CloudTrail is the judge of it.
    ReadWriteType: readWriteType as ReadWriteType | undefined,
    IncludeManagementEvents: includeManagementEvents,
  }));
  await cloudTrail.send(new PutEventSelectorsCommand({ TrailName: args.name, EventSelectors }));
};

const startOrStop = async ({ name, enableLogging }: TrailArguments, cloudTrail: CloudTrailClient): Promise<void> => {
  await (enableLogging
    ? cloudTrail.send(new StartLoggingCommand({ Name: name }))
    : cloudTrail.send(new StopLoggingCommand({ Name: name })));
};

const trail = resourceType<TrailArguments>({
  read: (args) => ({
    name: args.text('name'),
    s3BucketName: args.text('s3_bucket_name'),
    isMultiRegionTrail: args.optionalFlag('is_multi_region_trail'),
    includeGlobalServiceEvents: args.optionalFlag('include_global_service_events'),
    enableLogFileValidation: args.optionalFlag('enable_log_file_validation'),
    enableLogging: args.optionalFlag('enable_logging') ?? true,
    eventSelector: args.blocks('event_selector', (selector) => ({
      readWriteType: selector.optionalText('read_write_type'),
      includeManagementEvents: selector.optionalFlag('include_management_events'),
    })),
  }),
  attributes: ['arn', 'id', 'home_region'],
  find: async (args, { clients: { cloudTrail }, region }) => {
    const found = await unlessAbsent(
      cloudTrail.send(new GetTrailCommand({ Name: args.name })),
      'TrailNotFoundException',
    );
    if (found?.Trail === undefined) return undefined;
    const { TrailARN, HomeRegion, ...actual } = found.Trail;
    const arn = given(TrailARN, 'TrailARN');
    const { IsLogging } = await cloudTrail.send(new GetTrailStatusCommand({ Name: args.name }));
    const { EventSelectors = [] } = await cloudTrail.send(new GetEventSelectorsCommand({ TrailName: args.name }));
    const { eventSelector, ...rest } = args;
    return {
      attributes: { arn, id: arn, home_region: HomeRegion ?? region },
      differences: differencesOf(
        { ...rest, eventSelector: eventSelector.length === 0 ? undefined : eventSelector },
        {
          name: actual.Name,
          s3BucketName: actual.S3BucketName,
          isMultiRegionTrail: actual.IsMultiRegionTrail,
          includeGlobalServiceEvents: actual.IncludeGlobalServiceEvents,
          enableLogFileValidation: actual.LogFileValidationEnabled,
          enableLogging: IsLogging,
          eventSelector: EventSelectors.map(({ ReadWriteType: readWriteType, IncludeManagementEvents }) => ({
            readWriteType,
            includeManagementEvents: IncludeManagementEvents,
          })),
        },
      ),
    };
  },
  create: async (args, { clients: { cloudTrail } }) => {
    await cloudTrail.send(new CreateTrailCommand(settings(args)));
    await select(args, cloudTrail);
    if (args.enableLogging) await startOrStop(args, cloudTrail);
  },
  change: async (args, { clients: { cloudTrail } }) => {
    await cloudTrail.send(new UpdateTrailCommand(settings(args)));
    await select(args, cloudTrail);
    await startOrStop(args, cloudTrail);
  },
  remove: async ({ name }, { clients: { cloudTrail } }) => {
    await cloudTrail.send(new DeleteTrailCommand({ Name: name }));
  },
});

export const cloudTrailResources = { aws_cloudtrail: trail };
