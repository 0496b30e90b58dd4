import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { discover, type Discovery, type DiscoverOptions } from './discover.js';
import { awsProvider, mirroredProviders, terraformPlatform } from './mirror.js';
import type { Version } from './version.js';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'portcullis-discover-'));
  await putTerraform('{"terraform_version":"1.11.4"}');
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const platform = terraformPlatform('linux');
const oldest: Version = [6, 25, 0];

const put = async (path: string, content = ''): Promise<string> => {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
};

/** A program that answers as `terraform version -json`. */
const putTerraform = async (answer: string): Promise<void> => {
  await chmod(await put('bin/terraform', `#!/bin/sh\ncat <<'END'\n${answer}\nEND\n`), 0o755);
};

const putUnpacked = (mirror: string, version: string, on = platform): Promise<string> =>
  put(join(mirror, awsProvider, version, on, `terraform-provider-aws_v${version}`));

const putPacked = (mirror: string, version: string, on = platform): Promise<string> =>
  put(join(mirror, awsProvider, `terraform-provider-aws_${version}_${on}.zip`));

const found = (env: NodeJS.ProcessEnv = {}, options: DiscoverOptions = {}): Promise<Discovery> =>
  discover({
    machine: {
      env: { PATH: `${join(root, 'empty')}:${join(root, 'bin')}:/usr/bin:/bin`, ...env },
      home: join(root, 'home'),
      platform: 'linux',
      cwd: join(root, 'app'),
      prefixes: [join(root, 'opt'), join(root, 'share')],
    },
    oldest,
    registryAnswers: () => Promise.resolve(false),
    ...options,
  });

/** The provider that was found, as `mirror opt 5.100.0 unpacked`. */
const inShort = (discovery: Discovery): string => {
  if (!discovery.ok) return `no ${discovery.missing}`;
  const { provider } = discovery;
  if (provider.source === 'registry') return `registry ${provider.version.join('.')}`;
  return `${provider.directory.slice(root.length + 1)} ${provider.version.join('.')} ${provider.layout}`;
};

// Where Terraform is run is one of the places it looks in, and spawning needs it to be there.
beforeEach(() => mkdir(join(root, 'app'), { recursive: true }));

describe('Terraform', () => {
  it('is taken from the PATH', async () => {
    await putUnpacked('opt', '6.25.0');

    expect(await found()).toMatchObject({
      ok: true,
      terraform: { path: join(root, 'bin', 'terraform'), version: [1, 11, 4] },
    });
  });

  it.each([
    { name: 'not on the PATH', path: '/nowhere', answer: '{}', said: /not on the PATH.*install 1\.5/ },
    {
      name: 'too old',
      path: undefined,
      answer: '{"terraform_version":"1.4.7"}',
      said: /too old.*1\.4\.7.*install 1\.5/,
    },
    { name: 'something else', path: undefined, answer: 'hello', said: /install 1\.5/ },
  ])('that is $name is missed, and it is said how to get it', async ({ path, answer, said }) => {
    await putTerraform(answer);

    const discovery = await found(path === undefined ? {} : { PATH: path });

    expect(discovery).toMatchObject({
      ok: false,
      missing: 'terraform',
      summary: expect.stringMatching(said) as unknown,
    });
  });
});

describe('the AWS provider', () => {
  it.each<{ name: string; mirror: string; env?: () => NodeJS.ProcessEnv; before?: () => Promise<unknown> }>([
    { name: '$PORTCULLIS_TF_MIRROR', mirror: 'own', env: () => ({ PORTCULLIS_TF_MIRROR: join(root, 'own') }) },
    {
      name: 'the configuration that $TF_CLI_CONFIG_FILE names',
      mirror: 'configured',
      env: () => ({ TF_CLI_CONFIG_FILE: join(root, 'tfrc') }),
      before: () => put('tfrc', `provider_installation { filesystem_mirror { path = "${join(root, 'configured')}" } }`),
    },
    {
      name: 'the configuration in the home folder',
      mirror: 'configured',
      before: () =>
        put(
          'home/.terraformrc',
          `provider_installation { filesystem_mirror { path = "${join(root, 'configured')}" } }`,
        ),
    },
    {
      name: "a cache that the home folder's configuration names with a variable",
      mirror: 'home/cache',
      env: () => ({ HOME: join(root, 'home') }),
      before: () => put('home/.terraform.d/cache.tfrc', 'plugin_cache_dir = "$HOME/cache"'),
    },
    { name: 'the folder where Terraform is run', mirror: 'app/terraform.d/plugins' },
    { name: 'the home folder', mirror: 'home/.terraform.d/plugins' },
    { name: 'the data folder of the home folder', mirror: 'home/.local/share/terraform/plugins' },
    { name: '$XDG_DATA_HOME', mirror: 'data/terraform/plugins', env: () => ({ XDG_DATA_HOME: join(root, 'data') }) },
    {
      name: 'one of $XDG_DATA_DIRS',
      mirror: 'second/terraform/plugins',
      env: () => ({ XDG_DATA_DIRS: `${join(root, 'first')}:${join(root, 'second')}` }),
    },
    { name: '$TF_PLUGIN_CACHE_DIR', mirror: 'cache', env: () => ({ TF_PLUGIN_CACHE_DIR: join(root, 'cache') }) },
    { name: 'a usual place itself', mirror: 'opt' },
    { name: 'a folder in a usual place', mirror: 'share/terraform-plugins' },
    { name: 'a folder in a folder in a usual place', mirror: 'opt/hashicorp/mirror' },
  ])('is found by $name', async ({ mirror, env, before }) => {
    await before?.();
    await putUnpacked(mirror, '5.100.0');

    expect(inShort(await found(env?.()))).toBe(`${mirror} 5.100.0 unpacked`);
  });

  it('is found behind a symbolic link', async () => {
    await putUnpacked('elsewhere', '5.100.0');
    await mkdir(join(root, 'opt'));
    await symlink(join(root, 'elsewhere'), join(root, 'opt', 'plugins'));

    expect(inShort(await found())).toBe('opt/plugins 5.100.0 unpacked');
  });

  it('is found although the configuration that is named is not there', async () => {
    await putUnpacked('opt', '5.100.0');

    expect(inShort(await found({ TF_CLI_CONFIG_FILE: join(root, 'nothing') }))).toBe('opt 5.100.0 unpacked');
  });

  it('is searched for only where nothing says where it is', async () => {
    await putUnpacked('opt', '6.25.0');
    await putUnpacked('own', '5.100.0');

    expect(inShort(await found({ PORTCULLIS_TF_MIRROR: join(root, 'own') }))).toBe('own 5.100.0 unpacked');
  });

  it.each([
    { name: 'the newest that is wanted', versions: ['5.100.0', '6.25.0', '6.30.0', '7.0.0'], chosen: '6.30.0' },
    {
      name: 'the newest of the wanted major version',
      versions: ['5.100.0', '6.3.0', '6.20.0', '7.0.0'],
      chosen: '6.20.0',
    },
    { name: 'the newest', versions: ['4.9.0', '5.99.0', '5.100.0'], chosen: '5.100.0' },
  ])('is, of several versions, $name', async ({ versions, chosen }) => {
    for (const version of versions) await putUnpacked('opt', version);

    expect(inShort(await found())).toBe(`opt ${chosen} unpacked`);
  });

  it('is taken packed, too', async () => {
    await putPacked('opt', '5.99.0');
    await putPacked('opt', '6.25.0');

    expect(inShort(await found())).toBe('opt 6.25.0 packed');
  });

  it('of another platform is not taken', async () => {
    await putUnpacked('opt', '6.25.0', 'plan9_arm');
    await putPacked('opt', '6.25.0', 'plan9_arm');

    expect(inShort(await found())).toBe('no provider');
  });

  it('comes from the registry when it is on no mirror', async () => {
    const discovery = await found({}, { registryAnswers: () => Promise.resolve(true) });

    expect(inShort(discovery)).toBe('registry 6.25.0');
  });

  it('is not looked for in the registry when a mirror has it', async () => {
    await putUnpacked('opt', '5.100.0');
    const registryAnswers = jest.fn(() => Promise.resolve(true));

    await found({}, { registryAnswers });

    expect(registryAnswers).not.toHaveBeenCalled();
  });

  it('that is nowhere is missed, and it is said how to get it', async () => {
    const discovery = await found();

    expect(discovery).toMatchObject({ ok: false, missing: 'provider' });
    expect(discovery.summary).toContain('$PORTCULLIS_TF_MIRROR');
  });

  it('is said in a line, with where it was found and why there', async () => {
    await putUnpacked('own', '5.100.0');

    expect((await found({ PORTCULLIS_TF_MIRROR: join(root, 'own') })).summary).toBe(
      `Terraform 1.11.4, AWS provider 5.100.0 of the mirror ${join(root, 'own')} ($PORTCULLIS_TF_MIRROR)`,
    );
  });
});

describe('the search of the usual places', () => {
  it('goes two levels deep and no further', async () => {
    await putUnpacked('opt/a/b/c', '5.100.0');

    expect(inShort(await found())).toBe('no provider');
  });

  it('takes the nearest', async () => {
    await putUnpacked('opt/a/b', '6.25.0');
    await putUnpacked('share', '5.100.0');

    expect(inShort(await found())).toBe('share 5.100.0 unpacked');
  });

  it.each([
    { name: 'folders', search: { folders: 3 } },
    { name: 'time', search: { milliseconds: 0 } },
  ])('gives up when it has used up its $name', async ({ search }) => {
    for (const name of ['a', 'b', 'c', 'd']) await mkdir(join(root, 'opt', name), { recursive: true });
    await putUnpacked('opt/e', '5.100.0');

    expect(inShort(await found({}, { search }))).toBe('no provider');
  });
});

describe('a mirror', () => {
  it('holds its versions in both layouts, newest first', async () => {
    await putUnpacked('opt', '5.99.0');
    await putPacked('opt', '5.100.0');
    await putUnpacked('opt', '5.101.0-beta1'); // a pre-release
    await put(join('opt', awsProvider, 'index.json'));

    const providers = await mirroredProviders(join(root, 'opt'), platform);

    expect(providers.map(({ version, layout }) => `${version.join('.')} ${layout}`)).toEqual([
      '5.100.0 packed',
      '5.99.0 unpacked',
    ]);
  });

  it.each([
    { platform: 'linux', arch: 'x64', expected: 'linux_amd64' },
    { platform: 'darwin', arch: 'arm64', expected: 'darwin_arm64' },
    { platform: 'win32', arch: 'ia32', expected: 'windows_386' },
  ])('for $platform on $arch is one for $expected', ({ platform: system, arch, expected }) => {
    expect(terraformPlatform(system, arch)).toBe(expected);
  });
});
