/** `portcullis drill` and `preflight` on the sandbox: the commands as a person runs them, against the deployed functions. */
import { ConfigServiceClient, StartConfigurationRecorderCommand, StopConfigurationRecorderCommand } from '@aws-sdk/client-config-service';
import { DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { baselinesOf, createGroups, ingressWords, type ScenarioGroups } from './demo/groups.js';
import { createVpc, deployBaselines, folder, sandbox, useSandbox } from './testing/fixture.js';

const PORTCULLIS = join(__dirname, '..', '..', 'cli', 'bin', 'portcullis.mjs');

let groups: ScenarioGroups;

useSandbox(async () => {
  groups = await createGroups(sandbox);
  await deployBaselines([...baselinesOf(groups), { name: 'tagged', groups: { tags: { Tier: 'drilled' } }, ingress: [] }]);
});

/** Runs the command; `onStderr` is told what it has written so far, and may interrupt it. */
const run = (
  command: 'drill' | 'preflight',
  args: readonly string[],
  onStderr?: (text: string, interrupt: () => void) => void,
): Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }> =>
  new Promise((resolve) => {
    const child = spawn(PORTCULLIS, [command, join(folder, 'portcullis.yaml'), ...args], {
      env: { ...process.env, FORCE_COLOR: undefined, ...sandbox.environment(sandbox.person('mallory')) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const written = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (written.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => {
      written.stderr += chunk.toString();
      onStderr?.(written.stderr, () => child.kill('SIGINT'));
    });
    child.on('close', (exitCode) => {
      resolve({ exitCode, ...written });
    });
  });

it('sees the finding in the log group of the detector and the restoration, and leaves nothing behind', async () => {
  const { exitCode, stdout } = await run('drill', ['--group', groups.web, '--yes']);

  expect(stdout).toMatch(
    /^opened .*\nfinding +after \d+\.\d s {2}\w+: .*tcp\/9 from 192\.0\.2\.0\/24.*\nrestored +after \d+\.\d s\nclean-up +nothing to do: the guard revoked the rule\n$/,
  );
  expect(exitCode).toBe(0);
  await sandbox.settle();
  expect(await ingressWords(sandbox.ec2(), groups.web)).toEqual(['tcp/80 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0']);
});

it('makes a group for a baseline that selects by tag, and deletes it', async () => {
  const { exitCode, stdout } = await run('drill', ['--create-in', await createVpc(), '--yes', '--json']);

  expect(JSON.parse(stdout)).toMatchObject({ baseline: 'tagged', group: { created: true }, restoration: {} });
  expect(exitCode).toBe(0);
  const Filters = [{ Name: 'tag-key', Values: ['portcullis-drill'] }];
  const { SecurityGroups } = await sandbox.ec2().send(new DescribeSecurityGroupsCommand({ Filters }));
  expect(SecurityGroups).toEqual([]);
  await sandbox.settle();
});

it('takes its rule away when it is interrupted while nobody restores the group', async () => {
  await sandbox.client(ConfigServiceClient).send(new StopConfigurationRecorderCommand({ ConfigurationRecorderName: 'portcullis' }));
  try {
    const { exitCode, stdout, stderr } = await run('drill', ['--group', groups.office, '--yes'], (text, interrupt) => {
      if (text.includes('if this process is killed')) interrupt();
    });

    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
    expect(stderr).toContain('portcullis: interrupted; the drill rule was revoked\n');
    expect(await ingressWords(sandbox.ec2(), groups.office)).toEqual(['tcp/22 from 10.0.0.0/8']);
  } finally {
    await sandbox.client(ConfigServiceClient).send(new StartConfigurationRecorderCommand({ ConfigurationRecorderName: 'portcullis' }));
    await sandbox.settle();
  }
});

it('refuses a group in report mode, and changes nothing', async () => {
  const calls = sandbox.calls.length;

  const { exitCode, stdout, stderr } = await run('drill', ['--group', groups.shop, '--yes']);

  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(/^portcullis: `shop` is in mode `report`, .*\n$/);
  expect(sandbox.calls.slice(calls).filter(({ operation }) => !/^(Describe|Get|Filter)/.test(operation))).toEqual([]);
});

it('preflight reads what is deployed as its own, and writes nothing', async () => {
  const calls = sandbox.calls.length;

  const { exitCode, stdout } = await run('preflight', ['--json']);

  const { regions } = JSON.parse(stdout) as { regions: { checks: { about: string; outcome: string }[] }[] };
  const outcomes = new Map(regions[0]?.checks.map(({ about, outcome }) => [about, outcome]));
  expect(Object.fromEntries(outcomes)).toEqual({
    recorder: 'ok',
    trail: 'ok',
    concurrency: 'ok',
    'config rules': 'ok',
    groups: 'risk',
    rules: 'ok',
    'other owners': 'risk',
  });
  expect(exitCode).toBe(2);
  const made = sandbox.calls.slice(calls).map(({ operation }) => operation);
  expect(made.length).toBeGreaterThan(8);
  expect(made.filter((operation) => !/^(Describe|Get|Lookup|GET )/.test(operation))).toEqual([]);
});
