/** The sandbox of a spec file. Jest gives each spec file its own copy of this module, so each file has its own sandbox. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EC2Client, RevokeSecurityGroupIngressCommand, type IpPermission } from '@aws-sdk/client-ec2';
import type { Finding } from '@portcullis/finding';
import type { Call } from '../simulated-aws/call.js';
import type { Delivery } from '../delivery/delivery.js';
import { demoBaselineFile, createSecurityGroup, createDemoVpc } from '../demo/groups.js';
import { narratedFindings } from '../demo/narrate.js';
import type { Deployment } from '../deployment/deployment.js';
import { deployStacks } from '../deployment/synthesis.js';
import type { JsonObject } from '../json.js';
import { startSandbox, type Sandbox } from '../sandbox.js';

export let sandbox: Sandbox;
/** A folder for files of the tests. The folder is empty at first, and is deleted after the tests. */
export let folder: string;

/** Starts and prepares a sandbox before the tests of the spec file, and stops the sandbox after the tests. */
export function useSandbox(prepare?: () => Promise<unknown>): void {
  jest.setTimeout(60_000);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-spec-'));
    sandbox = await startSandbox();
    await prepare?.();
    await sandbox.settle();
  });
  afterAll(async () => {
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  });
}

export function deployBaselines(
  baselines: readonly object[],
  settings?: JsonObject,
  limits?: readonly object[],
): Promise<readonly Deployment[]> {
  return deployStacks(sandbox, { baselineText: demoBaselineFile(baselines, limits), outdir: folder, settings });
}

export function mallory(): EC2Client {
  return sandbox.ec2(sandbox.person('mallory'));
}
export function owner(account: string): EC2Client {
  return sandbox.client(EC2Client, sandbox.person('owner', account));
}

export async function revoke(ec2: EC2Client, GroupId: string, permissions: readonly IpPermission[]): Promise<void> {
  await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [...permissions] }));
}

/** Creates groups with these names in a new VPC, and returns their ids by name. */
export async function createGroupsNamed<Name extends string>(names: readonly Name[]): Promise<Readonly<Record<Name, string>>> {
  const vpcId = await createDemoVpc(sandbox.ec2());
  const ids: Partial<Record<Name, string>> = {};
  for (const name of names) ids[name] = await createSecurityGroup(sandbox.ec2(), name, vpcId);
  return ids as Record<Name, string>;
}

/** The calls, deliveries and findings that an action caused in the sandbox. */
export interface Happened {
  readonly calls: readonly Call[];
  /** The calls that the functions made with their own roles. */
  readonly byFunctions: readonly Call[];
  readonly deliveries: readonly Delivery[];
  /** The deliveries in which the detector invoked the remediator. */
  readonly wakes: readonly Delivery[];
  readonly findings: readonly Finding[];
}

/** Runs `act`, waits for all effects, and returns what happened. */
export async function during(act: () => Promise<unknown>): Promise<Happened> {
  const [callsBefore, deliveriesBefore] = [sandbox.calls.length, sandbox.deliveries.length];
  await act();
  await sandbox.settle();
  const [calls, deliveries] = [sandbox.calls.slice(callsBefore), sandbox.deliveries.slice(deliveriesBefore)];
  return {
    calls,
    byFunctions: calls.filter(({ caller }) => caller.kind === 'function'),
    deliveries,
    wakes: deliveries.filter(({ kind }) => kind === 'invoke'),
    findings: deliveries.flatMap(({ result }) => narratedFindings(result)),
  };
}
