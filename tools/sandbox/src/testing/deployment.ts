/** A small deployment for tests, without a stack: functions by their source text, with a role that may do everything. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import type { DeployedConfigRule, DeployedEventRule, DeployedFunction, Deployment, Place } from '../deployment/deployment.js';

const ROLE = 'arn:aws:iam::123456789012:role/portcullis/everything';

/** A deployment package with that handler as `main.mjs`. */
export function packageWith(source: string): Uint8Array {
  return zipSync({ 'main.mjs': strToU8(source) });
}

/** @param folder where the function's package is written */
export async function functionWith(
  name: string,
  source: string,
  folder: string,
  more: Partial<DeployedFunction> = {},
): Promise<DeployedFunction> {
  const packageFile = join(folder, `${name}.zip`);
  await writeFile(packageFile, packageWith(source));
  return {
    name,
    arn: functionArn(name),
    roleArn: ROLE,
    runtime: 'nodejs22.x',
    handler: 'main.handler',
    timeoutSeconds: 10,
    memoryMegabytes: 128,
    environment: {},
    packageFile,
    maximumRetryAttempts: 2,
    isStopped: false,
    permissions: [{ principal: 'config.amazonaws.com', sourceAccount: '123456789012' }, { principal: 'events.amazonaws.com' }],
    ...more,
  };
}

export function functionArn(name: string): string {
  return `arn:aws:lambda:eu-west-1:123456789012:function:${name}`;
}

export function eventRule(name: string, pattern: DeployedEventRule['pattern'], targetArn: string): DeployedEventRule {
  return {
    name,
    arn: `arn:aws:events:eu-west-1:123456789012:rule/${name}`,
    busName: 'default',
    pattern,
    targets: [{ arn: targetArn }],
    isEnabled: true,
  };
}

export function configRule(name: string, target: string, more: Partial<DeployedConfigRule> = {}): DeployedConfigRule {
  return {
    name,
    arn: `arn:aws:config:eu-west-1:123456789012:config-rule/config-rule-${name}`,
    functionArn: target,
    messageTypes: ['ConfigurationItemChangeNotification'],
    scope: { types: ['AWS::EC2::SecurityGroup'] },
    ...more,
  };
}

/** A deployment with a trail and a recorder that run. */
export function deploymentWith(
  { accountId, region, partition }: Place,
  contents: Partial<Deployment> & Pick<Deployment, 'functions'>,
): Deployment {
  return {
    accountId,
    region,
    partition,
    roles: [{ arn: ROLE, trust: {}, policies: [{ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }] }],
    configRules: [],
    eventRules: [],
    buses: [],
    queueNames: [],
    names: contents.functions.map(({ name }) => name),
    isInMoto: false,
    logGroupNames: contents.functions.map(({ name }) => `/aws/lambda/${name}`),
    recorderRoleArn: ROLE,
    isRecording: true,
    hasTrail: true,
    ...contents,
  };
}
