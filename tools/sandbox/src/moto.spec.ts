import { access, chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { motoCommand } from './moto-command.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-sandbox-test-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const program = async (name: string, script: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
};

/** A Python whose `venv` makes a folder with itself in it, and whose `pip install` is that script. */
const pythonThatInstallsBy = (script: string): Promise<string> =>
  program(
    'python3',
    `case "$2" in
venv) /bin/mkdir -p "$3/bin" && /bin/cp "$0" "$3/bin/python" ;;
pip) bin="\${0%/*}"; ${script} ;;
esac`,
  );

const commandWith = (PATH: string): Promise<string> => motoCommand(() => undefined, { PATH });

describe('the moto that is run', () => {
  it('is the one on the PATH', async () => {
    const installed = await program('moto_server', 'exit 0');

    expect(await commandWith(`/nowhere:${folder}`)).toBe(installed);
  });

  it('is installed once into an environment of its own when there is only Python', async () => {
    await pythonThatInstallsBy('echo "#!/bin/sh" > "$bin/moto_server" && /bin/chmod +x "$bin/moto_server"');
    const said: string[] = [];
    const command = (): Promise<string> =>
      motoCommand((line) => said.push(line), { PATH: folder }, join(folder, 'cache'));

    const [first, second] = [await command(), await command()];

    expect([first, second]).toEqual(Array(2).fill(join(folder, 'cache', 'moto-5.2.1', 'bin', 'moto_server')));
    expect(said).toEqual([
      "moto_server is not on the PATH: installing moto 5.2.1 into a Python environment of the sandbox's own (once)",
    ]);
  });

  it('is installed anew when its environment was removed', async () => {
    await pythonThatInstallsBy('echo "#!/bin/sh" > "$bin/moto_server" && /bin/chmod +x "$bin/moto_server"');
    const cache = join(folder, 'cache');
    const command = (): Promise<string> => motoCommand(() => undefined, { PATH: folder }, cache);
    const first = await command();
    for (const name of await readdir(cache)) {
      if (name !== 'moto-5.2.1') await rm(join(cache, name), { recursive: true });
    }

    expect(await command()).toBe(first);
    await expect(access(first)).resolves.toBeUndefined();
  });

  it('is none when it cannot be installed, and it is said why', async () => {
    await pythonThatInstallsBy('echo "ERROR: No matching distribution found for moto" >&2; exit 1');
    const cache = join(folder, 'cache');

    await expect(motoCommand(() => undefined, { PATH: folder }, cache)).rejects.toThrow(
      'making a Python environment for it failed (No matching distribution found for moto); install Python 3.10',
    );
    expect(await readdir(cache)).toEqual([]);
  });

  it('is none when neither it nor Python is there, and it is said how to get it', async () => {
    await expect(commandWith(folder)).rejects.toThrow(
      'the sandbox needs moto, a local AWS written in Python: neither `moto_server` nor `python3` is on the PATH; ' +
        'install Python 3.10 or later with its venv module, or put `moto_server` on the PATH with ' +
        "`pip install 'moto[server]==5.2.1'`",
    );
  });
});
