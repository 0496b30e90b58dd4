import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { MotoUnavailableError, findPythonWithMoto } from './moto.js';

jest.setTimeout(60_000);

it('moto ends when the process of the sandbox is killed', async () => {
  const program = `process.stdout.write((await (await import('./src/sandbox.ts')).startSandbox()).endpoint);`;
  const tsx = createRequire(__filename).resolve('tsx');
  const child = spawn(process.execPath, ['--conditions=@portcullis/source', '--import', tsx, '--input-type=module', '-e', program], {
    cwd: join(__dirname, '..', '..'),
  });
  const [endpoint] = (await once(child.stdout, 'data')) as [Buffer];

  child.kill('SIGKILL');

  await expect(async () => {
    for (;;) await fetch(endpoint.toString());
  }).rejects.toThrow();
});

it('`findPythonWithMoto` throws MotoUnavailableError if there is no Python on the PATH', async () => {
  await expect(findPythonWithMoto(() => undefined, { PATH: __dirname })).rejects.toThrow(MotoUnavailableError);
});

it('`patched` names the line of moto that the patch does not fit', async () => {
  const program = `from aws import patching; patching.patched('the first line\\nanother line', [(2, ['-the second line'])], 'moto.x')`;
  const { stderr } = spawnSync(await findPythonWithMoto(() => undefined), ['-c', program], { cwd: join(__dirname, '..', '..', 'python') });

  expect(stderr.toString()).toContain('ImportError: moto.patch does not fit line 2 of moto.x');
});
