// Runs an npm registry on this machine until this process ends. The registry serves the packages that we publish to it, and fetches all
// other packages from npm's configured registry.
import { mkdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { runServer } from 'verdaccio';
import { runReleaseProgram } from './run-program.mjs';

/** Returns the environment without the settings that `npm run` adds, because such settings would override the .npmrc of this registry. */
function environmentWithoutNpmRun() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
}

/**
 * Starts the registry. Returns the registry's address, the environment variables that make npm use the registry, and a function that stops
 * the registry.
 *
 * @param {string} scratch a folder for the registry's files
 */
export async function startLocalNpmRegistry(scratch) {
  const [upstream, proxy] = await Promise.all(['registry', 'https-proxy'].map((key) => readNpmSetting(key)));
  const server = await runServer({
    configPath: join(scratch, 'verdaccio.yaml'),
    storage: join(scratch, 'storage'),
    web: { enable: false },
    auth: { htpasswd: { file: join(scratch, 'htpasswd') } },
    uplinks: {
      upstream: { url: upstream, timeout: '20s', max_fails: 5, cache: false, ...(proxy && { https_proxy: proxy, http_proxy: proxy }) },
    },
    packages: {
      // Our own packages have no `proxy`. Otherwise, npm's registry could supply a package that we did not publish here.
      '@portcullis/*': { access: '$all', publish: '$all' },
      '**': { access: '$all', proxy: 'upstream' },
    },
    max_body_size: '100mb',
    log: { type: 'stdout', format: 'pretty', level: 'fatal' },
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${server.address().port}`;

  // npm publishes only with a token. This registry accepts any token.
  const npmrc = join(scratch, 'npmrc');
  writeFileSync(npmrc, `registry=http://${host}/\n//${host}/:_authToken=anybody\naudit=false\nfund=false\nupdate-notifier=false\n`);
  const cache = join(scratch, 'npm-cache');
  mkdirSync(cache, { recursive: true });
  return {
    url: `http://${host}/`,
    env: { ...environmentWithoutNpmRun(), NPM_CONFIG_USERCONFIG: npmrc, NPM_CONFIG_CACHE: cache },
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Returns a setting of npm, or undefined for a setting without a value. */
async function readNpmSetting(key) {
  const value = (await runReleaseProgram('npm', ['config', 'get', key])).trim();
  return value === 'null' || value === 'undefined' ? undefined : value;
}
