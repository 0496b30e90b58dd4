/** The names that a deployment gives: each is made in one stack and needed in another, or by a tool. */

/** What the names are made of. */
export interface DeploymentName {
  /** Every name starts with it. */
  readonly name: string;
  readonly region: string;
}

/** The two functions, as the metrics and the constructs call them. They end the names of what belongs to them. */
export const GUARDS = { remediator: 'config-remediator', detector: 'cloudtrail-detector' } as const;

export type Guard = (typeof GUARDS)[keyof typeof GUARDS];

export function guardFunctionName({ name }: Pick<DeploymentName, 'name'>, guard: Guard): string {
  return `${name}-${guard}`;
}

/** The log group that Lambda writes a guard's log to. Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html */
export function guardLogGroupName(deployment: Pick<DeploymentName, 'name'>, guard: Guard): string {
  return `/aws/lambda/${guardFunctionName(deployment, guard)}`;
}

/** The name of a guard's role in the central account. It has the region in it, since roles belong to the account and each region may have a deployment. */
export function guardRoleName({ name, region }: DeploymentName, guard: Guard): string {
  return `${name}-${guard}-${region}`;
}

/** The name of the role that a guard assumes in a member account. It is short, since IAM allows 64 characters. */
export function memberRoleName({ name, region }: DeploymentName, guard: Guard): string {
  return `${name}-member-${guard.replace(/^.*-/, '')}-${region}`;
}

/** The name of the event bus in the central account that the members forward to. */
export function memberBusName({ name }: Pick<DeploymentName, 'name'>): string {
  return `${name}-members`;
}
