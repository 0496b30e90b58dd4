import { portcullisCommandName } from './command-name.js';

it.each<[string, string, Parameters<typeof portcullisCommandName>[1], string]>([
  ['from PATH', '/usr/local/bin/portcullis', { PATH: '/usr/bin:/usr/local/bin/' }, 'portcullis'],
  ['by npx', '/clone/node_modules/.bin/portcullis', { PATH: '/clone/node_modules/.bin:/usr/bin', npm_command: 'exec' }, 'npx portcullis'],
  ['by its path', '/clone/node_modules/.bin/portcullis', { PATH: '/usr/bin' }, 'npx portcullis'],
  [
    'by npx, without an installation',
    '/home/me/.npm/_npx/1a2b/node_modules/.bin/portcullis',
    { PATH: '/home/me/.npm/_npx/1a2b/node_modules/.bin:/usr/bin', npm_command: 'exec' },
    'npx @portcullis/cli',
  ],
  ['by Node', '/clone/tools/cli/bin/portcullis.mjs', { PATH: '/clone/tools/cli/bin' }, 'npx @portcullis/cli'],
  ['without a PATH', '/portcullis', {}, 'npx @portcullis/cli'],
])(
  '`portcullisCommandName` returns the command that starts the program again, if the user started the program %s',
  (_how, startedAs, env, expected) => {
    expect(portcullisCommandName(startedAs, env)).toBe(expected);
  },
);
