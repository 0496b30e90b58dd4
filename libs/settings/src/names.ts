/** The names in a deployment that one stack defines and another stack or a tool needs. */

/** The parts that the names are made of. */
export interface DeploymentName {
  /** The prefix of every name. */
  readonly name: string;
  readonly region: string;
}

/** The names of the two functions in metrics and constructs. The names of the functions' resources end with these names. */
export const GUARDS = { remediator: 'config-remediator', detector: 'cloudtrail-detector' } as const;

export type Guard = (typeof GUARDS)[keyof typeof GUARDS];

export function guardFunctionName({ name }: Pick<DeploymentName, 'name'>, guard: Guard): string {
  return `${name}-${guard}`;
}

/**
 * Returns the name of the log group for a guard's log. Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
 */
export function guardLogGroupName(deployment: Pick<DeploymentName, 'name'>, guard: Guard): string {
  return `/aws/lambda/${guardFunctionName(deployment, guard)}`;
}

/**
 * Returns the name of a guard's role in the central account. The name includes the region, since roles are global and each region may have
 * a deployment.
 */
export function guardRoleName({ name, region }: DeploymentName, guard: Guard): string {
  return `${name}-${guard}-${region}`;
}

/** Returns the name of the role with which EventBridge Scheduler invokes the remediator when the time for an approval is over. */
export function approvalRoleName({ name, region }: DeploymentName): string {
  return `${name}-approval-${region}`;
}

/** Returns the name of the group of the schedules that end the waits for approvals. */
export function approvalScheduleGroupName({ name }: Pick<DeploymentName, 'name'>): string {
  return `${name}-approvals`;
}

/** Returns the name of the role that a guard assumes in a member account. The name is short, since IAM allows 64 characters. */
export function memberRoleName({ name, region }: DeploymentName, guard: Guard): string {
  return `${name}-member-${guard.replace(/^.*-/, '')}-${region}`;
}

/** Returns the name of the StackSet that deploys the members of a region. */
export function memberStackSetName({ name, region }: DeploymentName): string {
  return `${name}-members-${region}`;
}

/** Returns the name of the event bus in the central account. Member accounts forward their events to this bus. */
export function memberBusName({ name }: Pick<DeploymentName, 'name'>): string {
  return `${name}-members`;
}
