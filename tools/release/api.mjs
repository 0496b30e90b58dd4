// Compares the compiled declarations of each published library with the reports in the library's folder `api`, one for each entry point.
// `--update` writes the reports. Also fails if the declarations use a type that no entry point of the library exports.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const isUpdate = process.argv.includes('--update');
const root = join(import.meta.dirname, '../..');
const EXPORT = /^export (?:abstract )?(?:class|const|function|interface|type|enum) (\w+)/gm;
const SILENT = { default: { logLevel: 'none' } };

const entryPoints = readdirSync(join(root, 'libs')).flatMap((library) => {
  const projectFolder = join(root, 'libs', library);
  const manifest = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
  if (manifest.private) return [];
  return (
    Object.entries(manifest.exports)
      // An entry without `types` is only for the workspace, or contains no code.
      .filter(([, { types }]) => types !== undefined)
      .map(([path, { types }]) => ({
        library,
        projectFolder,
        report: path === '.' ? 'index' : path.slice(2),
        types: resolve(projectFolder, types),
      }))
  );
});

const configs = entryPoints.map(({ projectFolder, report, types }) => {
  const reportFolder = join(projectFolder, 'api');
  mkdirSync(reportFolder, { recursive: true });
  return ExtractorConfig.prepare({
    packageJsonFullPath: join(projectFolder, 'package.json'),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder,
      mainEntryPointFilePath: types,
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: { module: 'nodenext', target: 'es2023', strict: true, skipLibCheck: true, types: ['node'] },
          files: [types],
        },
      },
      apiReport: { enabled: true, reportFileName: report, reportFolder, reportTempFolder: join(projectFolder, 'out-tsc', 'api') },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        extractorMessageReporting: { ...SILENT, 'ae-forgotten-export': { logLevel: 'warning' } },
        tsdocMessageReporting: SILENT,
      },
    },
  });
});
// All entry points share one TypeScript program, because parsing the declarations of the AWS SDK takes most of the time.
const compilerState = CompilerState.create(configs[0], { additionalEntryPoints: entryPoints.map(({ types }) => types) });

const problems = [];
const exported = new Set();
const forgotten = new Map();
entryPoints.forEach(({ library, report }, index) => {
  const config = configs[index];
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild: isUpdate,
    compilerState,
    messageCallback: (message) => {
      message.handled = true;
      const [, name] = message.messageId === 'ae-forgotten-export' ? message.text.match(/"(.*?)"/) : [];
      if (name !== undefined)
        forgotten.set(`${library} ${name}`, `libs/${library}: no entry point exports \`${name}\`, which the public API uses`);
      else if (message.logLevel === 'error') problems.push(`libs/${library}: ${message.text}`);
    },
  });
  if (apiReportChanged && !isUpdate)
    problems.push(
      `libs/${library}/api/${report}.api.md does not match the public API. If the change is intended, run \`npm run api -- --update\``,
    );
  for (const [, name] of readFileSync(config.reportTempFilePath, 'utf8').matchAll(EXPORT)) exported.add(`${library} ${name}`);
});
problems.push(...[...forgotten].filter(([key]) => !exported.has(key)).map(([, problem]) => problem));
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}
