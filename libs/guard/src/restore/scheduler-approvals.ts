/**
 * Stores the waits for approvals in EventBridge Scheduler, with one schedule for each waiting group. This module is a separate bundle,
 * which the function loads when a group first needs an approval.
 */
import { CreateScheduleCommand, DeleteScheduleCommand, GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { approvalCommandFor, findingApprovalOutlook, OUTLOOK, ownerTags } from '@portcullis/finding';
import type { RestorationRequest } from '../runtime/restoration-request.js';
import { SDK_LIMITS } from '../runtime/sdk-limits.js';
import { nonEmptyVariable } from '../runtime/sink-settings.js';
import type { ApprovalEnvironment } from './approvals.js';
import type { Approvals, AwaitingDrift, Wait } from './ports.js';

interface ApprovalSettings {
  /** The name of the schedule group. */
  readonly scheduleGroup: string;
  /** The ARN of the role with which EventBridge Scheduler invokes this function. */
  readonly roleArn: string;
  /** The ARN of this function. `functionName` and `region` are parts of this ARN. */
  readonly functionArn: string;
  readonly functionName: string;
  readonly region: string;
  /** The ARN of the queue for requests that EventBridge Scheduler could not deliver. */
  readonly failuresArn: string;
}

/** @throws {Error} that names the missing variables, if only some of the variables are set. */
export function openSchedulerApprovals(environment: ApprovalEnvironment): Approvals {
  const [scheduleGroup, roleArn, functionArn, failuresArn] = VARIABLES.map((name) => nonEmptyVariable(environment[name]));
  const missing = VARIABLES.filter((name) => nonEmptyVariable(environment[name]) === undefined);
  if (missing.length === VARIABLES.length) return NOT_DEPLOYED;
  if (scheduleGroup === undefined || roleArn === undefined || functionArn === undefined || failuresArn === undefined)
    throw new Error(`${missing.join(', ')}: set these variables, or deploy again`);
  const [, , , region = '', , , functionName = ''] = functionArn.split(':');
  const settings = { scheduleGroup, roleArn, functionArn, functionName, region, failuresArn };
  return new SchedulerApprovals(new SchedulerClient({ ...SDK_LIMITS, region }), settings);
}

const VARIABLES = ['APPROVAL_SCHEDULE_GROUP', 'APPROVAL_ROLE_ARN', 'APPROVAL_FUNCTION_ARN', 'APPROVAL_FAILURES_ARN'] as const;

/** The port of a function that was deployed without a baseline in mode `approve`, for example by an older release. */
const NOT_DEPLOYED: Approvals = {
  start: () =>
    Promise.resolve({
      words: 'not restored: the function was deployed without the mode `approve`, so deploy the function again',
      outlook: OUTLOOK.notTriedAgain,
      retry: false,
    }),
  cancel: () => Promise.resolve(undefined),
};

class SchedulerApprovals implements Approvals {
  constructor(
    private readonly client: SchedulerClient,
    private readonly settings: ApprovalSettings,
  ) {}

  async start(drift: AwaitingDrift, now: Date): Promise<Wait | 'over'> {
    // The time of a schedule has no milliseconds.
    const latest = new Date((Math.ceil(now.getTime() / 1000) + drift.minutes * 60) * 1000);
    const until = await this.endOfWait(drift, latest);
    if (until <= now) return 'over';
    const { functionName, region } = this.settings;
    const time = until.toISOString().replace('.000Z', 'Z');
    return {
      words: `waits for approval until ${time}`,
      outlook: findingApprovalOutlook({ approveWithin: drift.minutes }),
      retry: false,
      approval: {
        until: time,
        command: approvalCommandFor(functionName, { id: drift.group.id, region }),
        functionName,
        request: { ...this.requestFor(drift, 'given') },
      },
    };
  }

  async cancel(drift: AwaitingDrift): Promise<undefined> {
    try {
      await this.client.send(new DeleteScheduleCommand({ GroupName: this.settings.scheduleGroup, Name: approvalScheduleName(drift) }));
    } catch (error) {
      if (!isSchedulerErrorNamed(error, 'ResourceNotFoundException')) throw error;
    }
  }

  /** Starts a wait until `latest`, or continues the existing wait of the group. Resolves to the time at which the wait ends. */
  private async endOfWait(drift: AwaitingDrift, latest: Date): Promise<Date> {
    if (await this.create(drift, latest)) return latest;
    const end = await this.existingEnd(drift);
    // Replace a schedule that is later than `latest`: somebody changed the schedule or shortened `approveWithin`.
    if (end !== undefined && end <= latest) return end;
    await this.cancel(drift);
    if (await this.create(drift, latest)) return latest;
    throw new Error(`the schedule ${approvalScheduleName(drift)} was created by another invocation meanwhile`);
  }

  /** Creates the schedule. Resolves to `false` if the schedule already exists. */
  private async create(drift: AwaitingDrift, until: Date): Promise<boolean> {
    const { scheduleGroup, functionArn, roleArn, failuresArn } = this.settings;
    const command = new CreateScheduleCommand({
      GroupName: scheduleGroup,
      Name: approvalScheduleName(drift),
      Description: `Restores ${drift.group.id} of account ${drift.accountId}, unless somebody approves the restoration earlier`,
      // Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html, one-time schedules
      ScheduleExpression: `at(${until.toISOString().slice(0, 19)})`,
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      // Without a retry policy, EventBridge Scheduler retries a failed invocation for a day.
      Target: {
        Arn: functionArn,
        RoleArn: roleArn,
        Input: JSON.stringify(this.requestFor(drift, 'over')),
        DeadLetterConfig: { Arn: failuresArn },
      },
    });
    try {
      await this.client.send(command);
      return true;
    } catch (error) {
      if (isSchedulerErrorNamed(error, 'ConflictException')) return false;
      throw error;
    }
  }

  /**
   * Resolves to the time at which the existing schedule invokes this function, or to `undefined` if the schedule is gone or was changed.
   */
  private async existingEnd(drift: AwaitingDrift): Promise<Date | undefined> {
    try {
      const { scheduleGroup, functionArn } = this.settings;
      const { ScheduleExpression, ScheduleExpressionTimezone, State, Target } = await this.client.send(
        new GetScheduleCommand({ GroupName: scheduleGroup, Name: approvalScheduleName(drift) }),
      );
      const [, time] = /^at\((.+)\)$/.exec(ScheduleExpression ?? '') ?? [];
      const isAsCreated = State !== 'DISABLED' && ScheduleExpressionTimezone === 'UTC' && Target?.Arn === functionArn;
      return time !== undefined && isAsCreated ? new Date(`${time}Z`) : undefined;
    } catch (error) {
      if (isSchedulerErrorNamed(error, 'ResourceNotFoundException')) return undefined;
      throw error;
    }
  }

  private requestFor({ group, accountId, invocation }: AwaitingDrift, approval: RestorationRequest['approval']): RestorationRequest {
    const { id, name, vpcId, tags = {} } = group;
    const { eventId, messageType: eventName, trigger } = invocation;
    const owner = ownerTags(tags);
    const eventTime = 'time' in trigger ? trigger.time.toISOString() : '';
    const { region } = this.settings;
    return {
      ...{ portcullis: 'restore', version: 1, approval },
      group: { id, name, vpcId, ...(owner && { tags: owner }) },
      cause: { eventId, eventName, eventTime, accountId, region },
    };
  }
}

/** Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html: up to 64 letters, digits, `-`, `_` and `.` */
function approvalScheduleName({ accountId, group }: AwaitingDrift): string {
  return `${accountId}-${group.id}`;
}

/** Compares the name of the error, because the bundle does not contain the SDK's error classes. */
function isSchedulerErrorNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
