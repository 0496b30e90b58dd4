/** A simulated EventBridge Scheduler behind the SDK's client. The simulation stores one-time schedules, and invokes no function. */
import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ResourceNotFoundException,
  SchedulerClient,
  type CreateScheduleCommandInput,
} from '@aws-sdk/client-scheduler';
import { mockClient } from 'aws-sdk-client-mock';
import { openApprovals } from '../restore/approvals.js';
import type { Approvals } from '../restore/ports.js';

export class SimulatedScheduler {
  /** The existing schedules, keyed by name. */
  readonly schedules = new Map<string, CreateScheduleCommandInput>();
  /** The kind of each call, such as `create`. */
  readonly calls: string[] = [];
  /** Runs before each call, and can throw to make the call fail. */
  before: (call: string) => void = () => undefined;

  readonly approvals: Approvals = openApprovals({
    APPROVAL_SCHEDULE_GROUP: 'portcullis-approvals',
    APPROVAL_ROLE_ARN: 'arn:aws:iam::111122223333:role/portcullis-approval-eu-west-1',
    APPROVAL_FUNCTION_ARN: 'arn:aws:lambda:eu-west-1:111122223333:function:portcullis-config-remediator',
    APPROVAL_FAILURES_ARN: 'arn:aws:sqs:eu-west-1:111122223333:portcullis-config-remediator-failures',
  });

  /** Makes this simulation answer the calls of every `SchedulerClient`. */
  constructor() {
    const client = mockClient(SchedulerClient);
    const rejection = { message: 'no', Message: 'no', $metadata: {} };
    const answer = (call: string, name: string | undefined, isExpected: boolean): string => {
      this.calls.push(call);
      this.before(call);
      if (this.schedules.has(name ?? '') !== isExpected)
        throw isExpected ? new ResourceNotFoundException(rejection) : new ConflictException(rejection);
      return name ?? '';
    };
    client.on(CreateScheduleCommand).callsFake((input: CreateScheduleCommandInput) => {
      this.schedules.set(answer('create', input.Name, false), input);
    });
    client.on(GetScheduleCommand).callsFake(({ Name }: CreateScheduleCommandInput) => this.schedules.get(answer('get', Name, true)));
    client.on(DeleteScheduleCommand).callsFake(({ Name }: CreateScheduleCommandInput) => {
      this.schedules.delete(answer('delete', Name, true));
    });
  }

  /** The payload of each existing schedule, keyed by the schedule expression. */
  get due(): Readonly<Record<string, unknown>> {
    const entries = [...this.schedules.values()].map(({ ScheduleExpression = '', Target }) => [
      ScheduleExpression,
      JSON.parse(Target?.Input ?? 'null') as unknown,
    ]);
    return Object.fromEntries(entries) as Record<string, unknown>;
  }
}
